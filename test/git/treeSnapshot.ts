import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../support/repo.ts';
import type { Environment } from '../support/sandbox.ts';

/**
 * Everything of a clone that its user could miss: each file of the work tree with mode, time and content, the index entry by entry, HEAD,
 * ORIG_HEAD, the stash, every ref but the remote-tracking ones (a fetch moves those), what lies in the git folder besides. Not: reflogs, objects.
 */
export async function treeSnapshot(tree: string, env: Environment): Promise<Readonly<Record<string, unknown>>> {
  const gitDir = (await git(tree, ['rev-parse', '--absolute-git-dir'], env)).trim();
  const [refs, index, stash] = await Promise.all([
    git(tree, ['for-each-ref', '--format=%(refname) %(objectname)'], env),
    git(tree, ['ls-files', '--stage', '--debug', '-v'], env),
    git(tree, ['stash', 'list'], env),
  ]);
  return {
    files: await filesOf(tree, '.git'),
    index,
    refs: refs.split('\n').filter((line) => !line.startsWith('refs/remotes/')),
    stash,
    head: await textOf(join(gitDir, 'HEAD')),
    origHead: await textOf(join(gitDir, 'ORIG_HEAD')),
    fetchHead: await textOf(join(gitDir, 'FETCH_HEAD')),
    config: await textOf(join(gitDir, 'config')),
    gitDir: (await readdir(gitDir)).sort(),
  };
}

async function filesOf(folder: string, except: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => name !== except);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return [`${entry.name}/`, ...(await filesOf(path, except)).map((name) => `${entry.name}/${name}`)];
      const { mode, mtimeMs } = await lstat(path);
      const content = entry.isSymbolicLink() ? await readlink(path) : await readFile(path);
      return [`${entry.name} ${mode.toString(8)} ${mtimeMs} ${createHash('sha256').update(content).digest('hex')}`];
    }),
  );
  return found.flat().sort();
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
