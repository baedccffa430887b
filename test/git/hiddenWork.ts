import { appendFile, chmod, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../support/repo.ts';
import type { AtRisk, RiskScene } from './atRisk.ts';
import { at, commit, objects, write } from './riskScene.ts';

/** Work that an ordinary look at branches and \`git status\` does not show. */
export const HIDDEN_WORK: readonly AtRisk[] = [
  {
    what: 'a bare repository in an ignored folder, with a commit of its own',
    risk: 'branch',
    make: async (scene) => ({
      witness: { objects: await commitInBare(scene, 'node_modules/m.git'), inside: 'node_modules/m.git' },
    }),
  },
  {
    what: 'a bare repository that has lost its work tree',
    risk: 'branch',
    make: async (scene) => {
      const objects = await commitInBare(scene, 'node_modules/m.git');
      await rm(join(scene.tree, 'node_modules', 'm'), { recursive: true });
      return { witness: { objects, inside: 'node_modules/m.git' } };
    },
  },
  {
    what: 'a ref to a file',
    risk: 'object',
    make: async (scene) => ({
      witness: { objects: await refTo(scene, 'refs/blobs/x', await at(scene, 'hash-object', '-w', '.gitignore')) },
    }),
  },
  {
    what: 'a ref to a folder',
    risk: 'object',
    make: async (scene) => ({
      witness: { objects: await refTo(scene, 'refs/trees/x', await at(scene, 'rev-parse', 'HEAD^{tree}')) },
    }),
  },
  {
    what: 'a note on a commit',
    risk: 'ref',
    make: async (scene) => {
      await at(scene, 'notes', 'add', '-m', 'remember');
      return { witness: { objects: await objects(scene, 'refs/notes/commits') } };
    },
  },
  {
    what: 'a file that was staged and then removed',
    risk: 'staged',
    make: async (scene) => {
      await write(scene, { 'staged.txt': 'only in the index\n' });
      await at(scene, 'add', 'staged.txt');
      await rm(join(scene.tree, 'staged.txt'));
      return { witness: { objects: await objects(scene, ':staged.txt') } };
    },
  },
  {
    what: 'a file that git is only told of (intent-to-add)',
    risk: 'uncommitted',
    make: async (scene) => {
      const files = await write(scene, { 'intended.txt': 'not added yet\n' });
      await at(scene, 'add', '--intent-to-add', 'intended.txt');
      return { witness: { files } };
    },
  },
  {
    what: 'a change behind skip-worktree',
    risk: 'hidden',
    make: async (scene) => {
      await at(scene, 'update-index', '--skip-worktree', 'README.md');
      return { witness: { files: await write(scene, { 'README.md': 'unseen\n' }) } };
    },
  },
  {
    what: "a change that only the clone's own filter hides",
    risk: 'hidden',
    cannotTell: true,
    make: async (scene) => {
      await at(scene, 'config', 'filter.mine.clean', 'git cat-file blob :README.md');
      await writeFile(join(scene.tree, '.git', 'info', 'attributes'), 'README.md filter=mine\n');
      const files = await write(scene, { 'README.md': 'filtered away\n' });
      // From here on the index says that the file is what it was.
      await at(scene, 'add', 'README.md');
      return { witness: { files } };
    },
  },
  {
    what: "line ends that only the clone's own core.autocrlf hides",
    risk: 'hidden',
    make: async (scene) => {
      await at(scene, 'config', 'core.autocrlf', 'input');
      const files = await write(scene, {
        'README.md': (await readFile(join(scene.tree, 'README.md'), 'utf8')).replaceAll('\n', '\r\n'),
      });
      await at(scene, 'add', 'README.md');
      return { witness: { files } };
    },
  },
  {
    what: 'a change of the same size and time, which core.trustctime and core.checkStat hide',
    risk: 'hidden',
    make: async (scene) => {
      const path = join(scene.tree, 'README.md');
      const text = await readFile(path, 'utf8');
      await at(scene, 'config', 'core.trustctime', 'false');
      await at(scene, 'config', 'core.checkStat', 'minimal');
      await utimes(path, 1_700_000_000, 1_700_000_000);
      await at(scene, 'update-index', '--refresh');
      const files = await write(scene, { 'README.md': text.replaceAll(/[a-z]/g, 'x') });
      await utimes(path, 1_700_000_000, 1_700_000_000);
      // git notes the new times beside the old content.
      await at(scene, 'update-index', '--really-refresh');
      return { witness: { files } };
    },
  },
  {
    what: 'a change of mode that core.fileMode hides',
    risk: 'uncommitted',
    make: async (scene) => {
      await at(scene, 'config', 'core.fileMode', 'false');
      await chmod(join(scene.tree, 'README.md'), 0o755);
      return { witness: { files: { 'README.md': await readFile(join(scene.tree, 'README.md'), 'utf8') } } };
    },
  },
  {
    what: "a file that only the clone's info/exclude hides",
    risk: 'copy',
    make: async (scene) => {
      await appendFile(join(scene.tree, '.git', 'info', 'exclude'), 'private/\n');
      return { witness: { files: await write(scene, { 'private/notes.txt': 'hidden\n' }) } };
    },
  },
  {
    what: 'a commit on no branch, in a worktree whose folder is gone',
    risk: 'detached',
    make: async (scene) => {
      const near = { ...scene, tree: join(scene.tree, 'node_modules', 'near') };
      await at(scene, 'worktree', 'add', '-q', '--detach', near.tree);
      const { objects: found = {} } = await commit(near, 'HEAD');
      await rm(near.tree, { recursive: true });
      return { witness: { objects: { [Object.values(found)[0] ?? '']: Object.values(found)[0] ?? '' } } };
    },
  },
  {
    what: 'a commit that a replaced commit makes look merged',
    risk: 'unpushed',
    make: async (scene) => {
      const base = await at(scene, 'rev-parse', 'refs/remotes/origin/HEAD');
      const { objects: found } = await commit(scene, 'HEAD');
      await at(scene, 'replace', base, await at(scene, 'commit-tree', '-p', 'HEAD', '-m', 'Liar', `${base}^{tree}`));
      return { witness: { objects: found ?? {} } };
    },
  },
  {
    what: "a commit that the clone's own idea of origin has",
    risk: 'unpushed',
    make: async (scene) => {
      const { objects: found } = await commit(scene, 'HEAD');
      await at(scene, 'update-ref', await at(scene, 'symbolic-ref', 'refs/remotes/origin/HEAD'), 'HEAD');
      return { witness: { objects: found ?? {} } };
    },
  },
];

/** A bare clone of the clone, and a worktree of it beside, in which the commit is made. */
async function commitInBare(scene: RiskScene, folder: string): Promise<Readonly<Record<string, string>>> {
  const { tree, env } = scene;
  await git(tree, ['clone', '-q', '--bare', '.', folder], env);
  const beside = { ...scene, tree: join(tree, folder.replace(/\.git$/, '')) };
  await git(join(tree, folder), ['worktree', 'add', '-q', '-b', 'inner', beside.tree], env);
  return (await commit(beside, 'refs/heads/inner')).objects ?? {};
}

async function refTo(scene: RiskScene, name: string, id: string): Promise<Readonly<Record<string, string>>> {
  await at(scene, 'update-ref', name, id);
  return { [name]: id };
}
