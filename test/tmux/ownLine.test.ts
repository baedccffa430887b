import { afterEach, describe, expect, test } from 'vitest';
import { BAR_NAMES } from '../../src/bar/names.ts';
import { OWN_LINE } from '../../src/plan/ownLine.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf } from '../plan/planOf.ts';
import { attachTo, makeScene, type Scene } from './scene.ts';

const scenes: Scene[] = [];

/** A server with this configuration, on which a fleet of two was brought up. */
async function fleetOn(config: string): Promise<Scene> {
  const on = await makeScene({ config });
  scenes.push(on);
  const { errors } = await on.up(labelsOf(2));
  expect(errors).toEqual([]);
  return on;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

/** The values of the session's own options, by name. */
async function ownOptions(on: Scene): Promise<Readonly<Record<string, string>>> {
  const names = ['status', ...[0, 1, 2, 3, 4].map((at) => `status-format[${at}]`)];
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, string]> => [
      name,
      await on.tmux.run('show-options', '-qv', '-t', '=shop:', name),
    ]),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** What an attached terminal of 100×20 shows once it holds `text`. */
async function screenWith(on: Scene, text: string): Promise<string[]> {
  const terminal = await on.attach(attachTo(on, '=shop'), { columns: 100, rows: 20 });
  return eventually(async () => {
    const lines = (await terminal.run('capture-pane', '-p')).split('\n');
    expect(lines.join('\n')).toContain(text);
    return lines;
  });
}

test('the line names the selector that the watcher publishes', () => {
  expect(OWN_LINE).toBe(`#{E:${BAR_NAMES.line}}`);
});

describe("a fleet's session", () => {
  test('gets a second line below the first, and nothing global changes', async () => {
    const on = await fleetOn('set -g base-index 1\n');
    const globals = await on.tmux.run('show-options', '-g');
    await on.tmux.run('new-session', '-d', '-s', 'mine');
    expect(await on.tmux.run('show-options', '-g')).toBe(globals);
    expect(await on.tmux.run('show-options', '-t', '=mine:')).toBe('');
    expect(await ownOptions(on)).toEqual({
      status: '2',
      'status-format[0]': await on.tmux.run('show-options', '-gv', 'status-format[0]'),
      'status-format[1]': OWN_LINE,
    });
    await on.tmux.run('set-environment', '-h', '-t', '=shop:', BAR_NAMES.line, 'OUR LINE');
    const lines = await screenWith(on, 'OUR LINE');
    expect([lines[18], lines[19]]).toEqual([expect.stringMatching(/^\[shop\] 1:/), 'OUR LINE']);
  });

  test('keeps the lines of a configuration that has several, with their odd texts', async () => {
    const odd = `a, b}} #[fg=red]"quoted" '#(true)' %H \\\\; $HOME ##`;
    const on = await fleetOn(
      `set -g status 3\nset -g status-format[1] ${JSON.stringify(odd).replaceAll('$', '\\$')}\nset -g status-format[2] 'third #{session_name}'\n`,
    );
    const global = await Promise.all([0, 1, 2].map((at) => on.tmux.run('show-options', '-gv', `status-format[${at}]`)));
    expect(global[1]).toContain('#(true)');
    expect(await ownOptions(on)).toEqual({
      status: '4',
      'status-format[0]': global[0],
      'status-format[1]': global[1],
      'status-format[2]': global[2],
      'status-format[3]': OWN_LINE,
    });
    const lines = await screenWith(on, 'third shop');
    expect(lines[18]).toBe('third shop');
  });

  test('at the top has its line below the first there', async () => {
    const on = await fleetOn('set -g status-position top\n');
    await on.tmux.run('set-environment', '-h', '-t', '=shop:', BAR_NAMES.line, 'OUR LINE');
    const lines = await screenWith(on, 'OUR LINE');
    expect([lines[0], lines[1]]).toEqual([expect.stringMatching(/^\[shop\] 0:/), 'OUR LINE']);
  });

  test.each(['off', '5'])('is left as it is where the status is %s', async (status) => {
    const on = await fleetOn(`set -g status ${status}\n`);
    expect(await ownOptions(on)).toEqual({});
  });

  test('that was made without a line gets it later, and who takes it off again does not get it back', async () => {
    const on = await fleetOn('');
    for (const name of ['status', 'status-format', '@claude_tmux_line'])
      await on.tmux.run('set-option', '-u', '-t', '=shop:', name);
    const before = await on.session();
    expect(before.hasLine).toBe(false);
    const { made, errors } = await on.apply([], [{ id: 1, kind: 'add-line', sessionId: before.id }]);
    expect([errors, made.get(1)?.sessionId]).toEqual([[], before.id]);
    expect(await ownOptions(on)).toMatchObject({ status: '2', 'status-format[1]': OWN_LINE });
    await on.tmux.run('set-option', '-u', '-t', '=shop:', 'status');
    expect((await on.session()).hasLine).toBe(true);
  });

  test('whose own status is off is not asked again at each up', async () => {
    const on = await fleetOn('set -g status off\n');
    await on.tmux.run('set-option', '-t', '=shop:', 'status', 'off');
    const { id } = await on.session();
    await on.apply([], [{ id: 1, kind: 'add-line', sessionId: id }]);
    expect([await ownOptions(on), (await on.session()).hasLine]).toEqual([{ status: 'off' }, true]);
  });
});
