import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { ROOT } from '../support/sources.ts';
import { makeBench, TOLD, type Bench } from '../system/fleet.ts';
import { shows } from './scene.ts';

let bench: Bench;
let terminal: PrivateTmux;

const HOSTILE = '#(touch pwned) #[fg=red]x #{session_name} %H:%M ""';

beforeEach(async () => {
  bench = await makeBench();
  const panes = ['fe', 'be']
    .map(
      (id) => `  - name: '${id === 'fe' ? 'Frontend - Dark Mode' : HOSTILE}'\n    id: ${id}\n    component: frontend\n`,
    )
    .join('');
  await bench.layout(
    `name: shop\nstrategy: component\narrange: windows\npanes:\n${panes}  - name: Server\n    id: server\n    component: tooling\n    run: sleep 100000\n`,
  );
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  await bench.ok('plugin', 'load', '--folder', join(ROOT, 'tmux-plugin'));
  terminal = await attach(100, 30);
});
afterEach(() => bench.dispose());

async function attach(columns: number, rows: number): Promise<PrivateTmux> {
  const made = startTmux(bench.sandbox);
  await made.run(
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(rows),
    `env -u TMUX tmux -S '${bench.tmux.socket}' attach-session -t mine`,
  );
  await made.run('set-option', '-g', 'status', 'off');
  await eventually(async () =>
    expect(await bench.tmux.run('list-clients', '-F', '#{client_session}')).toContain('mine'),
  );
  return made;
}

const shown = () => bench.tmux.run('list-clients', '-F', '#{client_session} #{@claude_tmux_id}');

test('the menu lists the sessions, shows hostile names as they are and runs nothing of them, and goes where one is chosen', async () => {
  await terminal.run('send-keys', 'C-b', 'A');
  const screen = await shows(terminal, 'Frontend - Dark Mode');
  expect(screen).toContain(HOSTILE);
  expect(screen).toMatch(/3 ▶ Server {2}running/);
  await terminal.run('send-keys', '2');
  await eventually(async () => expect(await shown()).toBe('shop be'));
  for (const folder of [bench.checkout, bench.sandbox.root, bench.sandbox.home, ROOT])
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

test('a menu that is higher than the terminal has pages', async () => {
  const small = await attach(60, 5);
  await small.run('send-keys', 'C-b', 'A');
  const first = await shows(small, 'Frontend');
  expect(first).not.toContain('Server');
  await small.run('send-keys', 'Space');
  await shows(small, 'Server');
  await small.run('send-keys', '1');
  await eventually(async () => expect(await shown()).toContain('shop server'));
});

test('the key for the next one says that nobody waits, and goes to who does', async () => {
  // A message stands for 0.75 s, which a busy machine can miss; with 0 it stands until a key is pressed.
  await bench.tmux.run('set-option', '-g', 'display-time', '0');
  // Turns that nobody has looked at are looked at first, so all of them must have ended.
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
  await eventually(async () => expect((await bench.ct(['next'])).code).toBe(1));
  await terminal.run('send-keys', 'C-b', 'N');
  await shows(terminal, 'nobody waits for you');
  const [, be] = await bench.sessions();
  await bench.tmux.run('send-keys', '-t', be?.pane ?? '', '/ask', 'Enter');
  await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('permission'));
  await terminal.run('send-keys', 'C-b', 'N');
  await eventually(async () => expect(await shown()).toBe('shop be'));
  await shows(terminal, 'permission');
  // Pressed where the one that has waited longest is shown, it goes to the next one, and round.
  const [fe] = await bench.sessions();
  await bench.tmux.run('send-keys', '-t', fe?.pane ?? '', '/ask', 'Enter');
  await eventually(async () => expect((await bench.sessions())[0]?.agent.state).toBe('permission'));
  for (const id of ['fe', 'be', 'fe']) {
    await terminal.run('send-keys', 'C-b', 'N');
    await eventually(async () => expect(await shown()).toBe(`shop ${id}`));
  }
  // The first one ended with 1: of that tmux would have made a page over the pane.
  expect(await bench.tmux.run('display-message', '-p', '-t', 'mine', '#{pane_in_mode}')).toBe('0');
});

test('the popup shows all sessions and closes with q, Esc and Ctrl-C', async () => {
  for (const key of ['q', 'Escape', 'C-c']) {
    await terminal.run('send-keys', 'C-b', 'F');
    await shows(terminal, 'q closes this');
    await shows(terminal, 'Frontend - Dark Mode');
    expect(await terminal.run('capture-pane', '-p')).toMatch(/[┌╭]/);
    await terminal.run('send-keys', key);
    // The border goes last: until then the next key would be the popup's.
    await eventually(async () => expect(await terminal.run('capture-pane', '-p')).not.toMatch(/q closes this|[┌╭]/));
  }
});
