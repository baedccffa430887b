import { describe, expect, test } from 'vitest';
import { reconcile } from '../../src/plan/reconcile.ts';
import type { Snapshot } from '../../src/plan/snapshot.ts';
import { parseTmuxVersion } from '../../src/plan/tmuxVersion.ts';
import { ALL, layoutOf, sessionOf, snapshotOf } from './makeLayout.ts';
import { known, planText, ready, two } from './planText.ts';

describe('what forbids a plan', () => {
  test('a foreign folder in the place of a clone is named', () => {
    const trees: Snapshot['trees'] = { ...ready, '/ws/be': { kind: 'foreign', why: 'is not a git repository' } };
    expect(reconcile({ layout: two, snapshot: snapshotOf({ trees }), known: [], intent: ALL }).problems).toEqual([
      'the folder /ws/be is not a git repository. Move it away, or give the pane "be" another `id`.',
    ]);
  });

  test('a tmux session of that name that is not ours', () => {
    expect(
      reconcile({ layout: two, snapshot: snapshotOf({ nameTaken: true }), known: [], intent: ALL }).problems[0],
    ).toContain('a tmux session "shop" exists that is not this fleet\'s');
  });

  test.each([
    { version: '3.2a', ends: false },
    { version: '3.3', ends: true },
    { version: '3.3a', ends: true },
    { version: '3.4', ends: true },
    { version: '3.6a', ends: true },
    { version: '3.7', ends: false },
  ])('in tmux $version that sizes windows by hand, a new window is refused: $ends', ({ version: text, ends }) => {
    const version = parseTmuxVersion(text) ?? expect.fail();
    const plan = (facts: Parameters<typeof snapshotOf>[0]): readonly string[] =>
      reconcile({ layout: two, snapshot: snapshotOf({ version, trees: ready, ...facts }), known: [], intent: ALL })
        .problems;
    expect(plan({ windowSize: 'manual' })).toEqual(
      ends
        ? [expect.stringMatching(/^tmux \S+ ends, with all its sessions, .*tmux set-option -gw window-size latest$/)]
        : [],
    );
    expect(plan({ windowSize: 'latest' })).toEqual([]);
    expect(plan({ windowSize: 'manual', session: sessionOf([{ session: 'fe' }, { session: 'be' }]) })).toEqual([]);
  });

  test('a relabelled pane without an id is asked about, never cloned anew', () => {
    const layout = layoutOf([{ id: 'dark-mode', idWritten: false, name: 'Dark mode' }]);
    expect(reconcile({ layout, snapshot: snapshotOf(), known: [known('theme')], intent: ALL }).problems).toEqual([
      'pane "Dark mode" is new in the layout and "theme" is gone from it. Renamed? Add `id: theme` to it. A new session? Write `id: dark-mode`.',
    ]);
  });

  test('a pane with a written id is taken as new', () => {
    expect(
      reconcile({
        layout: layoutOf([{ id: 'dark-mode' }]),
        snapshot: snapshotOf(),
        known: [known('theme')],
        intent: ALL,
      }).problems,
    ).toEqual([]);
  });
});

test('what forbids the plan is the first that is said', () => {
  expect(planText(two, snapshotOf({ nameTaken: true })).startsWith('problem: a tmux session "shop" exists')).toBe(true);
});
