import { ProgramError } from '../base/errors.ts';
import type { MergeBase, MergeProof } from '../status/mergeProof.ts';
import { patchIdentity } from '../status/patchIdentity.ts';
import { writeObject } from './looseObject.ts';
import { inNeutralRepository, type NeutralRepository, type ObjectPlace } from './neutralRepository.ts';
import { plumb } from './run/ask.ts';
import { gitError } from './run/start.ts';

/** Commits of the base that are looked at; more would be another project's worth. */
const MOST = 500;
/** Of those, how many are compared file by file. */
const MOST_ALIKE = 50;

/**
 * The proof that every byte of what the commit `tip` changes is in one of the bases; null when that cannot be shown. The only place that says so:
 * whatever deletes, drops or calls something merged asks here. git compares in a repository without attributes and settings, so blanks, line
 * ends, modes, encodings and binary files count. Throws ProgramError when git cannot answer.
 */
export async function proveMerged(
  tip: string,
  bases: readonly MergeBase[],
  place: ObjectPlace,
): Promise<MergeProof | null> {
  if (bases.length === 0) return null;
  return inNeutralRepository(place, tip, async (repository) => {
    for (const base of bases) {
      const proof = await proveIn(tip, base, repository);
      if (proof !== null) return proof;
    }
    return null;
  });
}

/**
 * True when the tree `onto` has every byte of what the commit `to` changes against `from`: its files as they are, or laying that change onto it,
 * without any merge driver, changes nothing (git 2.38; with an older one only the files count).
 */
export async function hasChange(onto: string, change: Change, place: ObjectPlace): Promise<boolean> {
  return inNeutralRepository(place, change.to, async (repository) => {
    const [changed, differing] = await Promise.all([
      listChanged(change.from, change.to, repository),
      listChanged(onto, change.to, repository),
    ]);
    return ![...changed].some((path) => differing.has(path)) || (await layOnto(onto, change, repository)) === onto;
  });
}

export interface Change {
  readonly from: string;
  readonly to: string;
}

interface Own {
  readonly id: string;
  readonly parents: readonly string[];
}

async function proveIn(
  tip: string,
  { id: base, label }: MergeBase,
  repository: NeutralRepository,
): Promise<MergeProof | null> {
  const fork = await findFork(tip, base, repository);
  if (fork === null) return null;
  if (fork === tip) return { kind: 'ancestor', base: label };
  const own = await listOwn(tip, base, repository);
  if (own.length > MOST) return null;
  const twins = await findTwins(own, { tip, base, repository });
  if (twins !== null) return { kind: 'commits', base: label, twins };
  const changed = await listChanged(fork, tip, repository);
  // What the branch added and took back again is in no squash: only its own commits hold it.
  if (changed.size === 0 || !(await touchesOnly(changed, own, repository))) return null;
  const squash: Squash = { change: { from: fork, to: tip }, changed, base, repository };
  const twin = await findSquash(squash);
  if (twin !== null) return { kind: 'squash', base: label, twin };
  const alike = await findAlike(squash);
  if (alike !== null) return { kind: 'files', base: label, commit: alike };
  return (await mergeTrees(base, tip, repository)) === (await treeOf(base, repository))
    ? { kind: 'contained', base: label }
    : null;
}

async function findFork(tip: string, base: string, repository: NeutralRepository): Promise<string | null> {
  const args = ['merge-base', base, tip];
  const { code, stdout, stderr } = await plumb(args, repository.place);
  if (code !== 0 && code !== 1) throw gitError(args, { code, stderr });
  return stdout.toString('latin1').split('\n')[0] || null;
}

/** Newest first. */
async function listOwn(tip: string, base: string, repository: NeutralRepository): Promise<readonly Own[]> {
  const text = await ask(['rev-list', '--topo-order', '--parents', tip, `^${base}`, '--'], repository);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([id = '', ...parents]) => ({ id, parents }));
}

interface Patch {
  readonly id: string;
  readonly identity: string;
}

const PLAIN = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--full-index',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=3',
  '--diff-algorithm=myers',
  '--ignore-submodules=none',
  '--submodule=short',
];

/** The patches of a walk. No line of a diff begins with NUL, so one that does begins a commit. */
async function readPatches(args: readonly string[], repository: NeutralRepository): Promise<readonly Patch[]> {
  const text = await ask(
    ['log', '--no-show-signature', '--no-decorate', '--format=%x00%H', '--patch', ...PLAIN, ...args],
    repository,
  );
  return text
    .split(/(?:^|(?<=\n))\0(?=[0-9a-f]{40})/)
    .slice(1)
    .map((entry) => ({
      id: entry.slice(0, entry.indexOf('\n')),
      identity: patchIdentity(entry.slice(entry.indexOf('\n'))),
    }));
}

interface Twinning {
  readonly tip: string;
  readonly base: string;
  readonly repository: NeutralRepository;
}

/** For each commit of the branch, oldest first, one of the base that makes the same change. A merge's own part is in no patch; an empty commit has no bytes to find. */
async function findTwins(own: readonly Own[], { tip, base, repository }: Twinning): Promise<readonly string[] | null> {
  if (own.some(({ parents }) => parents.length !== 1)) return null;
  const mine = await readPatches([tip, `^${base}`, '--'], repository);
  if (mine.length !== own.length || mine.some(({ identity }) => identity === '')) return null;
  const theirs = await readPatches(['--no-merges', `--max-count=${MOST}`, base, `^${tip}`, '--'], repository);
  const twins: string[] = [];
  for (const { id, identity } of mine) {
    const twin = await findTwin(
      { from: `${id}^`, to: id },
      { candidates: theirs.filter((one) => one.identity === identity), repository },
    );
    if (twin === null) return null;
    twins.unshift(twin);
  }
  return twins;
}

