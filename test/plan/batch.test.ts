import { expect, test } from 'vitest';
import { emitBatch } from '../../src/plan/batch.ts';
import type { BatchInput } from '../../src/plan/batchLines.ts';
import { parseTmuxVersion } from '../../src/plan/tmuxVersion.ts';
import { labelsOf, planOf, upSteps, UUID, type BareStep, type Label } from './planOf.ts';

const V33 = parseTmuxVersion('3.3a') ?? never();
const V32 = parseTmuxVersion('3.2a') ?? never();
const TWO = '9783,200x49,0,0{100x49,0,0,0,99x49,101,0,1}';

function emit(labels: readonly Label[], steps: readonly BareStep[], more: Partial<BatchInput> = {}): string {
  const launchFiles = Object.fromEntries(labels.map(({ id }) => [id, `/state/launch/${id}.sh`]));
  return emitBatch({
    plan: planOf(labels, steps),
    uuid: UUID,
    launchFiles,
    startFolder: '/home/me/shop',
    version: V33,
    ...more,
  });
}

/** Numbers of the steps that a text prints, in its order. */
function announced(text: string): number[] {
  return [...text.matchAll(/STEP (\d+)/g)].map((match) => Number(match[1]));
}

test('a new fleet of two windows', async () => {
  const labels = labelsOf(3);
  const steps = upSteps(labels, { kind: 'named', name: 'columns' }, { columns: 70, rows: 49 });
  await expect(emit(labels, steps)).toMatchFileSnapshot('golden/newFleet.tmux');
});

test('additions to a window that stands, a pane started again, a new label', async () => {
  const labels: Label[] = [{ id: 'api' }, { id: 'web', name: 'Web', color: 'green' }, { id: 'docs', name: 'Docs' }];
  const steps: BareStep[] = [
    { id: 1, kind: 'relabel-pane', pane: 'web', paneId: '%4' },
    { id: 2, kind: 'respawn-pane', pane: 'api', paneId: '%3', hold: false },
    { id: 3, kind: 'create-pane', pane: 'docs', window: { windowId: '@2' }, hold: false },
    { id: 4, kind: 'arrange-window', window: { windowId: '@2' }, layout: TWO },
  ];
  await expect(emit(labels, steps, { sessionId: '$1' })).toMatchFileSnapshot('golden/additions.tmux');
});

test('restored shells give way only while they stand as they were seen, and the session is marked last', async () => {
  const labels: Label[] = [{ id: 'api', name: "It's #(touch pwned)" }, { id: 'web' }];
  const steps: BareStep[] = [
    { id: 1, kind: 'adopt-pane', pane: 'api', paneId: '%3', pid: 4711, shell: 'zsh', hold: false },
    { id: 2, kind: 'create-pane', pane: 'web', window: { windowId: '@2' }, hold: false },
    { id: 3, kind: 'arrange-window', window: { windowId: '@2' }, layout: TWO },
    { id: 4, kind: 'adopt-session', sessionId: '$1', pane: 'api', paneId: '%3' },
  ];
  await expect(emit(labels, steps, { sessionId: '$1' })).toMatchFileSnapshot('golden/adopted.tmux');
});

test('a shell of no plain name never reaches tmux', () => {
  const steps: BareStep[] = [
    { id: 1, kind: 'adopt-pane', pane: 'a', paneId: '%3', pid: 4711, shell: 'sh}#(id)', hold: false },
  ];
  expect(() => emit([{ id: 'a' }], steps)).toThrow('names no shell');
});

test('labels, folders and launch files that tmux could read as more than text', async () => {
  const labels: Label[] = [
    { id: 'a', name: '#(touch pwned) #{E:@x} #[fg=red] \'quoted\' "twice"' },
    { id: 'b', name: '-t; kill-server', color: '#(touch pwned)' },
    { id: 'c', name: 'two\nlines \\' },
  ];
  const launchFiles = { a: "/it's/#(a)", b: '/b c', c: '/c;' };
  await expect(
    emit(labels, upSteps(labels), { launchFiles, startFolder: "/home/#(me)/it's #[x]" }),
  ).toMatchFileSnapshot('golden/hostile.tmux');
});

