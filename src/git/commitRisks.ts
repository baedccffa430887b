import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { MergeBase } from '../status/mergeProof.ts';
import { SAMPLES, type TreeRisk } from '../status/treeRisk.ts';
import { askGit, readGit } from './run/ask.ts';
import type { GitPlace } from './run/start.ts';
import { describeDamage, findDamage, isReplaceable } from './damage.ts';
import { readCommonDir } from './gitDir.ts';
import { proveMerged } from './merged.ts';
import { besideObjects, gitPlace, orUnknown, riskOf, type RiskPlace } from './riskOptions.ts';
import { type OwnRef, readOwnRefs } from './ownRefs.ts';

/** Commits, tags and stashes that only this repository has: on no branch of a remote, and not merged by content. */
export async function readCommitRisks(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  const [refs, bases, head] = await Promise.all([readOwnRefs(place), readBases(place), readHead(git)]);
  const looked: Looked = { place, git, known: knownTo(place), bases };
  const detached =
    head !== null && head.branch === null
      ? await readRef(
          { ...looked, known: [...looked.known, '--branches', '--tags'] },
          { kind: 'detached', name: null, id: head.commit },
        )
      : [];
  const branches = await readRefs(looked, {
    refs: refs.filter(({ kind }) => kind !== 'tag'),
    current: head?.branch ?? null,
  });
  const tags = await readTags(
    looked,
    refs.filter(({ kind }) => kind === 'tag'),
  );
  return [
    ...(await readDamageRisks(place)),
    ...detached,
    ...branches,
    ...tags,
    ...(place.isWorktree ? [] : [...(await readForsaken(looked)), ...(await readStashes(place))]),
  ];
}

/** git leaves out a ref whose file it cannot read (a power cut), and names no commit of it: its reflog may be the last that leads to them. */
async function readDamageRisks({ root, gitDir, where, isWorktree }: RiskPlace): Promise<readonly TreeRisk[]> {
  if (isWorktree) return [];
  const damaged = (await findDamage(root, gitDir)).filter((one) => !isReplaceable(one));
  return damaged.map((one) => ({
    kind: 'unknown',
    where,
    name: `what "${one.name}" held`,
    count: 1,
    samples: [describeDamage(one)],
  }));
}

/** The branch a linked worktree is on, when its work is merged nowhere: it stays in the repository the worktree belongs to. */
export async function readBranchRisk(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  const head = await readHead(git);
  if (head === null || head.branch === null) return [];
  const bases = [...(await readBases(place)), ...(await readLocalBases(place, head.branch))];
  return readRef(
    { place, git, known: knownTo(place), bases },
    { kind: 'unpushed', name: head.branch, id: head.commit },
  );
}

interface Looked {
  readonly place: RiskPlace;
  readonly git: GitPlace;
  /** Arguments that leave out what somebody else has. */
  readonly known: readonly string[];
  /** Commits that work is merged into. */
  readonly bases: readonly MergeBase[];
}

/**
 * Arguments that leave out what a remote has. A fresh look at origin outweighs its remote-tracking branches: one that was deleted there keeps
 * nothing. A stale look only adds. Before a deletion no remote-tracking branch counts: those of a fork, or of a submodule, nobody has asked
 * about. `^ID` is negative by itself and stands before `--not`.
 */
function knownTo({ remote, outer, onlyAsked }: RiskPlace): readonly string[] {
  const now = [...(remote?.branches.values() ?? []), ...(outer?.branches.values() ?? [])].map((id) => `^${id}`);
  if (onlyAsked) return [...now, '--not'];
  return [...now, '--not', ...(remote?.fresh === true ? ['--exclude=origin/*'] : []), '--remotes'];
}

/**
 * The branch that the work is for, and the default one, as the remote has them now. As the clone last saw them only where the remote was not asked and
 * nothing is to be deleted: anybody can move a remote-tracking branch.
 */
