import { readCommits, writeCommit, type CommitObject, type CommitReading, type Committer } from './commitObject.ts';
import { hasChange } from './merged.ts';
import { inSpace, objectPlace, type ObjectSpace } from './objectSpace.ts';
import { plumb } from './run/ask.ts';
import { gitError } from './run/start.ts';
import type { Own } from './syncPoint.ts';

/** What a rebase or merge comes to, before anything in the tree has changed. */
export type Outcome =
  /** `commits` made: replayed ones, or the one merge; `dropped` were in the base already. `addsNothing`: its files are the base's; null when that is still to be asked. */
  | {
      readonly kind: 'made';
      readonly tip: string;
      readonly commits: number;
      readonly dropped: number;
      readonly addsNothing: boolean | null;
    }
  /** Paths in conflict; `commit` is the subject of the commit that does not fit, null for a merge. */
  | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly commit: string | null };

export interface ReplayOptions {
  readonly onto: string;
  /** Oldest first, each the child of the one before. */
  readonly commits: readonly Own[];
  readonly committer: Committer;
  readonly reading: CommitReading;
}

/**
 * Rebases without a work tree: each commit is merged onto the new tip with `merge-tree` (git 2.38), in memory. Authors, dates and
 * messages stay. A commit is dropped only when every byte of its change is there already; one that only a merge driver or a setting makes vanish
 * (git rebase drops it) is a conflict.
 */
export async function replay(
  space: ObjectSpace,
  { onto, commits, committer, reading }: ReplayOptions,
): Promise<Outcome> {
  const [first] = commits;
  if (first === undefined) return { kind: 'made', tip: onto, commits: 0, dropped: 0, addsNothing: true };
  const [base, ...parents] = await readCommits(
    space,
    [onto, first.parents[0] ?? '', ...commits.map(({ id }) => id)],
    reading,
  );
  const originals = parents.slice(1);
  const at = { tip: onto, tree: base?.tree ?? '', made: 0, dropped: 0 };
  for (const [index, commit] of originals.entries()) {
    const before = parents[index];
    if (!before) throw new Error('a commit without a parent cannot be replayed');
    const merged =
      before.tree === at.tree
        ? { tree: commit.tree }
        : await pick(space, { id: commits[index]?.id ?? '', commit, onto: at.tree, committer });
    if ('files' in merged) return { kind: 'conflict', files: merged.files, commit: subject(commit) };
    if (merged.tree === at.tree && commit.tree !== before.tree) {
      const change = { from: commit.parents[0] ?? '', to: commits[index]?.id ?? '' };
      if (!(await hasChange(at.tree, change, objectPlace(space))))
        return { kind: 'conflict', files: await listFiles(space, change), commit: subject(commit) };
      at.dropped++;
      continue;
    }
    at.tip = await writeCommit(space, { ...commit, tree: merged.tree, parents: [at.tip] }, committer);
    at.tree = merged.tree;
    at.made++;
  }
  return { kind: 'made', tip: at.tip, commits: at.made, dropped: at.dropped, addsNothing: at.tree === base?.tree };
}

/** Merges `theirs` into `ours` and writes the merge commit with this message. */
export async function mergeCommits(
  space: ObjectSpace,
  {
    ours,
    theirs,
    message,
    committer,
  }: { readonly ours: string; readonly theirs: string; readonly message: string; readonly committer: Committer },
): Promise<Outcome> {
  const merged = await mergeTrees(space, ours, theirs);
  if ('files' in merged) return { kind: 'conflict', files: merged.files, commit: null };
  const commit = {
    tree: merged.tree,
    parents: [ours, theirs],
    author: committer.ident,
    encoding: null,
    message: Buffer.from(message, 'utf8').toString('latin1'),
  };
  return { kind: 'made', tip: await writeCommit(space, commit, committer), commits: 1, dropped: 0, addsNothing: null };
}

/** The tree of a clean merge, or the paths in conflict. Runs no hook and touches no file; merge drivers are the user's and do run. */
async function mergeTrees(
  { place }: ObjectSpace,
  ours: string,
  theirs: string,
): Promise<{ readonly tree: string } | { readonly files: readonly string[] }> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, stdout, stderr } = await plumb(args, place);
  const [tree = '', ...files] = stdout
    .toString('utf8')
    .split('\0')
    .filter((part) => part !== '');
  if (code === 0) return { tree };
  if (code === 1 && files.length > 0) return { files };
  throw gitError(args, { code, stderr });
}

interface Pick {
  readonly id: string;
  readonly commit: CommitObject;
  /** The tree it is laid onto. */
  readonly onto: string;
  readonly committer: Committer;
}

/**
 * Lays the change of one commit onto a tree. merge-tree finds its base by history and takes none until git 2.40, so the tree is given
 * a commit that has the picked one's parent as its own: the base is that parent then, whatever the histories are.
 */
async function pick(
  space: ObjectSpace,
  { id, commit, onto, committer }: Pick,
): Promise<{ readonly tree: string } | { readonly files: readonly string[] }> {
  const stand = await writeCommit(
    space,
    { tree: onto, parents: commit.parents, author: committer.ident, encoding: null, message: 'stand-in\n' },
    { ...committer, signs: false },
  );
  return mergeTrees(space, stand, id);
}

async function listFiles(
  space: ObjectSpace,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly string[]> {
  return (await inSpace(space, ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to, '--']))
    .split('\0')
    .filter((name) => name !== '');
}

function subject({ message }: CommitObject): string {
  return Buffer.from(message.split('\n')[0] ?? '', 'latin1').toString('utf8');
}
