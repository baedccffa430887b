import { blocksBranch, branchFault, expandBranch, fleetWord, misspeltWord } from '../branchName.ts';
import { error, warning, type KeyPath, type Problem } from '../problem.ts';
import { ownTrees, type Facts, type OwnTree } from './facts.ts';

/** Names git would refuse, and slips in patterns. */
export function branchNameRules(facts: Facts): readonly Problem[] {
  const { draft, normal } = facts;
  const patterns = [
    { pattern: draft.branch, path: ['branch'] },
    ...normal.panes.map(({ index, written }) => ({ pattern: written.branch, path: ['panes', index, 'branch'] })),
  ];
  const bases = [
    { base: draft.base, path: ['base'] },
    ...normal.panes.map(({ index, written }) => ({ base: written.base, path: ['panes', index, 'base'] })),
  ];
  return [
    ...patterns.flatMap(({ pattern, path }) => (pattern === undefined ? [] : slips(pattern, path))),
    ...bases.flatMap(({ base, path }) => (base === undefined ? [] : faults(base, path))),
    ...ownTrees(facts).flatMap((each) => faults(each.spec.branch, branchPath(facts, each))),
  ];
}

function slips(pattern: string, path: KeyPath): Problem[] {
  const slip = misspeltWord(pattern);
  return slip
    ? [
        error(
          'unknown-placeholder',
          path,
          `a branch pattern has no "{${slip.written}}"`,
          `did you mean "{${slip.meant}}"?`,
        ),
      ]
    : [];
}

function faults(name: string, path: KeyPath): Problem[] {
  const fault = branchFault(name);
  return fault === null
    ? []
    : [
        error(
          'bad-branch',
          path,
          `git takes no branch "${name}": it ${fault}`,
          'letters, digits, "-", "_", "." and single "/" are always good',
        ),
      ];
}

/** Where the branch of a pane comes from. */
function branchPath({ draft }: Facts, { index, written }: OwnTree): KeyPath {
  if (written.branch !== undefined) return ['panes', index, 'branch'];
  if (draft.branch !== undefined) return ['branch'];
  return ['panes', index, written.id === undefined ? 'name' : 'id'];
}

/** Branches that cannot be together: in one repository git keeps `a` as a file and `a/b` in a folder `a`. */
export function branchPairRules(facts: Facts): readonly Problem[] {
  const trees = ownTrees(facts).filter(({ pane }) => pane.id !== '');
  const between = trees.flatMap((tree, place) =>
    trees
      .slice(0, place)
      .flatMap((earlier) => pairProblems(facts, earlier, tree))
      .slice(0, 1),
  );
  // A pattern without {id} gives every pane the same branch: that is one problem.
  const seen = new Set<string>();
  const once = between.filter(({ path }) => !seen.has(path.join('\n')) && seen.add(path.join('\n')));
  return [...once, ...trees.flatMap((tree) => checkoutProblems(facts, tree))];
}

function pairProblems(facts: Facts, first: OwnTree, second: OwnTree): Problem[] {
  if (first.spec.repo !== second.spec.repo || first.pane.id === second.pane.id) return [];
  const path = branchPath(facts, second);
  const [one, other] = [first.spec.branch, second.spec.branch];
  const report = facts.normal.layout.isolation === 'worktree' ? error : warning;
  if (one === other) {
    const hint = 'give each a branch of its own, or let one work in the tree of the other with "in"';
    return [
      report('same-branch', path, `"${first.pane.id}" and "${second.pane.id}" both work on the branch "${one}"`, hint),
    ];
  }
  if (!blocksBranch(one, other)) return [];
  return [
    report(
      'branch-in-branch',
      path,
      `git cannot keep the branches "${one}" and "${other}" in one repository`,
      'a branch name cannot be the folder of another',
    ),
  ];
}

function checkoutProblems(facts: Facts, tree: OwnTree): Problem[] {
  const current = facts.world.checkout?.branch ?? null;
  if (facts.normal.layout.isolation !== 'worktree' || current === null) return [];
  const path = branchPath(facts, tree);
  if (tree.spec.branch === current)
    return [
      error(
        'same-branch',
        path,
        `the branch "${current}" is checked out where you stand, and git gives a branch to one worktree only`,
        'choose another branch',
      ),
    ];
  return blocksBranch(current, tree.spec.branch)
    ? [
        error(
          'branch-in-branch',
          path,
          `git cannot keep the branches "${current}" and "${tree.spec.branch}" in one repository`,
          'choose another branch',
        ),
      ]
    : [];
}

/** Panes that share a tree share its branch. */
export function sharedTreeRules({ normal, world }: Facts): readonly Problem[] {
  return normal.panes.flatMap(({ index, written, pane }): Problem[] => {
    const { tree } = pane;
    if (tree.kind !== 'of' || written.branch === undefined) return [];
    const owner = normal.panes.find((other) => other.pane.id === tree.id)?.pane;
    if (owner?.tree.kind !== 'own') return [];
    const wanted = expandBranch(written.branch, {
      user: world.user,
      id: pane.id,
      strategy_key: pane.key ?? pane.id,
      fleet: fleetWord(normal.layout.name),
    });
    if (wanted === owner.tree.spec.branch) return [];
    const why = `this pane works in the tree of "${owner.id}", which is on the branch "${owner.tree.spec.branch}"`;
    return [
      error(
        'two-branches',
        ['panes', index, 'branch'],
        why,
        'remove "branch", or remove "in" to give the pane a tree of its own',
      ),
    ];
  });
}
