import type { Isolation } from '../layout.ts';
import { isInside, normalizePath } from '../paths.ts';
import { error, warning, type KeyPath, type Problem } from '../problem.ts';
import { repoForm, resolveRepo, showRepo } from '../repository.ts';
import { ownTrees, type Facts } from './facts.ts';
import { idHint } from './order.ts';

/** What each isolation needs and cannot do. */
export function isolationRules(facts: Facts): readonly Problem[] {
  const { isolation } = facts.normal.layout;
  if (isolation === 'clone') return [];
  return [
    ...needsCheckout(facts, isolation),
    ...(isolation === 'worktree' ? worktreeProblems(facts) : sharedProblems(facts)),
  ];
}

function needsCheckout({ world }: Facts, isolation: Isolation): Problem[] {
  if (world.checkout) return [];
  return [
    error(
      'no-checkout',
      ['isolation'],
      `isolation "${isolation}" works with the git checkout you stand in, and "${world.cwd}" is in none`,
      'go to a checkout, or use isolation: clone',
    ),
  ];
}

function worktreeProblems(facts: Facts): Problem[] {
  const { draft, normal, world } = facts;
  const found = paneRepoProblems(facts, 'worktree');
  if (draft.strategy === 'stage') {
    const why =
      'the strategy "stage" and isolation "worktree" do not go together: each stage starts where the one before left its own clone';
    found.push(error('stage-worktree', ['isolation'], why, 'use isolation: clone'));
  }
  const own = world.checkout ? [world.checkout.root, resolveRepo(undefined, world)] : [];
  if (draft.repo !== undefined && world.checkout && !own.includes(normal.layout.repo)) {
    const why = `worktrees belong to the checkout you stand in ("${world.checkout.root}"), not to "${showRepo(normal.layout.repo)}"`;
    found.push(error('worktree-repo', ['repo'], why, 'remove "repo", or use isolation: clone'));
  }
  return found;
}

/** Keys that say something about clones: in the checkout itself there is nothing to do for them. */
const CLONE_KEYS = ['repo', 'base', 'setup', 'include', 'link', 'workspace'] as const;
const PANE_CLONE_KEYS = ['base', 'setup', 'in'] as const;

function sharedProblems(facts: Facts): Problem[] {
  const { written, normal } = facts;
  const idle = (path: KeyPath): Problem => noEffect(path, 'under isolation "shared"');
  const panes = normal.panes.flatMap(({ index, written: pane }) => [
    ...(pane.branch === undefined ? [] : [sharedBranch(['panes', index, 'branch'])]),
    ...PANE_CLONE_KEYS.filter((key) => pane[key] !== undefined).map((key) => idle(['panes', index, key])),
  ]);
  const top = CLONE_KEYS.filter((key) => written[key] !== undefined).map((key) => idle([key]));
  return [
    ...(written.branch === undefined ? [] : [sharedBranch(['branch'])]),
    ...top,
    ...panes,
    ...paneRepoProblems(facts, 'shared'),
  ];
}

function sharedBranch(path: KeyPath): Problem {
  return error(
    'shared-branch',
    path,
    'isolation "shared" leaves the checkout on its branch: there are no branches to name',
    'remove "branch", or use isolation: clone',
  );
}

function paneRepoProblems({ normal }: Facts, isolation: Isolation): Problem[] {
  const why = `under isolation "${isolation}" all panes work in the repository you stand in`;
  return normal.panes
    .filter(({ written }) => written.repo !== undefined)
    .map(({ index }) => error('pane-repo', ['panes', index, 'repo'], why, 'use isolation: clone'));
}

function noEffect(path: KeyPath, where: string): Problem {
  return { ...warning('no-effect', path, `"${String(path.at(-1))}" has no effect ${where}`), at: 'key' };
}

const GUEST_IDLE = ['base', 'repo', 'setup'] as const;

/** `in`: whose tree a pane shares. */
export function guestRules({ normal }: Facts): readonly Problem[] {
  const ids = normal.panes.map(({ pane }) => pane.id);
  return normal.panes.flatMap(({ index, written, pane }): Problem[] => {
    if (written.in === undefined) return [];
    const path = ['panes', index, 'in'];
    if (!ids.includes(written.in))
      return [
        error(
          'unknown-pane',
          path,
          `there is no pane "${written.in}"`,
          idHint(
            written.in,
            ids.filter((id) => id !== pane.id),
          ),
        ),
      ];
    if (returns(normal.panes, written.in, pane.id))
      return [error('in-cycle', path, `"${pane.id}" would work in its own tree through "in"`, 'remove one "in"')];
    if (pane.tree.kind !== 'of') return [];
    return GUEST_IDLE.filter((key) => written[key] !== undefined).map((key) =>
      noEffect(['panes', index, key], 'for a pane that works in the tree of another'),
    );
  });
}