test('a held pane starts its launch file with the word that holds it', () => {
  const window = { window: 1, name: 'w', color: 'blue' };
  const text = emit([{ id: 'a' }], [{ id: 1, kind: 'create-session', pane: 'a', window, hold: true }]);
  expect(text).toContain('-- sh /state/launch/a.sh hold ;');
});

test('an empty plan is an empty text', () => {
  expect(emit([], [])).toBe('');
});

test('steps that happen to files are not in it', () => {
  const spec = {
    path: '/w/a',
    repo: '/r',
    branch: 'b',
    base: { kind: 'default' },
    setup: [],
    include: [],
    link: [],
  } as const;
  expect(emit([{ id: 'a' }], [{ id: 1, kind: 'run-setup', pane: 'a', spec }])).toBe('');
});

test('every step of the plan is announced once, whatever the number of panes', () => {
  for (const count of [1, 5, 15, 60]) {
    const labels = labelsOf(count);
    const steps = upSteps(labels);
    expect(announced(emit(labels, steps)).sort((a, b) => a - b)).toEqual(steps.map((step) => step.id));
  }
});

test('windows keep to themselves when their steps come mixed', () => {
  const labels = labelsOf(4);
  const window = (number: number) => ({ window: number, name: `w${number}`, color: 'blue' });
  const steps: BareStep[] = [
    { id: 1, kind: 'create-session', pane: 'p1', window: window(1), hold: false },
    { id: 2, kind: 'create-window', pane: 'p2', window: window(2), hold: false },
    { id: 3, kind: 'create-pane', pane: 'p3', window: { window: 1 }, hold: false },
    { id: 4, kind: 'create-pane', pane: 'p4', window: { window: 2 }, hold: false },
  ];
  expect(announced(emit(labels, steps))).toEqual([1, 3, 2, 4]);
});

test('the first resize arranges the windows once more only where nobody has seen them and tmux has the hook', () => {
  const labels = labelsOf(2);
  const hook = 'window-resized';
  expect(emit(labels, upSteps(labels))).toContain(hook);
  expect(emit(labels, upSteps(labels), { sizeKnown: true })).not.toContain(hook);
  expect(emit(labels, upSteps(labels), { version: V32 })).not.toContain(hook);
});

test.each([
  ['columns', 'even-horizontal'],
  ['rows', 'even-vertical'],
  ['tiled', 'tiled'],
  ['main-left', 'main-vertical'],
  ['main-top', 'main-horizontal'],
] as const)('%s is arranged as %s by a later resize', (name, layout) => {
  const labels = labelsOf(5);
  expect(emit(labels, upSteps(labels, { kind: 'named', name }))).toContain(`'select-layout ${layout} ; `);
});

test('a layout that tmux could not read never reaches it', () => {
  const steps: BareStep[] = [
    { id: 1, kind: 'arrange-window', window: { windowId: '@1' }, layout: 'main-vertical-mirrored' },
  ];
  expect(() => emit([], steps)).toThrow('holds no tmux layout');
});

function never(): never {
  throw new Error('not a version');
}

test('tmux 3.2a gets each new window at the planned size by a command of its own, and no size by hand stays', () => {
  const labels = labelsOf(2);
  const steps = upSteps(labels, { kind: 'named', name: 'windows' });
  const sized =
    emit(labels, steps, { version: V32 }).match(
      /resize-window -t \S+ -x \d+ -y \d+ ; set-option -uw -t \S+ window-size/g,
    ) ?? [];
  expect(sized).toHaveLength(2);
  expect(emit(labels, steps)).not.toContain('resize-window');
});
