import { join } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import type { Mirror } from './mirror.ts';
import { readRefTable, type RefTable } from './refFiles.ts';
import { plumb } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';
import { NO_GC } from './syncFetch.ts';
import { baseRef, type SyncTips } from './syncPoint.ts';

/** What a branch is kept in step with. */
export type SyncBase =
  /** A branch of origin; null for its default one. */
  | { readonly kind: 'branch'; readonly name: string | null }
  /** The tip of another tree (a stage's predecessor). `tip`, `objects`: where it would be after a sync that was only predicted. */
  | {
      readonly kind: 'tree';
      readonly label: string;
      readonly path: string;
      readonly predicted: { readonly tip: string; readonly objects: readonly string[] } | null;
    };

export interface TipOptions {
  readonly tree: string;
  readonly gitDir: string;
  readonly branch: string;
  readonly base: SyncBase;
  /** Where origin's branches are up to date; null when they are in the tree itself. */
  readonly mirror: Mirror | null;
  /** The tree's refs. */
  readonly refs: RefTable;
  /** True writes nothing into the tree. */
  readonly dryRun: boolean;
  readonly env: Env;
}

export interface FoundTips {
  readonly tips: SyncTips;
  /** Object folders in which the commits lie besides the tree's own. */
  readonly beside: readonly string[];
}

/** The commits to sync with; a text says why there are none. */
export async function readTips(options: TipOptions): Promise<FoundTips | string> {
  const { tree, branch, base, mirror, refs, dryRun, env } = options;
  const upstreamOf = async (label: string): Promise<string | null> =>
    label === `origin/${branch}` ? null : readOrigin(branch, options);
  if (base.kind === 'tree') return readPredecessor(base, { ...options, upstream: await upstreamOf(base.label) });
  const name = await readBaseName(options);
  if (name === null) return 'origin has no default branch; name one in the layout: base: BRANCH';
  const beside = dryRun && mirror?.usable === true ? [join(mirror.path, 'objects')] : [];
  const remote = await readOrigin(name, options);
  if (remote !== null)
    return {
      tips: {
        label: `origin/${name}`,
        base: remote,
        ref: `refs/remotes/origin/${name}`,
        upstream: await upstreamOf(`origin/${name}`),
      },
      beside,
    };
  // A worktree of a checkout without an origin.
  const local = refs.ids.get(`refs/heads/${name}`);
  if (local !== undefined && !(await hasOrigin(tree, env)))
    return { tips: { label: name, base: local, ref: `refs/heads/${name}`, upstream: null }, beside };
  return `origin has no branch "${name}"`;
}

/** The branch that is kept in step with, by its name on origin; null where there is none, or it is another tree's tip. */
export async function readBaseName(options: Omit<TipOptions, 'branch'>): Promise<string | null> {
  const { base, mirror } = options;
  return base.kind === 'tree'
    ? null
    : (base.name ?? (mirror?.usable === true ? mirror.head : null) ?? (await readDefault(options)));
}

/** Commit of a branch of origin: where it is up to date, else as the tree knows it. */
async function readOrigin(name: string, { mirror, refs, dryRun, env }: TipOptions): Promise<string | null> {
  if (!dryRun || mirror?.usable !== true) return refs.ids.get(`refs/remotes/origin/${name}`) ?? null;
  return (await readRefTable(mirror.path, env)).ids.get(`refs/heads/${name}`) ?? null;
}

/** origin's default branch as the tree knows it; for a worktree of a checkout without an origin the branch of that checkout. */
async function readDefault({ tree, gitDir, refs, env }: Omit<TipOptions, 'branch'>): Promise<string | null> {
  const remote = refs.links.get('refs/remotes/origin/HEAD');
  if (remote !== undefined) return remote.replace(/^refs\/remotes\/origin\//, '');
  const common = await readCommonDir(gitDir);
  if (common === gitDir || (await hasOrigin(tree, env))) return null;
  const head = await readHeadBranch(common);
  return head === 'unknown' ? null : head.branch;
}

async function hasOrigin(tree: string, env: Env): Promise<boolean> {
  return (await plumb(['config', '--get', 'remote.origin.url'], { cwd: tree, env })).code === 0;
}

async function readHead(tree: string, env: Env): Promise<string | null> {
  const { code, stdout } = await plumb(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: tree, env });
  return code === 0 ? stdout.toString('utf8').trim() : null;
}

/** The predecessor's tip; its objects come into the tree (no ref, no FETCH_HEAD), or lie beside it for a prediction. */
async function readPredecessor(
  base: Extract<SyncBase, { kind: 'tree' }>,
  { tree, gitDir, refs, dryRun, env, upstream }: TipOptions & { readonly upstream: string | null },
): Promise<FoundTips | string> {
  const { label, path, predicted } = base;
  const place = await readPlace(path);
  if (place.kind !== 'repository') return `the clone of ${label}, which it builds on, is not there`;
  const tip = predicted?.tip ?? (await readHead(path, env));
  if (tip === null) return `${label}, which it builds on, has no commit yet`;
  const [theirs, ours] = await Promise.all([readCommonDir(place.gitDir), readCommonDir(gitDir)]);
  const tips = { label, base: tip, ref: null, upstream };
  if (theirs === ours) return { tips, beside: predicted === null ? [] : predicted.objects };
  if (dryRun) return { tips, beside: [join(theirs, 'objects'), ...(predicted === null ? [] : predicted.objects)] };
  // Kept from the last sync: its commits are there.
  if (refs.ids.get(baseRef(label)) === tip) return { tips, beside: [] };
  try {
    await mutateGit(
      [
        ...NO_GC,
        'fetch',
        '--quiet',
        '--no-write-fetch-head',
        '--no-tags',
        '--no-recurse-submodules',
        '--',
        path,
        'HEAD',
      ],
      { cwd: tree, env },
    );
  } catch (error) {
    if (error instanceof ProgramError)
      return `the tip of ${label}, which it builds on, could not be fetched: ${error.stderr.trim()}`;
    throw error;
  }
  return { tips, beside: [] };
}
