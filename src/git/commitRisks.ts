import { SAMPLES, type TreeRisk } from '../status/treeRisk.ts';
import { readMerge } from './merged.ts';
import { gitPlace, orUnknown, riskOf, type RiskPlace } from './riskOptions.ts';
import { askGit, readGit } from './run/ask.ts';
import type { GitPlace } from './run/start.ts';

/** Commits, tags and stashes that only this repository has: on no branch of a remote, and not merged by content. */
export async function readCommitRisks(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  const [refs, bases, head] = await Promise.all([place.isWorktree ? [] : readOwnRefs(git), readBases(place), readHead(git)]);
  const looked: Looked = { place, git, known: knownTo(place), bases };
  const detached = head !== null && head.branch === null ? await readRef({ ...looked, known: [...looked.known, '--branches', '--tags'] }, { kind: 'detached', name: null, id: head.commit }) : [];
  const branches = await readRefs(looked, { refs: refs.filter(({ kind }) => kind !== 'tag'), current: head?.branch ?? null });
  const tags = await readTags(looked, refs.filter(({ kind }) => kind === 'tag'));
  return [...detached, ...branches, ...tags, ...(place.isWorktree ? [] : await readStashes(place))];
}

/** The branch a linked worktree is on, when its work is merged nowhere: it stays in the repository the worktree belongs to. */
export async function readBranchRisk(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  const [bases, head] = await Promise.all([readBases(place), readHead(git)]);
  if (head === null || head.branch === null) return [];
  return readRef({ place, git, known: knownTo(place), bases }, { kind: 'unpushed', name: head.branch, id: head.commit });
}

interface Looked {
  readonly place: RiskPlace;
  readonly git: GitPlace;
  /** Arguments that leave out what somebody else has. */
  readonly known: readonly string[];
  /** Commits that work is merged into. */
  readonly bases: readonly string[];
}

interface OwnRef {
  readonly kind: 'branch' | 'tag' | 'ref';
  readonly name: string;
  readonly id: string;
  readonly isAnnotated: boolean;
}

