import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/plan/snapshot.ts';
import { layoutOf, READY, sessionOf, snapshotOf, specOf } from './makeLayout.ts';
import { known, planText, ready, two } from './planText.ts';

const runs = { alive: true, exit: null };

describe('a first up', () => {
  test('fetches once, clones each, and opens one window for all', () => {
    const lines = planText(two, snapshotOf()).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '[1] mirror https://example.com/shop.git: fetch-mirror, 2 clones of it are missing',
      "[2] -> #1 clone fe: make-clone branch feature/fe from the remote's HEAD, /ws/fe is not there",
      "[3] -> #1 clone be: make-clone branch feature/be from the remote's HEAD, /ws/be is not there",
      '[4] -> #2 pane fe: create-session, no tmux session "shop"',
      '[5] -> #3,#4 pane be: create-pane, not on the screen',
    ]);
    expect(lines.slice(5)).toEqual([
      expect.stringMatching(/^\[6\] -> #4,#5 window 1: arrange-window [0-9a-f]{4},200x49,.*, it has 2 panes$/),
      '',
    ]);
  });

  test('sets up a new clone before its pane: files, then commands', () => {
    const layout = layoutOf([
      { id: 'fe', tree: { kind: 'own', spec: specOf('fe', { setup: ['npm ci', 'make'], include: ['.env'] }) } },
    ]);
    expect(planText(layout, snapshotOf())).toContain(
      '[3] -> #2 clone fe: copy-files, it is new\n[4] -> #3 clone fe: run-setup (2 commands), it is new\n[5] -> #4 pane fe: create-session',
    );
  });

  test('makes worktrees without a mirror', () => {
    expect(planText(layoutOf([{ id: 'fe' }], { isolation: 'worktree' }), snapshotOf())).toContain(
      "[1] worktree fe: make-worktree branch feature/fe from the remote's HEAD, /ws/fe is not there\n[2] -> #1 pane fe",
    );
  });

  test('starts a stage from the tip of the one before, after that one is made', () => {
    const layout = layoutOf([
      { id: 'plan' },
      { id: 'implement', tree: { kind: 'own', spec: specOf('implement', { base: { kind: 'pane', id: 'plan' } }) } },
    ]);
    expect(planText(layout, snapshotOf())).toContain(
      '[3] -> #1,#2 clone implement: make-clone branch feature/implement from the tip of plan',
    );
  });

  test('brings the work of the checkout only when asked to', () => {
    expect(planText(two, snapshotOf())).not.toContain('bring-work');
    expect(planText(two, snapshotOf(), { intent: { fromHere: true } })).toContain(
      '[3] -> #2 clone fe: bring-work, --from-here',
    );
  });

  test('with --only makes the tree of another pane when a wanted one shares it, and nothing else of that pane', () => {
    const layout = layoutOf([{ id: 'fe' }, { id: 'server', tree: { kind: 'of', id: 'fe' } }, { id: 'be' }]);
    const text = planText(layout, snapshotOf(), { intent: { only: ['server'] } });
    expect(text).toContain('clone fe: make-clone');
    expect(text).toContain('-> #2 pane server: create-session');
    expect(text).not.toMatch(/pane fe|clone be|pane be/);
  });

  test('hides the password of a URL', () => {
    const spec = specOf('fe', { repo: 'https://me:hunter2@example.com/shop.git' });
    expect(planText(layoutOf([{ id: 'fe', tree: { kind: 'own', spec } }]), snapshotOf())).not.toContain('hunter2');
  });
});

