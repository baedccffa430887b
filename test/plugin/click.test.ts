import { afterEach, beforeEach, expect, test } from 'vitest';
import { barVariables } from '../../src/bar/barVariables.ts';
import { isAtLeast, parseTmuxVersion } from '../../src/plan/tmuxVersion.ts';
import type { StatusReport } from '../../src/status/report.ts';
import { word } from '../../src/base/tmuxText.ts';
import { readView } from '../../src/tmux/readView.ts';
import { clicksOn } from '../../src/watch/look.ts';
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
  const view = await readView({ socket: bench.tmux.socket }, bench.env);
  const session = view?.sessions.find(({ name }) => name === 'shop');
  if (!status || !view || !session) throw new Error('no fleet is up');
  const fleet = { status, tmuxSession: session.id, ...clicksOn(session, view) };
  const variables = barVariables([fleet], { style: { marks: 'unicode', color: true }, now: Date.now() });
  const scopeOf = (scope: string | null): string => (scope === null ? '-gh' : `-h -t ${word(scope)}`);
  const lines = variables.map(({ scope, name, value }) => `set-environment ${scopeOf(scope)} ${name} ${word(value)}\n`);
  await output('tmux', ['-S', bench.tmux.socket, 'source-file', '-'], { env: bench.env, input: lines.join('') });
}

/** Three sessions; `arrange` says whether they share a window. */
async function bringUp(arrange: 'windows' | 'columns'): Promise<void> {
  const panes = NAMES.map((name) => `  - name: ${name}\n    component: tooling\n    run: sleep 100000\n`).join('');
  await bench.layout(`name: shop\nstrategy: component\narrange: ${arrange}\npanes:\n${panes}`);
  const { code } = await bench.ct(['up', 'shop.yaml', '--detach', '--yes'], { env: { CLAUDE_TMUX_WATCH: 'off' } });
  expect(code).toBe(0);
}
const NAMES = ['Frontend', 'Backend', 'Tests'];

/** Clicks on the label in the fleet's line. A terminal for each click: two within 0.3 s are a double click (3.3a). */
async function click(name: string): Promise<void> {
  const terminal = startTmux(bench.sandbox, { config: 'set -g status off\n' });
  const attach = `env -u TMUX tmux -S '${bench.tmux.socket}' attach-session -t shop`;
  await terminal.run('new-session', '-d', '-x', '160', '-y', '20', attach);
  const line = await eventually(async () => {
    const last = (await terminal.run('capture-pane', '-p')).trimEnd().split('\n').at(-1) ?? '';
    expect(last).toContain(name);
    return last;
  });
  // SGR mouse reports count cells from 1: press and release in the middle of the label.
  const at = `0;${line.indexOf(name) + 3};20`;
  await terminal.run('send-keys', '-l', `\u001b[<${at}M\u001b[<${at}m`);
}

function shown(what: string): Promise<string> {
  return bench.tmux.run('display-message', '-p', '-t', '=shop:', what);
}

test('a click on a session in the line of its fleet goes to its window, by what tmux itself binds', async () => {
  await bringUp('windows');
  await publish();
  for (const name of ['Tests', 'Frontend', 'Backend']) {
    await click(name);
    await eventually(async () => expect(await shown('#{window_name}')).toBe(name));
  }
});

test('in the window that is shown, a click goes to the pane of its session, from tmux 3.6 on', async ({ skip }) => {
  const view = parseTmuxVersion(await output('tmux', ['-V'], { env: bench.env }));
  if (view === null || !isAtLeast(view, '3.6')) skip('this tmux selects windows only');
  await bringUp('columns');
  await publish();
  for (const name of ['Tests', 'Frontend', 'Backend']) {
    await click(name);
    await eventually(async () => expect(await shown('#{@claude_tmux_name}')).toBe(name));
  }
});
