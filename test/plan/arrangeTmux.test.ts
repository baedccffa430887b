import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatTmuxLayout, leaves, parseTmuxLayout } from '../../src/base/tmuxLayout.ts';
import { ARRANGEMENTS, type Arrange } from '../../src/layout/layout.ts';
import { planWindows } from '../../src/plan/arrange.ts';
import { runTmux } from '../../src/tmux/tmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { startTmux } from '../support/privateTmux.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox.dispose());

const CUSTOM = 'b6ba,200x49,0,0[200x25,0,0{100x25,0,0,0,99x25,101,0,1},200x23,0,26{100x23,0,26,2,99x23,101,26,3}]';
const ARRANGES: readonly Arrange[] = [
  ...ARRANGEMENTS.map((name): Arrange => ({ kind: 'named', name })),
  { kind: 'auto', preferred: 'main-left' },
  { kind: 'custom', layout: CUSTOM },
];
const SIZES = [
  { columns: 80, rows: 22 },
  { columns: 81, rows: 23 },
  { columns: 200, rows: 49 },
  { columns: 317, rows: 83 },
  { columns: 999, rows: 301 },
  { columns: 2400, rows: 999 },
];

/** Every layout that 1 to 60 panes come to, by its number of panes. */
function layoutsByPanes(): Map<number, string[]> {
  const all = new Set<string>();
  for (const arrange of ARRANGES) {
    for (const size of SIZES) {
      for (let panes = 1; panes <= 60; panes++) {
        for (const { layout } of planWindows({ arrange, panes, size })) if (layout !== null) all.add(layout);
      }
    }
  }
  return grouped(all);
}

function grouped(all: ReadonlySet<string>): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const layout of all) groups.set(count(layout), [...(groups.get(count(layout)) ?? []), layout]);
  return groups;
}

function count(layout: string): number {
  const cell = parseTmuxLayout(layout);
  if (!cell) throw new Error(`not a layout: ${layout}`);
  return leaves(cell).length;
}

test('tmux takes every layout for 1 to 60 panes as it is, titles shown', { timeout: 180_000 }, async () => {
  const tmux = startTmux(sandbox);
  await tmux.run('new-session', '-d', '-x', '400', '-y', '200', '-s', 'lab', 'sleep 1000');
  await tmux.run('set-option', '-w', '-t', '=lab:', 'pane-border-status', 'top');
  const groups = layoutsByPanes();
  const expected: string[] = [];
  const lines: string[] = [];
  for (let panes = 2; panes <= 60; panes++) {
    // An empty command makes a pane without a process.
    lines.push("select-layout -t =lab: tiled ; split-window -d -t =lab: ''");
    for (const layout of groups.get(panes) ?? []) {
      expected.push(layout);
      lines.push(`select-layout -t =lab: '${layout}' ; display-message -p -t =lab: '#{window_layout}'`);
    }
  }
  const result = await runTmux({ socket: tmux.socket }, ['source-file', '-'], {
    env: sandbox.env,
    input: `${lines.join('\n')}\n`,
    timeoutMs: 150_000,
  });
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const taken = result.stdout
    .trim()
    .split('\n')
    .map((layout) => formatTmuxLayout(parseTmuxLayout(layout) ?? never(layout)));
  expect(taken).toEqual(expected);
  expect(expected.length).toBeGreaterThan(500);
  expect(Math.max(...groups.keys())).toBe(60);
});

function never(layout: string): never {
  throw new Error(`tmux shows what is not a layout: ${layout}`);
}