async function readBases(place: RiskPlace): Promise<readonly MergeBase[]> {
  const { remote, outer, base, onlyAsked } = place;
  const names = [...new Set([base, remote?.head ?? null].filter((name) => name !== null))];
  const now = names
    .map((name) => ({ id: remote?.branches.get(name) ?? '', label: `origin/${name}` }))
    .filter(({ id }) => id !== '');
  const refs =
    onlyAsked || remote?.fresh === true
      ? []
      : ['refs/remotes/origin/HEAD', ...(base === null ? [] : [`refs/remotes/origin/${base}`])];
  const outerHead = outer?.head ?? null;
  const around =
    outerHead === null
      ? []
      : [{ id: outer?.branches.get(outerHead) ?? '', label: `origin/${outerHead} of the clone around it` }];
  return onceEach([
    ...now,
    ...around.filter(({ id }) => id !== ''),
    ...(await readTips(
      refs.map((ref) => ({ ref, label: ref.replace('refs/remotes/', '') })),
      place,
    )),
  ]);
}

/** Of a worktree: branches of its repository, which stay. Its own is none of them, nor is a detached HEAD: that leaves its commit at the next checkout. */
async function readLocalBases(place: RiskPlace, own: string): Promise<readonly MergeBase[]> {
  const current = await askGit(
    ['--git-dir', await readCommonDir(place.gitDir), 'symbolic-ref', '--quiet', 'HEAD'],
    gitPlace(place),
  );
  const refs = [
    ...(place.base === null ? [] : [`refs/heads/${place.base}`]),
    ...(current === null ? [] : [current.trim()]),
  ].filter((ref) => ref !== `refs/heads/${own}`);
  return onceEach(
    await readTips(
      refs.map((ref) => ({ ref, label: `"${ref.replace('refs/heads/', '')}" of the checkout` })),
      place,
    ),
  );
}

async function readTips(
  refs: readonly { readonly ref: string; readonly label: string }[],
  place: RiskPlace,
): Promise<readonly MergeBase[]> {
  const found = await Promise.all(
    refs.map(({ ref }) => askGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], gitPlace(place))),
  );
  return refs.map(({ label }, at) => ({ id: found[at]?.trim() ?? '', label })).filter(({ id }) => id !== '');
}

function onceEach(bases: readonly MergeBase[]): readonly MergeBase[] {
  return bases.filter(({ id }, at) => bases.findIndex((other) => other.id === id) === at);
}

interface Head {
  readonly branch: string | null;
  readonly commit: string;
}