/** Refs that a fetch does not bring, less those that are counted elsewhere: the stash, what a bisect keeps, git's own prefetched copies. */
async function readOwnRefs(git: GitPlace): Promise<readonly OwnRef[]> {
  const text = await readGit(['for-each-ref', '--format=%(objectname) %(objecttype) %(refname) %(symref)'], git);
  return text.split('\n').flatMap((line): OwnRef[] => {
    const [id = '', type = '', name = '', target = ''] = line.split(' ');
    if (name === '' || target !== '' || /^refs\/(remotes|stash$|bisect\/|prefetch\/|claude-tmux\/)/.test(name)) return [];
    const kind = name.startsWith('refs/heads/') ? 'branch' : name.startsWith('refs/tags/') ? 'tag' : 'ref';
    return [{ kind, name: name.replace(/^refs\/(heads|tags)\//, ''), id, isAnnotated: type === 'tag' }];
  });
}

/**
 * Arguments that leave out what a remote has. A fresh look at origin outweighs its remote-tracking branches: one that was deleted there keeps
 * nothing. A stale look only adds. Before a deletion no remote-tracking branch counts: those of a fork, or of a submodule, nobody has asked
 * about. `^ID` is negative by itself and stands before `--not`.
 */
function knownTo({ remote, onlyAsked }: RiskPlace): readonly string[] {
  const now = [...(remote?.branches.values() ?? [])].map((id) => `^${id}`);
  if (onlyAsked) return [...now, '--not'];
  return [...now, '--not', ...(remote?.fresh === true ? ['--exclude=origin/*'] : []), '--remotes'];
}

/** The branch that the work is for, and the default one: as the remote has them now, and as the clone last saw them; for a worktree the checkout's own too. */
async function readBases(place: RiskPlace): Promise<readonly string[]> {
  const { remote, base, isWorktree } = place;
  const names = [...(base === null ? [] : [base]), remote?.head ?? null].filter((name) => name !== null);
  const now = names.map((name) => remote?.branches.get(name)).filter((id) => id !== undefined);
  const local = isWorktree ? ['main-worktree/HEAD', ...(base === null ? [] : [`refs/heads/${base}`])] : [];
  const refs = ['refs/remotes/origin/HEAD', ...(base === null ? [] : [`refs/remotes/origin/${base}`]), ...local];
  const seen = await Promise.all(refs.map((ref) => askGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], gitPlace(place))));
  return [...new Set([...now, ...seen.filter((id) => id !== null).map((id) => id.trim())])];
}

interface Head {
  readonly branch: string | null;
  readonly commit: string;
}

/** Null on an unborn branch. */
async function readHead(git: GitPlace): Promise<Head | null> {
  const [branch, commit] = await Promise.all([askGit(['symbolic-ref', '--quiet', 'HEAD'], git), askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], git)]);
  return commit === null ? null : { branch: branch?.trim().replace(/^refs\/heads\//, '') ?? null, commit: commit.trim() };
}

/** All refs at once first: mostly there is nothing. */
async function readRefs(looked: Looked, { refs, current }: { readonly refs: readonly OwnRef[]; readonly current: string | null }): Promise<readonly TreeRisk[]> {
  const commits = refs.length === 0 ? '0' : await readGit(['rev-list', '--count', '--ignore-missing', ...refs.map(({ id }) => id), ...looked.known, '--'], looked.git);
  if (Number(commits) === 0 && refs.every(({ kind }) => kind === 'branch')) return [];
  const risks: TreeRisk[] = [];
  for (const { kind, name, id } of refs) {
    const isCurrent = kind === 'branch' && name === current;
    risks.push(...(await orUnknown(`whether "${name}" is merged`, looked.place.where, () => readRef(looked, { kind: isCurrent ? 'unpushed' : kind, name, id }))));
  }
  return risks;
}

/** One ref: the commits that no remote has, unless their content is in a base. */
async function readRef(looked: Looked, { kind, name, id }: { readonly kind: TreeRisk['kind']; readonly name: string | null; readonly id: string }): Promise<readonly TreeRisk[]> {
  const count = Number(await readGit(['rev-list', '--count', id, ...looked.known, '--'], looked.git));
  if (count === 0) return [];
  for (const base of looked.bases) if ((await readMerge(id, base, looked.git)) !== null) return [];
  const log = await readGit(['log', '--no-show-signature', '--no-color', '--format=%h %s', `--max-count=${SAMPLES}`, id, ...looked.known, '--'], looked.git);
  return [{ kind, where: looked.place.where, name, count, samples: log.split('\n').filter((line) => line !== '') }];
}

/** A remote has no remote-tracking tags: the mirror tells, else only a lightweight tag on a commit that is pushed is known to keep nothing. */
async function readTags(looked: Looked, tags: readonly OwnRef[]): Promise<readonly TreeRisk[]> {
  const { remote, where } = looked.place;
  const own = tags.filter(({ name, id }) => remote?.tags.get(name) !== id);
  const risks: TreeRisk[] = [];
  for (const { name, id, isAnnotated } of own) {
    const isKept = remote === null && !isAnnotated && (await readRef({ ...looked, bases: [] }, { kind: 'tag', name, id })).length === 0;
    if (!isKept) risks.push({ kind: 'tag', where, name, count: 1, samples: [] });
  }
  return risks;
}

async function readStashes(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  if ((await askGit(['rev-parse', '--verify', '--quiet', 'refs/stash'], git)) === null) return [];
  const text = await readGit(['log', '--walk-reflogs', '--no-show-signature', '--no-color', '--format=%gs', 'refs/stash', '--'], git);
  return riskOf('stash', place.where, text.split('\n').filter((line) => line !== ''));
}
