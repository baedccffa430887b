import { pasted } from '../base/pasted.ts';
import { treeOwnerId, type Pane, type TreeSpec } from '../layout/layout.ts';
import type { ReconcileInput, StepList } from './reconcile.ts';
import type { TreeState } from './snapshot.ts';

interface TreePlan {
  /** Id of the step after which a pane's tree is usable, by the id of the tree's owner; absent when it is usable now. */
  readonly readyStep: ReadonlyMap<string, number>;
  readonly notes: string[];
  readonly problems: string[];
}

interface OwnTree {
  readonly pane: Pane;
  readonly spec: TreeSpec;
  readonly state: TreeState;
}

/** Steps that make or mend the trees which the wanted panes work in. */
export function planTrees(
  input: ReconcileInput & { readonly wanted: readonly Pane[]; readonly steps: StepList },
): TreePlan {
  const plan = { readyStep: new Map<string, number>(), notes: [] as string[], problems: [] as string[] };
  const trees = ownTrees(input);
  const mirrors = planMirrors(input, trees);
  for (const tree of trees) {
    switch (tree.state.kind) {
      case 'foreign':
        plan.problems.push(
          `the folder ${tree.spec.path} ${tree.state.why}. Move it away, or give the pane "${tree.pane.id}" another \`id\`.`,
        );
        break;
      case 'ready':
        if (nextTask(input, tree) === null) plan.notes.push(...describeBranch(tree.pane, tree.spec, tree.state.branch));
        addRest(input, tree, { plan, state: tree.state });
        break;
      case 'absent':
        plan.notes.push(...describeLostTree(input, tree));
        addTree(input, tree, { plan, mirror: mirrors.get(tree.spec.repo) });
        break;
    }
    addTask(input, tree, { plan, mirror: mirrors.get(tree.spec.repo) });
  }
  return plan;
}

/** The trees that belong to the wanted panes or to panes whose tree a wanted one shares, in the layout's order. */
function ownTrees({ layout, wanted, snapshot }: ReconcileInput & { readonly wanted: readonly Pane[] }): OwnTree[] {
  const owners = new Set(wanted.map(treeOwnerId));
  return layout.panes.flatMap((pane) => {
    if (pane.tree.kind !== 'own' || !owners.has(pane.id)) return [];
    const { spec } = pane.tree;
    return [{ pane, spec, state: snapshot.trees[spec.path] ?? { kind: 'absent' as const } }];
  });
}

/** One fetch per repository, however many clones are made of it. */
function planMirrors(
  { layout, steps, known }: Pick<ReconcileInput, 'layout' | 'known'> & { readonly steps: StepList },
  trees: readonly OwnTree[],
): Map<string, number> {
  if (layout.isolation !== 'clone') return new Map();
  const missing = trees.filter((tree) => tree.state.kind === 'absent');
  const beginning = trees.filter((tree) => nextTask({ known }, tree) !== null);
  const repos = new Set([...missing, ...beginning].map((tree) => tree.spec.repo));
  return new Map(
    [...repos].map((repo) => {
      const count = missing.filter((tree) => tree.spec.repo === repo).length;
      const cause =
        count === 0
          ? 'a task starts from it'
          : count === 1
            ? 'a clone of it is missing'
            : `${count} clones of it are missing`;
      return [
        repo,
        steps.add({
          kind: 'fetch-mirror',
          repo,
          checkout: layout.checkout,
          target: `mirror ${redactUrl(repo)}`,
          cause,
          needs: [],
        }),
      ];
    }),
  );
}

/** What a tree that is there still lacks, because the command that made it was cut off or failed. */
function addRest(
  input: ReconcileInput & { readonly steps: StepList },
  tree: OwnTree,
  { plan, state }: Pick<Adding, 'plan'> & { readonly state: Extract<TreeState, { kind: 'ready' }> },
): void {
  const {
    layout: { checkout },
    steps,
    intent,
  } = input;
  const { pane, spec } = tree;
  let after: readonly number[] = [];
  if (state.lacksWork === true && intent.fromHere && checkout !== null) {
    const step = steps.add({
      kind: 'bring-work',
      pane: pane.id,
      spec,
      checkout,
      target: `clone ${pane.id}`,
      cause: 'it was not brought yet',
      needs: [],
    });
    plan.readyStep.set(pane.id, step);
    after = [step];
  } else if (state.lacksWork === true)
    plan.notes.push(
      `the clone of "${pane.id}" never got the work that --from-here was to bring; the same command with --from-here brings it`,
    );
  if (!state.setupDone && !isSettingUp(input, tree))
    addSetup(input, tree, { plan, after, cause: 'its setup did not finish' });
}

interface Adding {
  readonly plan: TreePlan & { readonly readyStep: Map<string, number> };
}