/** Null on an unborn branch. */
async function readHead(git: GitPlace): Promise<Head | null> {
  const [branch, commit] = await Promise.all([
    askGit(['symbolic-ref', '--quiet', 'HEAD'], git),
    askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], git),
  ]);
  return commit === null
    ? null
    : { branch: branch?.trim().replace(/^refs\/heads\//, '') ?? null, commit: commit.trim() };
}

/** All refs at once first: mostly there is nothing. */
async function readRefs(
  looked: Looked,
  { refs, current }: { readonly refs: readonly OwnRef[]; readonly current: string | null },
): Promise<readonly TreeRisk[]> {
  const ids = refs.filter(({ kind }) => kind !== 'object').map(({ id }) => id);
  const commits =
    ids.length === 0
      ? '0'
      : await readGit(['rev-list', '--count', '--ignore-missing', ...ids, ...looked.known, '--'], looked.git);
  const objects = refs
    .filter(({ kind }) => kind === 'object')
    .map(({ name }): TreeRisk => ({ kind: 'object', where: looked.place.where, name, count: 1, samples: [] }));
  if (Number(commits) === 0 && looked.place.onProof === undefined) return objects;
  const risks: TreeRisk[] = [...objects];
  for (const { kind, name, id } of refs) {
    if (kind === 'object') continue;
    const isCurrent = kind === 'branch' && name === current;
    risks.push(
      ...(await orUnknown(`whether "${name}" is merged`, looked.place.where, () =>
        readRef(looked, { kind: isCurrent ? 'unpushed' : kind, name, id }),
      )),
    );
  }
  return risks;
}

/** One ref: the commits that no remote has, unless their content is in a base. */
async function readRef(
  looked: Looked,
  { kind, name, id }: { readonly kind: TreeRisk['kind']; readonly name: string | null; readonly id: string },
): Promise<readonly TreeRisk[]> {
  const count = Number(await readGit(['rev-list', '--count', id, ...looked.known, '--'], looked.git));
  if (count === 0) {
    await reportPushed(looked, name, id);
    return [];
  }
  const { gitDir, env, where, onProof } = looked.place;
  const common = await readCommonDir(gitDir);
  const proof = await proveMerged(id, looked.bases, {
    objects: [join(common, 'objects'), ...besideObjects(looked.place)],
    shallow: join(common, 'shallow'),
    env,
  });
  if (proof !== null) {
    onProof?.({ where, name, proof });
    return [];
  }
  const log = await readGit(
    ['log', '--no-show-signature', '--no-color', '--format=%h %s', `--max-count=${SAMPLES}`, id, ...looked.known, '--'],
    looked.git,
  );
  return [{ kind, where: looked.place.where, name, count, samples: log.split('\n').filter((line) => line !== '') }];
}

/** Where a commit is that a branch of the remote leads to; looked for only where somebody wants to know. */
async function reportPushed({ place, git }: Looked, name: string | null, id: string): Promise<void> {
  const { remote, base, where, onProof } = place;
  if (onProof === undefined || remote === null) return;
  const first = [name, base, remote.head].filter((branch) => branch !== null);
  for (const branch of new Set([...first, ...remote.branches.keys()])) {
    const tip = remote.branches.get(branch);
    if (tip === undefined || (await askGit(['merge-base', '--is-ancestor', id, tip], git)) === null) continue;
    onProof({
      where,
      name,
      proof:
        branch === name ? { kind: 'pushed', base: `origin/${branch}` } : { kind: 'ancestor', base: `origin/${branch}` },
    });
    return;
  }
}

/** Worktrees inside whose folder is gone: what they stood on is known to this repository alone. */
async function readForsaken(looked: Looked): Promise<readonly TreeRisk[]> {
  const text = await readGit(['worktree', 'list', '--porcelain'], looked.git);
  const entries = text
    .split('\n\n')
    .slice(1)
    .map((entry) => ({
      path: /^worktree (.+)$/m.exec(entry)?.[1] ?? '',
      id: /^HEAD ([0-9a-f]+)$/m.exec(entry)?.[1] ?? '',
      isDetached: /^detached$/m.test(entry),
    }));
  const risks: TreeRisk[] = [];
  for (const { path, id, isDetached } of entries) {
    if (!isDetached || id === '' || existsSync(path)) continue;
    // Named by its folder: no bundle takes a HEAD that is not the repository's own.
    const place = { ...looked.place, where: join(looked.place.where, relative(looked.place.root, path)) };
    risks.push(
      ...(await readRef(
        { ...looked, place, known: [...looked.known, '--branches', '--tags'] },
        { kind: 'detached', name: null, id },
      )),
    );
  }
  return risks;
}

/** A remote has no remote-tracking tags: the mirror tells, else only a lightweight tag on a commit that is pushed is known to keep nothing. */
async function readTags(looked: Looked, tags: readonly OwnRef[]): Promise<readonly TreeRisk[]> {
  const { remote, where } = looked.place;
  const own = tags.filter(({ name, id }) => remote?.tags.get(name) !== id);
  const risks: TreeRisk[] = [];
  for (const { name, id, isAnnotated } of own) {
    const isKept =
      remote === null &&
      !isAnnotated &&
      (await readRef({ ...looked, bases: [] }, { kind: 'tag', name, id })).length === 0;
    if (!isKept) risks.push({ kind: 'tag', where, name, count: 1, samples: [] });
  }
  return risks;
}

async function readStashes(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const git = gitPlace(place);
  if ((await askGit(['rev-parse', '--verify', '--quiet', 'refs/stash'], git)) === null) return [];
  const text = await readGit(
    ['log', '--walk-reflogs', '--no-show-signature', '--no-color', '--format=%gs', 'refs/stash', '--'],
    git,
  );
  return riskOf(
    'stash',
    place.where,
    text.split('\n').filter((line) => line !== ''),
  );
}
