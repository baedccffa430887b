import { ProgramError } from '../base/errors.ts';
import { explainFailure } from './failure.ts';
import type { FillOptions } from './mirror.ts';
import { clearLeftovers, inMirror, type Hash } from './mirrorFolder.ts';
import { localPath, redact } from './remoteUrl.ts';
import { askGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';
import { runGitOnTerminal } from './run/terminal.ts';
import { transportEnvironment } from './transport.ts';

/** Heads and tags only: forges publish a ref for each pull request, which no clone needs. HEAD tells the default branch in the same connection. */
const REFSPECS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
const HEAD_REFSPEC = '+HEAD:refs/claude-tmux/HEAD';

/** False when the source refuses to give whole branches (a shallow repository on the other side). */
export async function fetchAll(path: string, options: FillOptions): Promise<boolean> {
  try {
    await fetchRefs(path, [...REFSPECS, HEAD_REFSPEC], options);
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (serversHash(error) !== null) throw error;
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

async function fetchRefs(
  path: string,
  refspecs: readonly string[],
  { repo, checkout, env, terminal, onLine, signal }: FillOptions,
): Promise<void> {
  const asks = terminal && localPath(repo) === null;
  const args = inMirror(path, [
    'fetch',
    '--prune',
    '--no-tags',
    '--no-recurse-submodules',
    '--progress',
    '--',
    repo,
    ...refspecs,
  ]);
  const reach = await transportEnvironment({ checkout, env, asks });
  try {
    if (asks) await runGitOnTerminal(args, { cwd: path, env: reach, signal });
    else await mutateGit(args, { cwd: path, env: reach, onLine, signal });
  } catch (error) {
    // What git had received of a pack stays otherwise, and keeps a full disk full until the next fetch.
    await clearLeftovers(path);
    throw error;
  }
}

/** Told by git's words. Where it said them to the terminal itself the remote is asked once more, without asking the user again. */
async function isReachable(error: unknown, { repo, checkout, env, terminal }: FillOptions): Promise<boolean> {
  if (!(error instanceof ProgramError)) return false;
  if (!terminal || localPath(repo) !== null) return /couldn't find remote ref HEAD|shallow/.test(error.stderr);
  const reach = await transportEnvironment({ checkout, env, asks: false });
  return askGit(['ls-remote', '--heads', '--', repo, 'refs/heads/none'], {
    cwd: '/',
    env: reach,
    timeoutMs: 30_000,
  }).then(
    () => true,
    () => false,
  );
}

function unreachable(repo: string, error: unknown): unknown {
  return explainFailure(error, {
    what: `the repository "${redact(repo)}" could not be fetched`,
    hint: 'check the address (`repo` in the layout, or `origin` of your checkout) and your access',
  });
}

/** The server's hash when a fetch failed because the mirror has another; null for any other failure. */
export function serversHash(error: unknown): Hash | null {
  const found =
    error instanceof ProgramError
      ? /mismatched algorithms: client \w+; server (sha1|sha256)/.exec(error.stderr)?.[1]
      : undefined;
  return found === 'sha1' || found === 'sha256' ? found : null;
}
