import { expect, test } from 'vitest';
import { describePlan } from '../../src/plan/describe.ts';
import { reconcile, type Intent } from '../../src/plan/reconcile.ts';
import type { BareShell, KnownSession, Snapshot, TmuxSession } from '../../src/plan/snapshot.ts';
import { ALL, layoutOf, READY, sessionOf, snapshotOf } from './makeLayout.ts';

const layout = layoutOf([{ id: 'fe', dir: 'web' }, { id: 'be' }, { id: 'server', tree: { kind: 'of', id: 'fe' } }]);
const known = layout.panes.map(({ id, number }): KnownSession => ({
  id,
  number,
  name: id,
  key: 'frontend',
  color: 'blue',
  path: `/ws/${id}`,
  launchHash: 'h',
}));
const trees = { '/ws/fe': READY('feature/fe'), '/ws/be': READY('feature/be') };
const shell = (id: string, dir = ''): BareShell => ({ name: 'bash', tree: `/ws/${id}`, dir });

interface Restored {
  readonly shells: Snapshot['shells'];
  readonly panes?: TmuxSession;
  readonly agents?: Snapshot['agents'];
  readonly known?: readonly KnownSession[];
  readonly trees?: Snapshot['trees'];
  readonly intent?: Partial<Intent>;
}

/** The plan for a tmux session of the fleet's name without a mark; its panes are `%0` to `%2`. */
function planText({ shells, panes, agents, intent, ...rest }: Restored): string {
  const snapshot = snapshotOf({
    nameTaken: true,
    namesake: panes ?? sessionOf([{}, {}, {}]),
    shells,
    trees: rest.trees ?? trees,
    ...(agents ? { agents } : {}),
  });
  return describePlan(reconcile({ layout, snapshot, known: rest.known ?? known, intent: { ...ALL, ...intent } }));
}

test('a session that was restored as bare shells is adopted, each pane where its shell stands, the session last', async () => {
  await expect(
    planText({ shells: { '%0': shell('fe'), '%1': shell('fe', 'web'), '%2': shell('be', 'src') } }),
  ).toMatchFileSnapshot('golden/adopted.txt');
});

test("a pane in which something runs is the user's: it keeps its place, and the session that it stood for gets another", async () => {
  await expect(planText({ shells: { '%0': shell('fe', 'web'), '%2': shell('be') } })).toMatchFileSnapshot(
    'golden/adoptedInPart.txt',
  );
});

test('what the user had ended is adopted and only offers to start', () => {
  const text = planText({ shells: { '%0': shell('be') }, agents: { be: { alive: false, exit: 0 } } });
  expect(text).toContain('pane be: adopt-pane (held: it only offers to start)');
  expect(text).toContain('note: pane "be": what ran there ended by itself (exit code 0)');
});

test('with --only the others are adopted too, and wait', () => {
  const text = planText({ shells: { '%0': shell('fe', 'web'), '%1': shell('be') }, intent: { only: ['be'] } });
  expect(text).toContain('[1] pane fe: adopt-pane (held: it only offers to start), ');
  expect(text).toContain('[2] pane be: adopt-pane, ');
  expect(text).not.toContain('server');
});

test("an adoption that was cut off is finished: the pane that bears its mark already is the fleet's", () => {
  const text = planText({
    panes: sessionOf([{ session: 'fe' }, {}]),
    shells: { '%1': shell('be') },
    agents: { fe: { alive: true, exit: null } },
  });
  expect(text).not.toContain('pane fe');
  expect(text).toContain('pane be: adopt-pane');
  expect(text).toContain('session shop: adopt-session');
});

test.each<[string, Restored]>([
  ['no shell stands in one of its clones', { shells: {} }],
  ['the fleet was never brought up', { shells: { '%0': shell('fe') }, known: [] }],
  [
    'the folder is no whole clone of the repository',
    { shells: { '%1': shell('be') }, trees: { ...trees, '/ws/be': { kind: 'absent' } } },
  ],
  ['the pane is dead', { panes: sessionOf([{ dead: true }]), shells: { '%0': shell('be') } }],
])("a session of that name stays somebody else's where %s", (_why, restored) => {
  const text = planText(restored);
  expect(text.split('\n')[0]).toContain('problem: a tmux session "shop" exists that is not this fleet\'s');
  expect(text).not.toContain('adopt');
});

test("a shell in the user's own checkout proves nothing", () => {
  const shared = layoutOf([{ id: 'fe', tree: { kind: 'checkout', path: '/src/shop' } }], { isolation: 'shared' });
  const snapshot = snapshotOf({
    nameTaken: true,
    namesake: sessionOf([{}]),
    shells: { '%0': { name: 'bash', tree: '/src/shop', dir: '' } },
  });
  expect(reconcile({ layout: shared, snapshot, known, intent: ALL }).problems).toHaveLength(1);
});

test('a fleet that is up keeps its shells: what the user opened in it is his', () => {
  const session = sessionOf([{ session: 'fe' }, { session: 'be' }, { session: 'server' }, {}]);
  const runs = { alive: true, exit: null };
  const snapshot = snapshotOf({
    session,
    shells: { '%3': shell('be') },
    trees,
    agents: { fe: runs, be: runs, server: runs },
  });
  expect(
    describePlan(
      reconcile({ layout, snapshot, known, intent: { ...ALL, launchHashes: { fe: 'h', be: 'h', server: 'h' } } }),
    ),
  ).toBe('nothing to do\n');
});