function returns(panes: Facts['normal']['panes'], from: string, to: string): boolean {
  const seen = new Set<string>();
  for (
    let id: string | undefined = from;
    id !== undefined && !seen.has(id);
    id = panes.find(({ pane }) => pane.id === id)?.written.in
  ) {
    if (id === to) return true;
    seen.add(id);
  }
  return false;
}

const SCHEMES = ['https', 'http', 'ssh', 'git', 'file', 'git+ssh', 'ssh+git'];

/** Addresses of repositories. */
export function repoRules(facts: Facts): readonly Problem[] {
  const { draft, normal, world } = facts;
  const written = [
    { repo: draft.repo, path: ['repo'] as KeyPath },
    ...normal.panes.map((each) => ({ repo: each.written.repo, path: ['panes', each.index, 'repo'] as KeyPath })),
  ];
  const faults = written.flatMap(({ repo, path }) => (repo === undefined ? [] : addressProblems(repo, path)));
  if (faults.length > 0 || normal.layout.isolation !== 'clone' || !ownTrees(facts).some(({ spec }) => spec.repo === ''))
    return faults;
  return [
    error(
      'no-repository',
      [],
      `nothing says which repository to clone: the layout has no "repo", and "${world.cwd}" is in no git checkout`,
      'go to a checkout of the project, or add repo: URL',
    ),
  ];
}

function addressProblems(repo: string, path: KeyPath): Problem[] {
  const bad = (why: string, hint = 'a URL, host:path, or a path'): Problem[] => [
    error('bad-repo', path, `"${showRepo(repo)}" cannot be cloned: ${why}`, hint),
  ];
  if (repo.trim() === '') return bad('it is empty');
  if (repo.startsWith('-')) return bad('it starts with "-"', 'write ./ before a path');
  if (/^[A-Za-z0-9+.-]+::/.test(repo)) return bad('addresses that name a transport helper run programs');
  if (/^~[^/]/.test(repo)) return bad('"~name" is not supported', 'write the whole path');
  const scheme = repo.split('://')[0] ?? '';
  return repoForm(repo) === 'url' && !SCHEMES.includes(scheme.toLowerCase())
    ? bad(`"${scheme}" is no scheme that git clones from`, `it is one of ${SCHEMES.join(', ')}`)
    : [];
}

/** The folder that will hold the clones, and the folders inside them. */
export function folderRules(facts: Facts): readonly Problem[] {
  const { draft, normal } = facts;
  const dirs = [
    { dir: draft.dir, path: ['dir'] },
    ...normal.panes.map(({ index, written }) => ({ dir: written.dir, path: ['panes', index, 'dir'] })),
  ];
  const found = dirs.flatMap(({ dir, path }) => (dir === undefined ? [] : dirProblems(dir, path)));
  return normal.layout.isolation === 'shared' ? found : [...found, ...workspaceProblems(facts)];
}

function dirProblems(dir: string, path: KeyPath): Problem[] {
  if (/^[/~]/.test(dir))
    return [
      error(
        'bad-dir',
        path,
        `"${dir}" is not inside the clone`,
        'write it from the root of the repository: packages/web',
      ),
    ];
  return normalizePath(dir).split('/')[0] === '..'
    ? [
        error(
          'bad-dir',
          path,
          `"${dir}" leads out of the clone`,
          'write it from the root of the repository: packages/web',
        ),
      ]
    : [];
}

function workspaceProblems(facts: Facts): Problem[] {
  const { draft, normal, world } = facts;
  const { workspace, checkout } = normal.layout;
  const path = draft.workspace === undefined ? [] : ['workspace'];
  const bad = (why: string, hint = 'choose a folder of its own, e.g. workspace: ~/workspaces/{name}'): Problem[] => [
    error('bad-workspace', path, `the workspace "${workspace}" ${why}`, hint),
  ];
  if (/^~[^/]/.test(draft.workspace ?? '')) return bad('starts with "~name", which is not supported');
  if (draft.workspace?.trim() === '') return bad('is empty');
  if (workspace === '/') return bad('is the root of the file system');
  if (workspace === normalizePath(world.home)) return bad('is your home folder');
  if (checkout === null) return [];
  if (isInside(workspace, checkout))
    return bad(workspace === checkout ? 'is the checkout you stand in' : 'is inside the checkout you stand in');
  const over = ownTrees(facts).find(({ spec }) => isInside(checkout, spec.path));
  return over
    ? bad(
        `puts the clone "${over.pane.id}" where your checkout "${checkout}" is`,
        'choose another workspace; if you stand in a clone of this fleet, go to the checkout it was made from',
      )
    : [];
}
