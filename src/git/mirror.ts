import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { slug } from '../base/text.ts';
import { makeFolder } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { explainFailure } from './failure.ts';
import { fetchAll, serversHash } from './mirrorFetch.ts';
import { isDamaged, prepareMirror, remakeMirror, type Hash } from './mirrorFolder.ts';
import { withMirrorLock } from './mirrorHold.ts';
import { readMirrorNote, writeMirrorNote } from './mirrorNote.ts';
import { readHash, readRefs, readSource, seedFrom, settleHead } from './mirrorRefs.ts';
import { tidyMirror } from './mirrorTidy.ts';
import { cacheKey, localPath, redact, repositoryName } from './remoteUrl.ts';

/** The one local copy of a repository's branches and tags that clones are linked from. */
export interface Mirror {
  /** The bare repository. */
  readonly path: string;
  /** The real URL, scp-form or path. */
  readonly repo: string;
  /** The checkout it was filled from; its transport settings are used again. */
  readonly checkout: string | null;
  /** False for a shallow or partial source, which no whole mirror can be made of: clones then come from `repo` itself. */
  readonly usable: boolean;
  /** The remote's default branch; null when it has none (a detached HEAD). */
  readonly head: string | null;
  readonly branches: readonly string[];
}

export interface FillOptions {
  readonly repo: string;
  /** Root of the checkout the user stands in; null outside any. */
  readonly checkout: string | null;
  /** `$XDG_CACHE_HOME/claude-tmux`. */
  readonly cacheDir: string;
  readonly env: Env;
  /** True lets the fetch ask on the terminal; nothing else may draw there meanwhile. */
  readonly terminal: boolean;
  /** True is content with a fetch that another process ended while this one waited for it: two fleets of one repository connect once. */
  readonly shares?: boolean;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings the mirror of `repo` up to date with one fetch, under a lock; a new one is filled from the checkout first, so that little
 * comes over the network. Throws a UserError when the repository cannot be reached or holds no commits, or the cache cannot be written.
 */
export async function fillMirror(options: FillOptions): Promise<Mirror> {
  const { repo, cacheDir, env, onLine } = options;
  const path = mirrorPath(repo, cacheDir);
  const source = localPath(repo);
  const state = source === null ? null : await readSource(source, env);
  if (state?.kind === 'partial') throw partial(repo, state.of);
  if (state?.kind === 'shallow')
    return { path, repo, checkout: options.checkout, usable: false, head: null, branches: [] };
  await makeFolder(join(cacheDir, 'mirrors'));
  let waitedSince: number | null = null;
  const onWait = (line: string): void => {
    waitedSince = Date.now();
    onLine(line);
  };
  return withMirrorLock(path, { what: `fetching "${redact(repo)}"`, onLine: onWait }, () =>
    fill(path, { ...options, waitedSince }),
  );
}

/** `<cacheDir>/mirrors/shop-1f0c9e2b7a53.git`. */
export function mirrorPath(repo: string, cacheDir: string): string {
  const hash = createHash('sha256').update(cacheKey(repo)).digest('hex').slice(0, 12);
  return join(cacheDir, 'mirrors', `${slug(repositoryName(repo)) || 'repository'}-${hash}.git`);
}

interface Filling extends FillOptions {
  /** When another process was found at work on the mirror, in milliseconds since the epoch; null when nobody was. */
  readonly waitedSince: number | null;
}

async function fill(path: string, options: Filling): Promise<Mirror> {
  const { repo, env, signal } = options;
  try {
    const isNew = await prepareMirror(path, () => guessHash(options), { env, signal });
    return await fillPrepared(path, { ...options, isNew }).catch((error: unknown) =>
      fillAgain(path, { ...options, isNew }, error),
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, { what: `the mirror of "${redact(repo)}" in "${path}" could not be filled` });
  }
}

interface Prepared extends Filling {
  /** True when nothing had been fetched into it yet. */
  readonly isNew: boolean;
}

async function fillPrepared(path: string, options: Prepared): Promise<Mirror> {
  const { repo, checkout, env, signal, isNew } = options;
  if (isNew && checkout !== null) await seedFrom(checkout, { path, repo, env, signal });
  const usable = (!isNew && (await isFetchedMeanwhile(path, options))) || (await fetchAndNote(path, options));
  const refs = await readRefs(path, env);
  const branches = refs.branches.map(({ name }) => name);
  if (usable && branches.length === 0) throw empty(repo);
  const head = usable ? await settleHead(path, { refs, repo, checkout, env, signal }) : null;
  return { path, repo, checkout, usable, head, branches };
}

/** A mirror is a cache: one whose own objects do not hold together is made again, once; what else went wrong is the caller's to hear. */
async function fillAgain(path: string, options: Prepared, error: unknown): Promise<Mirror> {
  const { env, signal, onLine, repo } = options;
  signal?.throwIfAborted();
  if (options.isNew || isAboutTheWay(error) || !(await isDamaged(path, env))) throw error;
  onLine(`the mirror of "${redact(repo)}" is damaged and is made again`);
  await remakeMirror(path, await guessHash(options), { env, signal });
  return fillPrepared(path, { ...options, isNew: true });
}

/** Words of git or ssh about the network or the user's access: the mirror has no part in that. */
function isAboutTheWay(error: unknown): boolean {
  const cause = error instanceof UserError ? error.cause : error;
  return (
    cause instanceof ProgramError &&
    /Could not resolve|unreachable|timed out|refused|No route to host|Permission denied|Authentication failed|Host key|could not read (Username|Password)|terminal prompts disabled|not found/i.test(
      cause.stderr,
    )
  );
}

/** A fetch that began long before it was waited for may know nothing of what was pushed since. */
const FRESH_MS = 60_000;

async function isFetchedMeanwhile(path: string, { shares, waitedSince }: Filling): Promise<boolean> {
  if (shares !== true || waitedSince === null) return false;
  const note = await readMirrorNote(path);
  return note !== null && note.wholeAt >= waitedSince && note.fetchedAt >= waitedSince - FRESH_MS;
}

async function fetchAndNote(path: string, options: FillOptions): Promise<boolean> {
  const fetchedAt = Date.now();
  const usable = await fetchOfItsHash(path, options);
  if (!usable) return false;
  await tidyMirror(path, options);
  await writeMirrorNote(path, { repo: options.repo, fetchedAt, wholeAt: Date.now() });
  return true;
}

/** The server says what it names objects by only when that is not what the mirror does: then the mirror is made anew. */
async function fetchOfItsHash(path: string, options: FillOptions): Promise<boolean> {
  try {
    return await fetchAll(path, options);
  } catch (error) {
    const hash = serversHash(error);
    if (hash === null) throw error;
    await remakeMirror(path, hash, options);
    return fetchAll(path, options);
  }
}

/** Right for all but a checkout of another repository. */
async function guessHash({ repo, checkout, env }: FillOptions): Promise<Hash> {
  const near = localPath(repo) ?? checkout;
  return near === null ? 'sha1' : readHash(near, env);
}

function partial(repo: string, of: string | null): UserError {
  const hint =
    of === null
      ? 'name the repository it was cloned from in the layout: repo: URL'
      : `name the repository it was cloned from in the layout: repo: ${redact(of)}`;
  return new UserError(`the repository "${redact(repo)}" is a partial clone: it has not all files that a clone needs`, {
    hint,
  });
}

function empty(repo: string): UserError {
  return new UserError(`the repository "${redact(repo)}" is empty: it has no branch to start from`, {
    hint: 'make a first commit and push it',
  });
}
