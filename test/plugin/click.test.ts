import { afterEach, beforeEach, expect, test } from 'vitest';
import { barVariables } from '../../src/bar/barVariables.ts';
import type { StatusReport } from '../../src/status/report.ts';
import { word } from '../../src/base/tmuxText.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux } from '../support/privateTmux.ts';
import { output } from '../support/run.ts';
import { makeBench, type Bench } from '../system/fleet.ts';

let bench: Bench;

beforeEach(async () => {
  // Not tmux's own indexes: a range names a window by what the user's tmux counts from.
  bench = await makeBench({ config: 'set -g mouse on\nset -g base-index 3\n' });
});
afterEach(() => bench.dispose());

/** What the watcher would publish, from the fleet as it stands. */
async function publish(): Promise<void> {
  const { stdout } = await bench.ct(['status', '--format', 'json']);
  const [status] = (JSON.parse(stdout) as StatusReport).fleets;
  if (!status) throw new Error('no fleet is up');
  const tmuxSession = await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{session_id}');
  const windows = (await bench.tmux.run('list-windows', '-t', '=shop:', '-F', '#{window_id} #{window_index}')).split('\n').map((line) => line.split(' '));
  const windowIndexes = Object.fromEntries(windows.map(([id = '', index]) => [id, Number(index)]));
  const variables = barVariables([{ status, tmuxSession, windowIndexes }], { style: { marks: 'unicode', color: true }, now: Date.now() });
  const lines = variables.map(({ scope, name, value }) => `set-environment ${scope === null ? '-gh' : `-h -t ${word(scope)}`} ${name} ${word(value)}\n`);
  await output('tmux', ['-S', bench.tmux.socket, 'source-file', '-'], { env: bench.env, input: lines.join('') });
}

test('a click on a session in the line of its fleet goes to its window, by what tmux itself binds', async () => {
  await bench.layout(`name: shop\nstrategy: component\narrange: windows\npanes:\n${['Frontend', 'Backend', 'Tests'].map((name) => `  - name: ${name}\n    component: tooling\n    run: sleep 100000\n`).join('')}`);
  const { code } = await bench.ct(['up', 'shop.yaml', '--detach', '--yes'], { env: { CLAUDE_TMUX_WATCH: 'off' } });
  expect(code).toBe(0);
  await publish();
  for (const name of ['Tests', 'Frontend', 'Backend']) {
    // A terminal each: two clicks of one within 0.3 s are a double click, wherever they are (3.3a).
    const terminal = startTmux(bench.sandbox, { config: 'set -g status off\n' });
    await terminal.run('new-session', '-d', '-x', '160', '-y', '20', `env -u TMUX tmux -S '${bench.tmux.socket}' attach-session -t shop`);
    const line = await eventually(async () => {
      const last = (await terminal.run('capture-pane', '-p')).trimEnd().split('\n').at(-1) ?? '';
      expect(last).toContain(name);
      return last;
    });
    // SGR mouse reports count cells from 1: press and release in the middle of the label.
    const at = `0;${line.indexOf(name) + 3};20`;
    await terminal.run('send-keys', '-l', `\u001b[<${at}M\u001b[<${at}m`);
    await eventually(async () => expect(await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_name}')).toBe(name));
    await terminal.dispose();
  }
});
