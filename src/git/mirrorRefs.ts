import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import { inMirror, type Hash } from './mirrorFolder.ts';
import { readRefTable } from './refFiles.ts';
import { isRelative, isSameRepository, localPath } from './remoteUrl.ts';
import { askGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

export interface Refs {
  readonly branches: readonly { readonly name: string; readonly commit: string }[];
  /** Commit the remote's HEAD leads to; null when it leads to none. */
  readonly headCommit: string | null;
}

/** The remote's branches as the last fetch left them. */
export async function readRefs(path: string, env: Env): Promise<Refs> {
  const { ids } = await readRefTable(path, env);
  const branches = [...ids]
    .filter(([name]) => name.startsWith('refs/heads/'))
    .map(([name, commit]) => ({ name: name.slice('refs/heads/'.length), commit }));
  return {
    branches: branches.sort((a, b) => (a.name < b.name ? -1 : 1)),
    headCommit: ids.get('refs/claude-tmux/HEAD') ?? null,
  };
}

/** What a repository on this machine lacks: the history (shallow), or objects that it fetches when it needs them (partial). */
export type Source = { readonly kind: 'whole' | 'shallow' } | { readonly kind: 'partial'; readonly of: string | null };

/** `of` is the URL that a partial repository was cloned from. */
export async function readSource(path: string, env: Env): Promise<Source> {
  const common = await readCommonDir(await gitDirOf(path));
  const config = async (...question: string[]): Promise<string | null> =>
    askGit(['--git-dir', common, 'config', ...question], { cwd: '/', env });
  const promisor = await config('--name-only', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$');
  if (promisor !== null) {
    const remote = /^remote\.(.+)\.promisor$/m.exec(promisor)?.[1] ?? 'origin';
    return { kind: 'partial', of: (await config('--get', `remote.${remote}.url`))?.trim() ?? null };
  }
  return {
    kind: (await access(join(common, 'shallow')).then(
      () => true,
      () => false,
    ))
      ? 'shallow'
      : 'whole',
  };
}

/** The hash that names its objects. */
export async function readHash(path: string, env: Env): Promise<Hash> {
  const common = await readCommonDir(await gitDirOf(path));
  return (
    await askGit(['--git-dir', common, 'config', '--get', 'extensions.objectformat'], { cwd: '/', env })
  )?.trim() === 'sha256'
    ? 'sha256'
    : 'sha1';
}

interface SeedOptions {
  readonly path: string;
  readonly repo: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fills a new mirror with what the checkout already has of the same repository: its remote-tracking branches, never its own ones.
 * Only to save network traffic: the fetch that follows corrects every ref (and prunes `HEAD`), and no trouble here matters.
 */
export async function seedFrom(checkout: string, { path, repo, env, signal }: SeedOptions): Promise<void> {
  try {
    const origin = (await askGit(['config', '-z', '--get-all', 'remote.origin.url'], { cwd: checkout, env }))?.split(
      '\0',
    )[0];
    if (
      origin === undefined ||
      isRelative(origin) ||
      !isSameRepository(origin, repo) ||
      (await readSource(checkout, env)).kind !== 'whole'
    )
      return;
    const refspecs = ['+refs/remotes/origin/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    await mutateGit(inMirror(path, ['fetch', '--quiet', '--no-tags', '--', checkout, ...refspecs]), {
      cwd: path,
      env,
      signal,
    });
  } catch {
    signal?.throwIfAborted();
  }
}

interface HeadOptions extends Omit<SeedOptions, 'path'> {
  readonly refs: Refs;
  readonly checkout: string | null;
}

/** Finds the remote's default branch, makes it the mirror's HEAD (clones take theirs from it) and names it. */
export async function settleHead(path: string, options: HeadOptions): Promise<string | null> {
  const before = await readHeadOf(path, options.env);
  const head = await findHead(before, options);
  if (head !== null && head !== before)
    await mutateGit(inMirror(path, ['symbolic-ref', 'HEAD', `refs/heads/${head}`]), {
      cwd: path,
      env: options.env,
      signal: options.signal,
    });
  return head;
}

/**
 * A fetch tells the commit of the remote's HEAD but not its branch's name, and asking would be a second connection with a second
 * passphrase. Of several branches at that commit any starts the same work; the one known before, the checkout's and the usual names go first.
 */
async function findHead(before: string | null, { refs, repo, checkout, env }: HeadOptions): Promise<string | null> {
  const source = localPath(repo);
  const names = new Set(refs.branches.map(({ name }) => name));
  if (source !== null) {
    const name = await readHeadOf(await gitDirOf(source), env);
    return name !== null && names.has(name) ? name : null;
  }
  const fitting = refs.branches.filter(({ commit }) => commit === refs.headCommit).map(({ name }) => name);
  const known =
    checkout === null ? null : await readSymbolic(await gitDirOf(checkout), 'refs/remotes/origin/HEAD', env);
  const preferred = [before, known, 'main', 'master'].find((name) => name !== null && fitting.includes(name));
  return preferred ?? fitting[0] ?? null;
}

/** The branch that HEAD leads to, born or not; null when it is detached. */
async function readHeadOf(gitDir: string, env: Env): Promise<string | null> {
  const head = await readHeadBranch(gitDir);
  return head === 'unknown' ? readSymbolic(gitDir, 'HEAD', env) : head.branch;
}

async function readSymbolic(gitDir: string, ref: string, env: Env): Promise<string | null> {
  return branchOf(await askGit(['--git-dir', gitDir, 'symbolic-ref', '--quiet', ref], { cwd: '/', env }));
}

function branchOf(ref: string | null): string | null {
  return ref?.trim().replace(/^refs\/(heads|remotes\/origin)\//, '') ?? null;
}

/** The git folder of a repository, bare or not. */
async function gitDirOf(path: string): Promise<string> {
  const place = await readPlace(path);
  return place.kind === 'repository' ? place.gitDir : path;
}
