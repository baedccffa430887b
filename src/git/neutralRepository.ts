import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { makeScratchFolder } from '../store/scratchFolder.ts';
import type { GitPlace } from './run/start.ts';

/** Where the objects are that a proof is about. */
export interface ObjectPlace {
  /** git's `objects` folders, the repository's own first, absolute. */
  readonly objects: readonly string[];
  /** The repository's list of cut-off commits; a file that is not there says that none is. */
  readonly shallow: string;
  readonly env: Env;
}

/** An empty bare repository that sees those objects and nothing else of the repositories they lie in. */
export interface NeutralRepository {
  readonly place: GitPlace;
  /** Its own objects folder: what a trial makes lies here and goes with it. */
  readonly folder: string;
}

/**
 * Runs `work` in a repository without attributes, replaced objects, grafts, drivers, filters or settings: git answers there about bytes alone.
 * `like` is an object id, whose length names the hash. The folder goes in any case; one that a killed run left goes with the next.
 */
export async function inNeutralRepository<T>(
  { objects, shallow, env }: ObjectPlace,
  like: string,
  work: (repository: NeutralRepository) => Promise<T>,
): Promise<T> {
  const root = await makeScratchFolder('merge', env);
  try {
    const folder = join(root, 'objects');
    await Promise.all([mkdir(folder), mkdir(join(root, 'refs'))]);
    await Promise.all([
      writeFile(join(root, 'HEAD'), 'ref: refs/heads/none\n'),
      writeFile(join(root, 'config'), settings(like)),
    ]);
    const set = {
      ...ONLY_BYTES,
      GIT_DIR: root,
      GIT_OBJECT_DIRECTORY: folder,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects.map(quotePath).join(':'),
      ...(existsSync(shallow) ? { GIT_SHALLOW_FILE: shallow } : {}),
      // Not the user's name: what is made here is thrown away.
      GIT_AUTHOR_NAME: 'nobody',
      GIT_AUTHOR_EMAIL: 'nobody@localhost',
      GIT_COMMITTER_NAME: 'nobody',
      GIT_COMMITTER_EMAIL: 'nobody@localhost',
    };
    return await work({ place: { cwd: root, env, set }, folder });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Variables under which git shows the objects as they are: no replaced ones, no grafted history (a path that cannot be there), nothing fetched on demand. */
export const ONLY_TRUE_OBJECTS = {
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null/none',
  GIT_NO_LAZY_FETCH: '1',
};

/** No configuration of the machine or the user either (GIT_CONFIG_GLOBAL: git 2.32; what is older has the settings below against it). */
const ONLY_BYTES = {
  ...ONLY_TRUE_OBJECTS,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '0',
  GIT_CONFIG_PARAMETERS: '',
};

function settings(like: string): string {
  const format =
    like.length === 64
      ? 'repositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n[core]\n'
      : 'repositoryformatversion = 0\n';
  return `[core]
\t${format}\tbare = true
\tattributesFile = /dev/null
\tquotePath = true
\tignoreCase = false
[diff]
\tnoprefix = false
\tmnemonicPrefix = false
\tsuppressBlankEmpty = false
\tinterHunkContext = 0
\trelative = false
\tindentHeuristic = true
\trenames = false
[merge]
\trenormalize = false
\trenames = false
\tdirectoryRenames = false
`;
}

/** git takes a path in double quotes as C writes a text; unquoted, a colon would end it. */
export function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
