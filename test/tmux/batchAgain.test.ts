import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { formatTmuxLayout, parseTmuxLayout } from '../../src/base/tmuxLayout.ts';
import type { Arrange } from '../../src/layout/layout.ts';
import { arrangeExisting } from '../../src/plan/arrange.ts';
import type { TmuxWindow } from '../../src/plan/snapshot.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf, SIZE, upSteps, type BareStep } from '../plan/planOf.ts';
import { makeScene, type Scene } from './scene.ts';

const scenes: Scene[] = [];
const TILED: Arrange = { kind: 'named', name: 'tiled' };

async function fleet(panes: number, config?: string): Promise<Scene> {
  const made = await makeScene(config === undefined ? {} : { config });
  scenes.push(made);
  await made.up(labelsOf(panes), TILED);
  return made;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

async function firstWindow(on: Scene): Promise<TmuxWindow> {
  const [window] = (await on.session()).windows;
  if (!window) throw new Error('the session has no window');
  return window;
}

/** Adds panes `p<from>` to `p<to>` to a window that stands. */
async function add(on: Scene, window: TmuxWindow, { from, to }: { from: number; to: number }): Promise<string[]> {
  const { panes, layout } = arrangeExisting({
    arrange: TILED,
    existing: window.panes.length,
    additions: to - from + 1,
    size: window,
  });
  if (layout === null || panes !== to - from + 1) throw new Error('the window has no room');
  const labels = labelsOf(to);
  const steps: BareStep[] = labels
    .slice(from - 1)
    .map(({ id }, index) => ({
      id: index + 1,
      kind: 'create-pane',
      pane: id,
      window: { windowId: window.id },
      hold: false,
    }));
  const { errors } = await on.apply(labels, [
    ...steps,
    { id: steps.length + 1, kind: 'arrange-window', window: { windowId: window.id }, layout },
  ]);
  return [...errors];
}

describe('additions to a window that stands', () => {
  test('come behind the panes that are there, which go on running', async () => {
    const on = await fleet(3);
    const before = await firstWindow(on);
    expect(await add(on, before, { from: 4, to: 6 })).toEqual([]);
    const after = await firstWindow(on);
    expect(after.panes.map((pane) => pane.session)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    expect(after.panes.slice(0, 3).map((pane) => pane.pid)).toEqual(before.panes.map((pane) => pane.pid));
    const [layout] = upSteps(labelsOf(6), TILED).flatMap((step) =>
      step.kind === 'arrange-window' ? [step.layout] : [],
    );
    const shown = parseTmuxLayout(await on.tmux.run('display-message', '-p', '-t', after.id, '#{window_layout}'));
    expect(shown && formatTmuxLayout(shown)).toBe(layout);
  });

  test('do not move the focus: not of the window, not of the session', async () => {
    const on = await fleet(3);
    const window = await firstWindow(on);
    await on.tmux.run('new-window', '-t', '=shop:', 'sleep 1000', ';', 'select-pane', '-t', window.panes[1]?.id ?? '');
    await add(on, window, { from: 4, to: 5 });
    const { windows } = await on.session();
    expect(windows.map(({ active }) => active)).toEqual([false, true]);
    expect(windows[0]?.panes.map(({ active }) => active)).toEqual([false, true, false, false, false]);
  });

  test('keep a zoomed pane zoomed, and the unzoomed as they are', async () => {
    const on = await fleet(2);
    const window = await firstWindow(on);
    await on.tmux.run('resize-pane', '-Z', '-t', window.panes[1]?.id ?? '');
    expect(await add(on, window, { from: 3, to: 3 })).toEqual([]);
    const zoomed = await firstWindow(on);
    expect([zoomed.zoomed, zoomed.panes.map(({ active }) => active)]).toEqual([true, [false, true, false]]);
    await on.tmux.run('resize-pane', '-Z', '-t', zoomed.panes[1]?.id ?? '');
    await add(on, await firstWindow(on), { from: 4, to: 4 });
    expect((await firstWindow(on)).zoomed).toBe(false);
    expect(await on.tmux.run('show-options', '-wqv', '-t', window.id, '@claude_tmux_zoomed')).toBe('');
  });

  test('are told apart where a hook of the user arranges after every split', async () => {
    const on = await fleet(4, "set-hook -g after-split-window 'select-layout even-horizontal'\n");
    expect(await add(on, await firstWindow(on), { from: 5, to: 7 })).toEqual([]);
    expect((await firstWindow(on)).panes.map((pane) => pane.session)).toEqual([
      'p1',
      'p2',
      'p3',
      'p4',
      'p5',
      'p6',
      'p7',
    ]);
    expect(await on.tmux.run('show-hooks', '-g', 'after-split-window')).toContain('even-horizontal');
  });
});

test('a further window comes last and leaves the current one on the screen', async () => {
  const on = await fleet(2, 'set -g base-index 1\n');
  await on.tmux.run('new-window', '-d', '-t', '=shop:7', '-n', 'mine', 'sleep 1000');
  const labels = labelsOf(3);
  const { errors } = await on.apply(labels, [
    { id: 1, kind: 'create-window', pane: 'p3', window: { window: 1, name: 'Work 3', color: 'green' }, hold: false },
  ]);
  expect(errors).toEqual([]);
  expect(
    await on.tmux.run('list-windows', '-t', '=shop:', '-F', '#{window_index} #{window_name} #{window_active}'),
  ).toBe('1 Work 1 1\n7 mine 0\n8 Work 3 0');
});

test('a pane is started again in its place, with its options, and dead ones too', async () => {
  const on = await fleet(3);
  const before = await firstWindow(on);
  await on.tmux.run('respawn-pane', '-k', '-t', before.panes[2]?.id ?? '', 'exit 9');
  await eventually(async () => expect((await firstWindow(on)).panes[2]?.dead).toBe(true));
  const steps = before.panes
    .slice(1)
    .map((pane, index): BareStep => ({
      id: index + 1,
      kind: 'respawn-pane',
      pane: pane.session ?? '',
      paneId: pane.id,
      hold: false,
    }));
  const { made, errors } = await on.apply(labelsOf(3), steps);
  expect([errors, [...made.keys()]]).toEqual([[], [1, 2]]);
  const after = await firstWindow(on);
  expect(after.panes.map(({ id, session, dead }) => [id, session, dead])).toEqual(
    before.panes.map(({ id, session }) => [id, session, false]),
  );
  expect(after.panes[0]?.pid).toBe(before.panes[0]?.pid);
  await eventually(() => expect(readFileSync(on.sandbox.path('ran.p2'), 'utf8').trim().split('\n')).toHaveLength(2));
});

test('a pane that ends well closes, one that breaks stays to be read', async () => {
  const on = await fleet(3, 'set -g remain-on-exit on\n');
  const { panes } = await firstWindow(on);
  await on.tmux.run(
    'respawn-pane',
    '-k',
    '-t',
    panes[1]?.id ?? '',
    'exit 0',
    ';',
    'respawn-pane',
    '-k',
    '-t',
    panes[2]?.id ?? '',
    'exit 3',
  );
  await eventually(async () =>
    expect((await firstWindow(on)).panes.map(({ session, dead }) => [session, dead])).toEqual([
      ['p1', false],
      ['p3', true],
    ]),
  );
});

describe('a new label', () => {
  test('is on the pane, and on the window when the pane has it alone', async () => {
    const on = await fleet(1);
    const { id, panes } = await firstWindow(on);
    const label = { id: 'p1', name: 'Shop #{x} #(id) 100%', color: 'green' };
    const { errors, made } = await on.apply(
      [label],
      [{ id: 1, kind: 'relabel-pane', pane: 'p1', paneId: panes[0]?.id ?? '' }],
    );
    expect([errors, made.size]).toEqual([[], 1]);
    expect(
      await on.tmux.run(
        'display-message',
        '-p',
        '-t',
        id,
        '#{window_name}|#{@claude_tmux_name}|#{@claude_tmux_color}|#{window-status-style}',
      ),
    ).toBe(`${label.name}|${label.name}|green|bg=green,fg=black`);
  });

  test('leaves the name of a window with several panes alone', async () => {
    const on = await fleet(2);
    const { id, panes } = await firstWindow(on);
    await on.apply(
      [{ id: 'p1', name: 'Other' }],
      [{ id: 1, kind: 'relabel-pane', pane: 'p1', paneId: panes[0]?.id ?? '' }],
    );
    expect(await on.tmux.run('display-message', '-p', '-t', id, '#{window_name}')).toBe('Work 1');
  });
});

test('a step whose pane has gone in the meantime is missing from the result, and the others come about', async () => {
  const on = await fleet(2);
  const { id, panes } = await firstWindow(on);
  const { made, errors } = await on.apply(labelsOf(3), [
    { id: 1, kind: 'respawn-pane', pane: 'p1', paneId: '%99', hold: false },
    { id: 2, kind: 'respawn-pane', pane: 'p2', paneId: panes[1]?.id ?? '', hold: false },
    { id: 3, kind: 'create-pane', pane: 'p3', window: { windowId: '@99' }, hold: false },
  ]);
  expect([...made.keys()]).toEqual([2]);
  expect(errors).toContain("can't find pane: %99");
  expect((await firstWindow(on)).id).toBe(id);
  expect((await firstWindow(on)).panes).toHaveLength(2);
});

test('a window that could not be made takes none of its panes elsewhere', async () => {
  const on = await fleet(1);
  await on.tmux.run('kill-session', '-t', '=shop');
  await on.tmux
    .run('new-session', '-d', '-s', 'shop', '-x', String(SIZE.columns), '-y', String(SIZE.rows), 'sleep 1000')
    .catch(() => undefined);
  const { made } = await on.apply(
    labelsOf(2),
    [
      { id: 1, kind: 'create-window', pane: 'p1', window: { window: 1, name: 'x', color: 'red' }, hold: false },
      { id: 2, kind: 'create-pane', pane: 'p2', window: { window: 1 }, hold: false },
    ],
    { sessionId: '$77' },
  );
  expect(made.size).toBe(0);
  expect(await on.tmux.run('list-panes', '-a', '-F', '#{@claude_tmux_id}')).toBe('');
});