function addTree(
  input: ReconcileInput & { readonly steps: StepList },
  tree: OwnTree,
  adding: Adding & { readonly mirror: number | undefined },
): void {
  const { layout, steps, intent } = input;
  const { pane, spec } = tree;
  const cause = `${spec.path} is not there`;
  const { basePath, needs } = startOf(input, tree, adding);
  let last: number;
  if (layout.isolation === 'worktree' && layout.checkout !== null) {
    last = steps.add({
      kind: 'make-worktree',
      pane: pane.id,
      spec,
      checkout: layout.checkout,
      target: `worktree ${pane.id}`,
      cause,
      needs,
    });
  } else {
    last = steps.add({
      kind: 'make-clone',
      pane: pane.id,
      spec,
      basePath,
      checkout: layout.checkout,
      target: `clone ${pane.id}`,
      cause,
      needs,
    });
  }
  if (intent.fromHere && layout.checkout !== null) {
    last = steps.add({
      kind: 'bring-work',
      pane: pane.id,
      spec,
      checkout: layout.checkout,
      target: `clone ${pane.id}`,
      cause: '--from-here',
      needs: [last],
    });
  }
  adding.plan.readyStep.set(pane.id, last);
  addSetup(input, tree, { plan: adding.plan, after: [last], cause: 'it is new' });
}

/** The tree that a new branch starts from, where that is another pane's, and the steps it must wait for. */
function startOf(
  { layout }: ReconcileInput,
  { spec }: OwnTree,
  { plan, mirror }: Adding & { readonly mirror: number | undefined },
): { readonly basePath: string | null; readonly needs: readonly number[] } {
  const base =
    spec.base.kind === 'pane'
      ? layout.panes.find((other) => other.id === (spec.base.kind === 'pane' ? spec.base.id : ''))
      : undefined;
  const needs = [mirror, base ? plan.readyStep.get(base.id) : undefined].filter((id) => id !== undefined);
  return { basePath: base?.tree.kind === 'own' ? base.tree.spec.path : null, needs };
}

function nextTask({ known }: Pick<ReconcileInput, 'known'>, { pane }: OwnTree): { readonly text: string } | null {
  return known.find((session) => session.id === pane.id)?.nextTask ?? null;
}

/** A task that was given and not begun; again harmless where the tree is on its branch already. */
function addTask(
  input: ReconcileInput & { readonly steps: StepList },
  tree: OwnTree,
  adding: Adding & { readonly mirror: number | undefined },
): void {
  if (nextTask(input, tree) === null) return;
  const { pane, spec } = tree;
  const { basePath, needs } = startOf(input, tree, adding);
  const made = adding.plan.readyStep.get(pane.id);
  const step = input.steps.add({
    kind: 'begin-task',
    pane: pane.id,
    spec,
    basePath,
    checkout: input.layout.checkout,
    target: `clone ${pane.id}`,
    cause: 'its next task',
    needs: [...needs, ...(made === undefined ? [] : [made])],
  });
  adding.plan.readyStep.set(pane.id, step);
}

/** Ignored files and setup commands: what a fresh clone lacks to be worked in. */
function addSetup(
  { layout, steps }: ReconcileInput & { readonly steps: StepList },
  { pane, spec }: OwnTree,
  how: Adding & { readonly after: readonly number[]; readonly cause: string },
): void {
  let needs = how.after;
  if (layout.checkout !== null && spec.include.length + spec.link.length > 0) {
    needs = [
      steps.add({
        kind: 'copy-files',
        pane: pane.id,
        spec,
        checkout: layout.checkout,
        target: `clone ${pane.id}`,
        cause: how.cause,
        needs,
      }),
    ];
  }
  if (spec.setup.length > 0) {
    needs = [
      steps.add({ kind: 'run-setup', pane: pane.id, spec, target: `clone ${pane.id}`, cause: how.cause, needs }),
    ];
  }
  const [last] = needs;
  if (last !== undefined) how.plan.readyStep.set(pane.id, last);
}

/** A pane of the tree is at it, or waits for its turn. */
function isSettingUp({ snapshot, layout }: ReconcileInput, { pane }: OwnTree): boolean {
  return layout.panes.some((other) => treeOwnerId(other) === pane.id && snapshot.agents[other.id]?.alive === true);
}

/** A process keeps the folder it was started in, deleted or not: it does not see the new one. Where nothing runs, a tree that was there may have been moved. */
function describeLostTree({ snapshot, layout, known }: ReconcileInput, { pane, spec }: OwnTree): string[] {
  const inIt = layout.panes.filter(
    (other) => treeOwnerId(other) === pane.id && snapshot.agents[other.id]?.alive === true,
  );
  const wasThere = known.some(
    (session) => session.id === pane.id && session.path === spec.path && session.asksFirst !== true,
  );
  if (inIt.length === 0 && wasThere)
    return [
      `${spec.path}, made before, is no longer there: "${pane.id}" gets a new one, without what was only in the old. If you moved it, move it back instead.`,
    ];
  return inIt.map(
    (other) =>
      `pane "${other.id}" still runs in the deleted folder ${spec.path}; \`${pasted`restart ${other.id}`}\` takes it to the new one.`,
  );
}

function describeBranch(pane: Pane, spec: TreeSpec, branch: string | null): string[] {
  if (branch === spec.branch) return [];
  const found = branch === null ? 'no branch (detached HEAD)' : `branch "${branch}"`;
  return [`clone "${pane.id}" is on ${found}; the layout says "${spec.branch}". It is used as it is.`];
}

/** A URL without the password or token in it. */
function redactUrl(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, (whole, scheme: string) =>
    /^ssh:/i.test(scheme) && !/:[^/]*@/.test(whole.slice(scheme.length)) ? whole : `${scheme}***@`,
  );
}
