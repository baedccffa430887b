import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { inMirror } from './mirrorFolder.ts';
import { fillMirror, mirrorPath } from './mirror.ts';
import { localPath } from './remoteUrl.ts';
import { askGit, readGit } from './run/ask.ts';

/** What a repository's remote has, as its mirror tells. */
export interface RemoteNow {
  /** True when it was fetched for this question, and has all objects itself; false is what an earlier fetch left. */
  readonly fresh: boolean;
  /** The mirror's object folder. */
  readonly objects: string;
  /** Commit by branch. */
  readonly branches: ReadonlyMap<string, string>;
  /** Object by tag: of an annotated one the tag itself. */
  readonly tags: ReadonlyMap<string, string>;
  /** The default branch; null when it has none. */
  readonly head: string | null;
}

export interface RemoteOptions {
  readonly repo: string;
  readonly checkout: string | null;
  readonly cacheDir: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the network may take, default 20,000; 0 asks only what an earlier fetch left. */
  readonly patienceMs?: number;
}

/**
 * Asks the remote what it has, through the mirror, so that nothing is written into any clone. Never waits for a person: without network or
 * credentials it is what the last fetch left, and null where no mirror is.
 */
export async function readRemoteNow(options: RemoteOptions): Promise<RemoteNow | null> {
  const path = mirrorPath(options.repo, options.cacheDir);
  const fresh = await refresh(options);
  options.signal?.throwIfAborted();
  if (
    fresh === 'unusable' ||
    !(await access(join(path, 'objects')).then(
      () => true,
      () => false,
    ))
  )
    return null;
  return readMirror(path, fresh, options.env);
}

async function refresh({
  repo,
  checkout,
  cacheDir,
  env,
  signal,
  patienceMs = 20_000,
}: RemoteOptions): Promise<boolean | 'unusable'> {
  if (patienceMs === 0) return false;
  const late = AbortSignal.timeout(patienceMs);
  try {
    const mirror = await fillMirror({
      repo,
      checkout,
      cacheDir,
      env,
      terminal: false,
      onLine: () => undefined,
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    if (!mirror.usable) return 'unusable';
    return !borrowsObjects(repo);
  } catch (error) {
    if (late.aborted || error instanceof UserError || error instanceof ProgramError) return false;
    throw error;
  }
}

/** A repository on this machine that borrows objects (`clone --shared`) may borrow them from the very clone that is asked about. */
function borrowsObjects(repo: string): boolean {
  const folder = localPath(repo);
  if (folder === null) return false;
  const notes = [join('objects', 'info', 'alternates'), join('.git', 'objects', 'info', 'alternates')];
  return notes.some((note) => existsSync(join(folder, note)));
}

async function readMirror(path: string, fresh: boolean, env: Env): Promise<RemoteNow | null> {
  const place = { cwd: '/', env, timeoutMs: 60_000 };
  try {
    const text = await readGit(
      inMirror(path, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags']),
      place,
    );
    const refs = text
      .split('\n')
      .map((line) => /^(\S+) refs\/(heads|tags)\/(.+)$/.exec(line))
      .filter((match) => match !== null);
    const named = (kind: string): ReadonlyMap<string, string> =>
      new Map(refs.filter((match) => match[2] === kind).map(([, id = '', , name = '']) => [name, id]));
    const head = await askGit(inMirror(path, ['symbolic-ref', '--quiet', 'HEAD']), place);
    const branches = named('heads');
    return branches.size === 0
      ? null
      : {
          fresh,
          objects: join(path, 'objects'),
          branches,
          tags: named('tags'),
          head: head?.trim().replace(/^refs\/heads\//, '') ?? null,
        };
  } catch (error) {
    // A damaged mirror tells nothing; the clone's own remote-tracking branches remain.
    if (error instanceof ProgramError) return null;
    throw error;
  }
}
