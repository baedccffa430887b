import { isAbsolute, join, relative, resolve } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { askGit, plumb, readGit } from './run/ask.ts';
import { readCommonDir } from './gitDir.ts';
import type { RemoteNow } from './remoteNow.ts';
import { isRelative, localPath } from './remoteUrl.ts';
import { transportEnvironment } from './transport.ts';

interface Asking {
  /** Where the repository is, and its git folder. */
  readonly root: string;
  readonly gitDir: string;
  /** What is to be deleted: a remote inside it keeps nothing. */
  readonly tree: string;
  readonly env: Env;
}

const PATIENCE_MS = 20_000;

/**
 * What the origin of a submodule or of a repository inside a tree has now, asked without waiting for a person; null when it has none, does not
 * answer, or lies in the tree itself. Only commits that the repository has too are named. Nothing of its configuration but the address is used.
 */
export async function askNestedRemote({ root, gitDir, tree, env }: Asking): Promise<RemoteNow | null> {
  const place = { cwd: root, env, set: { GIT_DIR: gitDir } };
  const url = (await askGit(['config', '--get', 'remote.origin.url'], place))?.replace(/\n$/, '') ?? null;
  if (url === null || url === '') return null;
  const address = isRelative(url) ? resolve(root, url) : url;
  const path = localPath(address);
  if (path !== null && !leaves(relative(tree, path))) return null;
  const refs = await listRemote(address, env);
  if (refs === null) return null;
  const here = await findHere([...new Set(refs.map(({ id }) => id))], place);
  const named = (prefix: string): ReadonlyMap<string, string> =>
    new Map(
      refs
        .filter(({ name, id }) => name.startsWith(prefix) && here.has(id))
        .map(({ name, id }) => [name.slice(prefix.length), id]),
    );
  const head = refs.find(({ name }) => name === 'HEAD')?.id;
  const branches = named('refs/heads/');
  const first = [...branches].find(([, id]) => id === head)?.[0] ?? null;
  return {
    fresh: true,
    objects: join(await readCommonDir(gitDir), 'objects'),
    branches,
    tags: named('refs/tags/'),
    head: first,
  };
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith('../') || isAbsolute(path);
}

/** Null when it does not answer. */
async function listRemote(
  address: string,
  env: Env,
): Promise<readonly { readonly id: string; readonly name: string }[] | null> {
  try {
    const reach = await transportEnvironment({ checkout: null, env, asks: false });
    const text = await readGit(['ls-remote', '--quiet', '--', address], {
      cwd: '/',
      env: reach,
      timeoutMs: PATIENCE_MS,
    });
    return text.split('\n').flatMap((line) => {
      const [id = '', name = ''] = line.split('\t');
      return name === '' || name.endsWith('^{}') ? [] : [{ id, name }];
    });
  } catch (error) {
    if (error instanceof ProgramError || error instanceof UserError) return null;
    throw error;
  }
}

/** Those of the objects that the repository has. */
async function findHere(
  ids: readonly string[],
  place: { readonly cwd: string; readonly env: Env; readonly set: Readonly<Record<string, string>> },
): Promise<ReadonlySet<string>> {
  const { stdout } = await plumb(['cat-file', '--batch-check'], {
    ...place,
    input: ids.map((id) => `${id}\n`).join(''),
  });
  return new Set(
    stdout
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith(' missing'))
      .map((line) => line.split(' ')[0] ?? ''),
  );
}
