import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { slug } from '../base/text.ts';
import { makeFolder } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { explainFailure } from './failure.ts';
import { askGit } from './git.ts';
import { inMirror, prepareMirror } from './mirrorFolder.ts';
import { withMirrorLock } from './mirrorHold.ts';
import { isPlainSource, readRefs, seedFrom, settleHead } from './mirrorRefs.ts';
import { cacheKey, localPath, redact, repositoryName } from './remoteUrl.ts';
import { runGitOnTerminal } from './terminalGit.ts';
import { mutateGit } from './mutate.ts';
import { transportEnvironment } from './transport.ts';

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
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Heads and tags only: forges publish a ref for each pull request, which no clone needs. HEAD tells the default branch in the same connection. */
const REFSPECS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
const HEAD_REFSPEC = '+HEAD:refs/claude-tmux/HEAD';

/**
 * Brings the mirror of `repo` up to date with one fetch, under a lock; a new one is filled from the checkout first, so that little
 * comes over the network. Throws a UserError when the repository cannot be reached or holds no commits, or the cache cannot be written.
 */
export async function fillMirror(options: FillOptions): Promise<Mirror> {
  const { repo, cacheDir, env, onLine } = options;
  const path = mirrorPath(repo, cacheDir);
  const source = localPath(repo);
  if (source !== null && !(await isPlainSource(source, env))) return { path, repo, checkout: options.checkout, usable: false, head: null, branches: [] };
  await makeFolder(join(cacheDir, 'mirrors'));
  return withMirrorLock(path, { what: `fetching "${redact(repo)}"`, onLine }, () => fill(path, options));
}

/** `<cacheDir>/mirrors/shop-1f0c9e2b7a53.git`. */
export function mirrorPath(repo: string, cacheDir: string): string {
  const hash = createHash('sha256').update(cacheKey(repo)).digest('hex').slice(0, 12);
  return join(cacheDir, 'mirrors', `${slug(repositoryName(repo)) || 'repository'}-${hash}.git`);
}

async function fill(path: string, options: FillOptions): Promise<Mirror> {
  const { repo, checkout, env, signal } = options;
  try {
    const isNew = await prepareMirror(path, { env, signal });
    if (isNew && checkout !== null) await seedFrom(checkout, { path, repo, env, signal });
    const usable = await fetchAll(path, options);
    const refs = await readRefs(path, env);
    const branches = refs.branches.map(({ name }) => name);
    if (usable && branches.length === 0) throw empty(repo);
    const head = usable ? await settleHead(path, { refs, repo, checkout, env, signal }) : null;
    return { path, repo, checkout, usable, head, branches };
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, { what: `the mirror of "${redact(repo)}" in "${path}" could not be filled` });
  }
}

/** False when the source refuses to give whole branches (a shallow repository on the other side). */
async function fetchAll(path: string, options: FillOptions): Promise<boolean> {
  try {
    await fetchRefs(path, [...REFSPECS, HEAD_REFSPEC], options);
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(await isReachable(error, options))) throw unreachable(options.repo, error);
  }
  // Reached, but without a HEAD that leads to a commit, or not willing to give everything.
  try {
    await mutateGit(inMirror(path, ['update-ref', '-d', 'refs/claude-tmux/HEAD']), { cwd: path, env: options.env });
    await fetchRefs(path, REFSPECS, options);
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ProgramError && /shallow/.test(error.stderr)) return false;
    throw unreachable(options.repo, error);
  }
}

async function fetchRefs(path: string, refspecs: readonly string[], { repo, checkout, env, terminal, onLine, signal }: FillOptions): Promise<void> {
  const asks = terminal && localPath(repo) === null;
  const args = inMirror(path, ['fetch', '--prune', '--no-tags', '--no-recurse-submodules', '--progress', '--', repo, ...refspecs]);
  const reach = await transportEnvironment({ checkout, env, asks });
  if (asks) await runGitOnTerminal(args, { cwd: path, env: reach, signal });
  else await mutateGit(args, { cwd: path, env: reach, onLine, signal });
}

/** Told by git's words. Where it said them to the terminal itself the remote is asked once more, without asking the user again. */
async function isReachable(error: unknown, { repo, checkout, env, terminal }: FillOptions): Promise<boolean> {
  if (!(error instanceof ProgramError)) return false;
  if (!terminal || localPath(repo) !== null) return /couldn't find remote ref HEAD|shallow/.test(error.stderr);
  const reach = await transportEnvironment({ checkout, env, asks: false });
  return askGit(['ls-remote', '--heads', '--', repo, 'refs/heads/none'], { cwd: '/', env: reach, timeoutMs: 30_000 }).then(() => true, () => false);
}

function unreachable(repo: string, error: unknown): unknown {
  return explainFailure(error, { what: `the repository "${redact(repo)}" could not be fetched`, hint: 'check the address (`repo` in the layout, or `origin` of your checkout) and your access' });
}

function empty(repo: string): UserError {
  return new UserError(`the repository "${redact(repo)}" is empty: it has no branch to start from`, { hint: 'make a first commit and push it' });
}
