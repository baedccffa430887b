import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import { patchIdentity } from '../status/patchIdentity.ts';
import { askGit, readGit } from './run/ask.ts';
import type { GitPlace } from './run/start.ts';

/**
 * How a branch's work is in a base: its commits themselves; each as a commit of the same change (a rebase merge, cherry-picks); all as one
 * commit (a squash merge); or merging it would change nothing any more.
 */
export type Merge = 'ancestor' | 'rebased' | 'squashed' | 'contained';

/** Commits of the base that are looked at for a squash; more would be another project's worth. */
const MOST = 500;

/**
 * Whether the commit `tip` is merged into the commit `base` by its content; null when it is not, or nothing in common tells. Writes nothing.
 * A branch whose commits take each other back is not "contained": then there is no content by which to know it.
 */
export async function readMerge(tip: string, base: string, git: GitPlace): Promise<Merge | null> {
  const fork = await askFork(tip, base, git);
  if (fork === null) return null;
  if (fork === tip) return 'ancestor';
  const diff = await readDiff(fork, tip, git);
  if (await isRebased(tip, base, git)) return 'rebased';
  if (diff.paths.length === 0) return null;
  if (await isSquashed({ fork, tip, base, ...diff }, git)) return 'squashed';
  return (await changesNothing(tip, base, git)) ? 'contained' : null;
}

async function askFork(tip: string, base: string, git: GitPlace): Promise<string | null> {
  const fork = await askGit(['merge-base', base, tip], git);
  return fork?.trim().split('\n')[0] ?? null;
}

interface Diff {
  readonly paths: readonly string[];
  readonly text: string;
}

/** A diff that neither the user's configuration nor an attribute changes. */
const PLAIN = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--full-index', '--binary', '--src-prefix=a/', '--dst-prefix=b/', '--unified=3', '--diff-algorithm=myers', '--ignore-submodules=none'];

async function readDiff(from: string, to: string, git: GitPlace): Promise<Diff> {
  const [names, text] = await Promise.all([
    readGit(['diff', '--name-only', '-z', '--no-renames', '--ignore-submodules=none', from, to, '--'], git),
    readGit(['diff', ...PLAIN, from, to, '--'], git),
  ]);
  return { paths: names.split('\0').filter((name) => name !== ''), text };
}

/** Every commit has a twin in the base. `cherry` passes over merges, whose own changes it therefore cannot vouch for. */
async function isRebased(tip: string, base: string, git: GitPlace): Promise<boolean> {
  const merges = await readGit(['rev-list', '--count', '--merges', tip, `^${base}`, '--'], git);
  if (Number(merges) > 0) return false;
  const lines = (await readGit(['cherry', base, tip], git)).split('\n').filter((line) => line !== '');
  return lines.length > 0 && lines.every((line) => line.startsWith('- '));
}

interface Squash extends Diff {
  readonly fork: string;
  readonly tip: string;
  readonly base: string;
}

/** One commit of the base makes the same change, or leaves the changed files as the branch has them. */
async function isSquashed({ fork, tip, base, paths, text }: Squash, git: GitPlace): Promise<boolean> {
  const wanted = patchIdentity(text);
  const where = paths.length > 200 ? [] : paths.map((path) => `:(top,literal)${path}`);
  const log = await readGit(['log', '--first-parent', '-m', `--max-count=${MOST}`, '--no-show-signature', '--format=%x00%H', ...PLAIN, '--patch', base, `^${fork}`, '--', ...where], git);
  const candidates = log.split('\0').slice(1).map((entry) => ({ id: entry.slice(0, entry.indexOf('\n')), identity: patchIdentity(entry.slice(entry.indexOf('\n'))) }));
  if (candidates.some(({ identity }) => identity === wanted)) return true;
  for (const { id } of candidates.slice(0, 50)) if (await isAlike(id, tip, { git, where: paths.map((path) => `:(top,literal)${path}`) })) return true;
  return false;
}

async function isAlike(one: string, other: string, { git, where }: { readonly git: GitPlace; readonly where: readonly string[] }): Promise<boolean> {
  // An argument list has an end; so many files are told by the merge below.
  if (where.length > 2_000) return false;
  return (await readGit(['diff', '--name-only', '-z', '--no-renames', '--ignore-submodules=none', one, other, '--', ...where], git)) === '';
}

/**
 * Merging the tip into the base gives the base's own tree. The trial merge writes its objects into a folder of its own, with the repository's
 * objects beside it. `--write-tree` came with git 2.38: an older git leaves the question open.
 */
async function changesNothing(tip: string, base: string, git: GitPlace): Promise<boolean> {
  const own = (await readGit(['rev-parse', '--git-path', 'objects'], git)).replace(/\n$/, '');
  const beside = git.set?.['GIT_ALTERNATE_OBJECT_DIRECTORIES'];
  const scratch = await mkdtemp(join(git.env.TMPDIR ?? '/tmp', 'claude-tmux-merge-'));
  try {
    const set = { GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: [quotePath(resolve(git.cwd, own)), ...(beside === undefined ? [] : [beside])].join(':') };
    const [tree, merged] = await Promise.all([readGit(['rev-parse', `${base}^{tree}`], git), readGit(['merge-tree', '--write-tree', '--no-messages', base, tip], { ...git, set })]);
    return merged.trim().split('\n')[0] === tree.trim();
  } catch (error) {
    // 1: conflicts; anything else: this git has no such merge.
    if (error instanceof ProgramError) return false;
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** git takes a path in double quotes as C writes a text; unquoted, a colon would end it. */
export function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