describe('a second up', () => {
  const up = snapshotOf({
    session: sessionOf([{ session: 'fe' }, { session: 'be' }]),
    trees: ready,
    agents: { fe: runs, be: runs },
  });

  test('has nothing to do when everything runs', () => {
    expect(
      planText(two, up, {
        known: [known('fe', { launchHash: '' }), known('be', { number: 2, launchHash: '' })],
        intent: { launchHashes: { fe: '', be: '' } },
      }),
    ).toBe('nothing to do\n');
  });

  test('puts a closed pane back into its window and arranges that window', () => {
    const text = planText(
      two,
      snapshotOf({ session: sessionOf([{ session: 'fe' }]), trees: ready, agents: { fe: runs } }),
    );
    expect(text).toMatch(
      /^\[1\] pane be: create-pane, not on the screen\n\[2\] -> #1 window 0: arrange-window \S+, 1 pane\(s\) added\n$/,
    );
  });

  test.each([
    ['zoomed', sessionOf([{ session: 'fe' }], { zoomed: true })],
    ['shared with a pane of the user', sessionOf([{ session: 'fe' }, { session: null }])],
  ])('leaves a window alone that is %s and opens another one', (_why, session) => {
    expect(planText(two, snapshotOf({ session, trees: ready, agents: { fe: runs } }))).toBe(
      '[1] pane be: create-window, not on the screen\n',
    );
  });

  test.each([
    ['kill -9', { alive: false, exit: 137 }],
    ['a closed terminal', { alive: false, exit: 129 }],
    ['no trace at all', { alive: false, exit: null }],
  ])('starts an agent again that was ended by %s', (_how, agent) => {
    const text = planText(
      two,
      snapshotOf({
        session: sessionOf([{ session: 'fe' }, { session: 'be' }]),
        trees: ready,
        agents: { fe: runs, be: agent },
      }),
    );
    expect(text).toBe('[1] pane be: respawn-pane, its agent was ended from outside\n');
  });

  test('leaves an agent ended that ended by itself, and says how to start it', () => {
    const text = planText(
      two,
      snapshotOf({
        session: sessionOf([{ session: 'fe' }, { session: 'be' }]),
        trees: ready,
        agents: { fe: runs, be: { alive: false, exit: 0 } },
      }),
    );
    expect(text).toMatch(/^nothing to do\nnote: pane "be": .*exit code 0.*start be/);
  });

  test('brings the pane of such an agent back held', () => {
    const text = planText(
      two,
      snapshotOf({
        session: sessionOf([{ session: 'fe' }]),
        trees: ready,
        agents: { fe: runs, be: { alive: false, exit: 0 } },
      }),
    );
    expect(text).toContain('[1] pane be: create-pane (held: it stays ended), not on the screen');
  });

  test('runs a setup again that did not finish', () => {
    const layout = layoutOf([{ id: 'fe', tree: { kind: 'own', spec: specOf('fe', { setup: ['make'] }) } }]);
    const trees: Snapshot['trees'] = { '/ws/fe': { kind: 'ready', branch: 'feature/fe', setupDone: false } };
    expect(planText(layout, snapshotOf({ trees }))).toContain(
      '[1] clone fe: run-setup (1 command), its setup did not finish\n[2] -> #1 pane fe',
    );
  });

  test('reports a changed pane and a removed one, and touches neither', () => {
    const session = sessionOf([{ session: 'fe' }, { session: 'be' }, { session: 'old' }]);
    const text = planText(two, snapshotOf({ session, trees: ready, agents: { fe: runs, be: runs } }), {
      known: [
        known('fe', { launchHash: 'before' }),
        known('be', { number: 2, launchHash: 'same' }),
        known('old', { number: 9, key: 'docs' }),
      ],
      intent: { launchHashes: { fe: 'after', be: 'same' } },
    });
    expect(text).toContain('nothing to do\nnote: pane "fe" changed in the layout');
    expect(text).toContain('note: pane "old" is no longer in the layout. It runs on untouched; its folder is /ws/old.');
  });

  test('gives a pane its new label without starting it again', () => {
    const text = planText(two, up, {
      known: [known('fe', { name: 'Front', launchHash: '' }), known('be', { number: 2, launchHash: '' })],
      intent: { launchHashes: { fe: '', be: '' } },
    });
    expect(text).toBe('[1] pane fe: relabel-pane, its label changed\n');
  });

  test('gives a session that was made without a status line its own, once, where there is room', () => {
    const bare = (status: string, hasLine = false) => {
      const { tmux, ...rest } = snapshotOf({
        session: { ...sessionOf([{ session: 'fe' }, { session: 'be' }]), hasLine },
        trees: ready,
        agents: { fe: runs, be: runs },
      });
      return planText(two, { ...rest, tmux: { ...tmux, status } });
    };
    expect(bare('on')).toBe('[1] session shop: add-line, it has no status line of its own\n');
    for (const text of [bare('on', true), bare('off'), bare('5')]) expect(text).toBe('nothing to do\n');
  });

  test('uses a clone on another branch as it is, and says so', () => {
    const text = planText(
      two,
      snapshotOf({
        session: up.tmux.session,
        trees: { ...ready, '/ws/fe': READY(null) },
        agents: { fe: runs, be: runs },
      }),
    );
    expect(text).toBe(
      'nothing to do\nnote: clone "fe" is on no branch (detached HEAD); the layout says "feature/fe". It is used as it is.\n',
    );
  });
});

describe('a fleet of one-pane windows', () => {
  const four = layoutOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], {
    arrange: { kind: 'auto', preferred: 'tiled' },
  });

  test('gives a pane that comes back a window of its own', () => {
    const trees = Object.fromEntries(four.panes.map(({ id }) => [`/ws/${id}`, READY(`feature/${id}`)]));
    const windows = ['b', 'c', 'd'].map((id, at) => ({
      id: `@${at}`,
      index: at,
      active: at === 0,
      zoomed: false,
      columns: 200,
      rows: 49,
      panes: [{ id: `%${at}`, session: id, active: true, dead: false, pid: 9 }],
    }));
    const snapshot = snapshotOf({
      session: { id: '$1', name: 'shop', hasLine: true, windows },
      trees,
      agents: { b: runs, c: runs, d: runs },
    });
    expect(planText(four, snapshot)).toBe('[1] pane a: create-window, not on the screen\n');
  });
});

test('a tree that is made anew under a living agent is told', () => {
  const snapshot = snapshotOf({
    session: sessionOf([{ session: 'fe' }, { session: 'be' }]),
    trees: { '/ws/fe': READY('feature/fe') },
    agents: { fe: runs, be: runs },
  });
  expect(planText(two, snapshot)).toContain(
    'note: pane "be" still runs in the deleted folder /ws/be; `claude-tmux restart be` takes it to the new one.',
  );
});

test('a tree that was made before and is gone is not replaced without a word', () => {
  const gone = snapshotOf({ trees: { '/ws/fe': READY('feature/fe') } });
  const note =
    'note: /ws/be, made before, is no longer there: "be" gets a new one, without what was only in the old. If you moved it, move it back instead.';
  expect(planText(two, gone, { known: [known('fe'), known('be')] })).toContain(note);
  expect(planText(two, gone, { known: [known('fe'), known('be', { asksFirst: true })] })).not.toContain('made before');
  expect(planText(two, gone, { known: [known('fe'), known('be', { path: '/elsewhere/be' })] })).not.toContain(
    'made before',
  );
  expect(planText(two, gone, { known: [known('fe')] })).not.toContain('made before');
});