/** The first candidate that the change, laid onto its parent, makes: the same lines elsewhere in a file are another change. */
async function findTwin(
  change: Change,
  {
    candidates,
    changed = null,
    repository,
  }: {
    readonly candidates: readonly Patch[];
    readonly changed?: ReadonlySet<string> | null;
    readonly repository: NeutralRepository;
  },
): Promise<string | null> {
  for (const { id } of candidates) {
    const before = await treeOf(`${id}^`, repository).catch(orNull);
    const made = before === null ? null : await layOnto(before, change, repository);
    if (made === null) continue;
    const differing = await listChanged(made, id, repository);
    if (changed === null ? differing.size === 0 : ![...changed].some((path) => differing.has(path))) return id;
  }
  return null;
}

interface Squash {
  readonly change: Change;
  readonly changed: ReadonlySet<string>;
  readonly base: string;
  readonly repository: NeutralRepository;
}

/** One commit of the base (a merge counts as what it brings in) makes the same change. */
async function findSquash({ change, changed, base, repository }: Squash): Promise<string | null> {
  const wanted = patchIdentity(await ask(['diff', ...PLAIN, change.from, change.to, '--'], repository));
  const all = await readPatches(
    ['--first-parent', '-m', `--max-count=${MOST}`, base, `^${change.from}`, '--', ...pathspecs(changed)],
    repository,
  );
  return findTwin(change, { candidates: all.filter(({ identity }) => identity === wanted), changed, repository });
}

/** A commit of the base after which all the changed files are as the branch has them. */
async function findAlike({ change, changed, base, repository }: Squash): Promise<string | null> {
  const text = await ask(
    ['rev-list', '--first-parent', `--max-count=${MOST_ALIKE}`, base, `^${change.from}`, '--', ...pathspecs(changed)],
    repository,
  );
  for (const id of text.split('\n').filter((line) => line !== '')) {
    const differing = await listChanged(id, change.to, repository);
    if (![...changed].some((path) => differing.has(path))) return id;
  }
  return null;
}

/** An argument list has an end; beyond it every commit is looked at. A path that is no UTF-8 finds no commit, and so no proof. */
function pathspecs(changed: ReadonlySet<string>): readonly string[] {
  return changed.size > 200
    ? []
    : [...changed].map((path) => `:(top,literal)${Buffer.from(path, 'latin1').toString('utf8')}`);
}

/** Paths whose content or mode differs between two trees; a renamed file is two of them. */
async function listChanged(from: string, to: string, repository: NeutralRepository): Promise<ReadonlySet<string>> {
  const text = await ask(
    ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--ignore-submodules=none', from, to, '--'],
    repository,
  );
  return new Set(text.split('\0').filter((path) => path !== ''));
}

/** True when no commit of the branch touches another path; of a merge only what is in neither parent. */
async function touchesOnly(
  changed: ReadonlySet<string>,
  own: readonly Own[],
  repository: NeutralRepository,
): Promise<boolean> {
  const args = ['diff-tree', '--stdin', '-r', '-c', '--root', '--no-renames', '--name-only', '-z', '--no-commit-id'];
  const text = await ask(args, repository, own.map(({ id }) => `${id}\n`).join(''));
  return text.split('\0').every((path) => path === '' || changed.has(path));
}

/**
 * The tree that laying a change onto a tree gives; null for a conflict. merge-tree finds its base by history and takes none until git 2.40, so
 * the tree is given a commit whose parent is what the change starts from.
 */
async function layOnto(tree: string, { from, to }: Change, repository: NeutralRepository): Promise<string | null> {
  const parent = (await ask(['rev-parse', '--verify', '--quiet', `${from}^{commit}`], repository)).trim();
  const content = Buffer.from(
    `tree ${tree}\nparent ${parent}\nauthor n <n> 0 +0000\ncommitter n <n> 0 +0000\n\nstand-in\n`,
  );
  const stand = await writeObject(repository.folder, { kind: 'commit', content, like: tree });
  return mergeTrees(stand, to, repository);
}

/** The tree of a clean merge; null for a conflict, and for a git that has no such merge: then nothing is shown. */
async function mergeTrees(ours: string, theirs: string, repository: NeutralRepository): Promise<string | null> {
  const { code, stdout } = await plumb(['merge-tree', '--write-tree', '--no-messages', ours, theirs], repository.place);
  return code === 0 ? (stdout.toString('latin1').split('\n')[0] ?? null) : null;
}

async function treeOf(commit: string, repository: NeutralRepository): Promise<string> {
  return (await ask(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`], repository)).trim();
}

function orNull(error: unknown): null {
  if (error instanceof ProgramError) return null;
  throw error;
}

/** Output of a git command, one byte a character. Throws ProgramError. */
async function ask(args: readonly string[], { place }: NeutralRepository, input = ''): Promise<string> {
  const { code, stdout, stderr } = await plumb(args, { ...place, input });
  if (code !== 0) throw gitError(args, { code, stderr });
  return stdout.toString('latin1');
}
