import { afterEach, describe, expect, test } from 'vitest';
import { attachArgv } from '../../src/tmux/attach.ts';
import { capturePane, killPane, killSession, selectPane } from '../../src/tmux/panes.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf } from '../plan/planOf.ts';
import { makeScene, type Scene } from './scene.ts';

const scenes: Scene[] = [];
const LARGE = { columns: 180, rows: 45 };
const SMALL = { columns: 90, rows: 20 };

async function fleet(panes = 2): Promise<Scene & { readonly id: string }> {
  const made = await makeScene();
  scenes.push(made);
  await made.up(labelsOf(panes), { kind: 'named', name: 'columns' });
  return { ...made, id: (await made.session()).id };
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

function argv(
  { server, id }: { server: Scene['server']; id: string },
  more: Partial<Parameters<typeof attachArgv>[0]> = {},
): string[] {
  return attachArgv({ server, sessionId: id, insideSameServer: false, grouped: false, client: null, ...more });
}

async function sizeOf(on: Scene): Promise<string> {
  return on.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_width}x#{window_height}');
}

describe('attach', () => {
  test('shows the session at the size of its terminal', async () => {
    const on = await fleet();
    await on.attach(argv(on), LARGE);
    await eventually(async () => expect(await sizeOf(on)).toBe('180x43'));
  });

  test('inside the same server switches the client instead of nesting one', async () => {
    const on = await fleet();
    await on.tmux.run('new-session', '-d', '-s', 'mine', 'sleep 1000');
    await on.attach(['tmux', '-S', on.server.socket, 'attach-session', '-t', '=mine'], LARGE);
    const client = await eventually(async () => {
      const [first] = (await on.read()).clients;
      if (!first) throw new Error('no client yet');
      return first;
    });
    const words = argv(on, { insideSameServer: true, client: client.name }).slice(3);
    await on.tmux.run(...words.slice(2));
    await eventually(async () =>
      expect((await on.read()).clients).toMatchObject([{ sessionId: on.id, name: client.name }]),
    );
  });
});

test('a program in a pane of the server moves the client that shows it, and no other', async () => {
  const on = await fleet();
  const command = argv(on, { insideSameServer: true }).join(' ').replace(on.id, `'${on.id}'`);
  await on.tmux.run(
    'new-session',
    '-d',
    '-s',
    'mine',
    `read -r line; env -u TMUX ${command}; sleep 1000`,
    ';',
    'new-session',
    '-d',
    '-s',
    'other',
    'sleep 1000',
  );
  const mine = await on.attach(['tmux', '-S', on.server.socket, 'attach-session', '-t', '=mine'], LARGE);
  await on.attach(['tmux', '-S', on.server.socket, 'attach-session', '-t', '=other'], SMALL);
  await eventually(async () => expect((await on.read()).clients).toHaveLength(2));
  await mine.run('send-keys', 'Enter');
  await eventually(async () =>
    expect(await on.tmux.run('list-clients', '-F', '#{client_session} #{client_width}')).toBe('shop 180\nother 90'),
  );
});

describe('a grouped attach', () => {
  test('with a smaller terminal does not resize what the first one sees, not even when it is used', async () => {
    const on = await fleet();
    await on.attach(argv(on), LARGE);
    await eventually(async () => expect(await sizeOf(on)).toBe('180x43'));
    const small = await on.attach(argv(on, { grouped: true }), SMALL);
    await eventually(async () =>
      expect(await on.tmux.run('list-clients', '-F', '#{client_width}x#{client_height}')).toContain('90x20'),
    );
    await small.run('send-keys', 'x', 'Enter');
    await eventually(async () => expect(await small.run('capture-pane', '-p')).toContain('Work 1'));
    expect(await sizeOf(on)).toBe('180x43');
  });

  test('goes its own way through the windows, and its session ends with it', async () => {
    const on = await fleet();
    await on.tmux.run('new-window', '-d', '-t', '=shop:', '-n', 'other', 'sleep 1000');
    const small = await on.attach(argv(on, { grouped: true }), SMALL);
    const view = await eventually(async () => {
      const [client] = (await on.read()).clients;
      if (!client) throw new Error('no client yet');
      return client.sessionId;
    });
    expect(view).not.toBe(on.id);
    await on.tmux.run('select-window', '-t', `${view}:=other`);
    expect(await on.tmux.run('display-message', '-p', '-t', `${on.id}:`, '#{window_name}')).not.toBe('other');
    await small.dispose();
    await eventually(async () => expect(await on.tmux.run('list-sessions', '-F', '#{session_id}')).toBe(on.id));
  });

  test('is refused inside the same server', async () => {
    const on = await fleet();
    expect(() => argv(on, { grouped: true, insideSameServer: true })).toThrow('a terminal outside this tmux server');
  });
});

describe('panes', () => {
  test('are read as they are shown', async () => {
    const on = await fleet(1);
    await on.tmux.run('respawn-pane', '-k', '-t', '=shop:', 'printf "\\033[31mred\\033[0m and plain"; sleep 1000');
    await eventually(async () =>
      expect((await capturePane(on.server, '%0', on.sandbox.env)).split('\n')[0]).toBe('red and plain'),
    );
  });

  test('that are gone are an error in the words of tmux', async () => {
    const on = await fleet(1);
    await expect(capturePane(on.server, '%99', on.sandbox.env)).rejects.toThrow("can't find pane: %99");
  });

  test('can be gone to, in another window, zoom kept', async () => {
    const on = await fleet(3);
    await on.tmux.run('new-window', '-t', '=shop:', 'sleep 1000', ';', 'resize-pane', '-Z', '-t', '%0');
    const [window] = (await on.session()).windows;
    await selectPane(
      on.server,
      { sessionId: on.id, windowId: window?.id ?? '', paneId: '%2', client: null },
      on.sandbox.env,
    );
    const after = (await on.session()).windows[0];
    expect([after?.active, after?.zoomed, after?.panes.map((pane) => pane.active)]).toEqual([
      true,
      true,
      [false, false, true],
    ]);
  });

  test('are ended one by one', async () => {
    const on = await fleet(3);
    await killPane(on.server, '%1', on.sandbox.env);
    expect((await on.session()).windows[0]?.panes.map((pane) => pane.session)).toEqual(['p1', 'p3']);
  });
});

describe('killSession', () => {
  test('ends the programs of the fleet although a grouped session shares its windows, and nothing else', async () => {
    const on = await fleet(2);
    await on.tmux.run('new-session', '-d', '-t', on.id, ';', 'new-session', '-d', '-s', 'mine', 'sleep 1000');
    await killSession(on.server, on.id, on.sandbox.env);
    expect(await on.tmux.run('list-panes', '-a', '-F', '#{session_name}')).toBe('mine');
  });

  test('of a session that is gone says so', async () => {
    const on = await fleet(1);
    await expect(killSession(on.server, '$99', on.sandbox.env)).rejects.toThrow("can't find session");
  });
});
