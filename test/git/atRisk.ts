import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RiskKind } from '../../src/status/treeRisk.ts';
import { git, initRepo } from '../support/repo.ts';
import { run } from '../support/run.ts';
import { startStranger } from '../support/stranger.ts';
import type { Environment, Sandbox } from '../support/sandbox.ts';
import { HIDDEN_WORK } from './hiddenWork.ts';
import { at, commit, objects, write } from './riskScene.ts';

/** A clone (or worktree) that tracks `README.md`, ignores `.env` and `*.local`, has an origin, and is clean. */
export interface RiskScene {
  readonly sandbox: Sandbox;
  readonly env: Environment;
  readonly tree: string;
}

/** What must still be there afterwards, wherever the tree has gone. */
export interface Witness {
  /** Bytes by path in the work tree. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commits (or tags) by what must lead to them: a ref, `HEAD`, `stash@{0}`; `:path` is a blob of the index. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Bytes by absolute path outside the tree. */
  readonly outside?: Readonly<Record<string, string>>;
  /** Relative path of the repository that the objects are in; default the tree itself. */
  readonly inside?: string;
}

export interface AtRisk {
  /** Completes "a clone with …". */
  readonly what: string;
  /** What the inventory must call it; null for things about the place itself, which are refused before anybody takes stock. */
  readonly risk: RiskKind | null;
  /** Puts it into the tree. What it starts ends with `end`. */
  readonly make: (scene: RiskScene) => Promise<Made>;
  /** True where git is not let run what would decide: the inventory says that it cannot tell. */
  readonly cannotTell?: true;
}

export interface Made {
  readonly witness: Witness;
  readonly end?: () => Promise<void>;
}

/** Throws unless everything the witness saw is there, byte for byte, in the tree at `tree`. */
export async function expectStillThere(
  tree: string,
  { files = {}, objects = {}, outside = {}, inside = '' }: Witness,
  env: Environment,
): Promise<void> {
  for (const [path, text] of Object.entries(files))
    expect([path, await readFile(join(tree, path), 'utf8')]).toEqual([path, text]);
  for (const [path, text] of Object.entries(outside))
    expect([path, await readFile(path, 'utf8')]).toEqual([path, text]);
  for (const [name, id] of Object.entries(objects)) {
    expect([name, await git(join(tree, inside), ['rev-parse', name], env)]).toEqual([name, id]);
    await git(join(tree, inside), ['cat-file', '-e', id], env);
  }
}

/** Everything that may lie in a tree and nowhere else. The paths trip up what is careless with blanks, quotes and newlines. */
export const AT_RISK: readonly AtRisk[] = [
  {
    what: 'an uncommitted change',
    risk: 'uncommitted',
    make: async (scene) => ({ witness: { files: await write(scene, { 'README.md': 'changed\n' }) } }),
  },
  {
    what: 'a staged change that differs from the file',
    risk: 'staged',
    make: async (scene) => {
      await write(scene, { 'README.md': 'staged\n' });
      await at(scene, 'add', 'README.md');
      const files = await write(scene, { 'README.md': 'and changed again\n' });
      return { witness: { files, objects: await objects(scene, ':README.md') } };
    },
  },
  {
    what: 'an untracked file',
    risk: 'untracked',
    make: async (scene) => ({ witness: { files: await write(scene, { 'a \'new\'\n"file".txt': 'new\n' }) } }),
  },
  {
    what: 'an untracked file in an untracked folder',
    risk: 'untracked',
    make: async (scene) => ({ witness: { files: await write(scene, { 'new/folder/file': 'new\n' }) } }),
  },
  {
    what: 'an edited copy of an ignored file',
    risk: 'copy',
    make: async (scene) => ({ witness: { files: await write(scene, { '.env': 'SECRET=mine\n' }) } }),
  },
  {
    what: 'a change behind assume-unchanged',
    risk: 'hidden',
    make: async (scene) => {
      await at(scene, 'update-index', '--assume-unchanged', 'README.md');
      return { witness: { files: await write(scene, { 'README.md': 'unseen\n' }) } };
    },
  },
  {
    what: 'a stash',
    risk: 'stash',
    make: async (scene) => {
      await write(scene, { 'README.md': 'stashed\n' });
      await at(scene, 'stash', 'push', '-q', '-m', 'for later');
      return { witness: { objects: await objects(scene, 'stash@{0}') } };
    },
  },
  {
    what: 'an unpushed commit on the current branch',
    risk: 'unpushed',
    make: async (scene) => ({ witness: await commit(scene, 'HEAD') }),
  },
  {
    what: 'an unpushed commit on another branch',
    risk: 'branch',
    make: async (scene) => {
      await at(scene, 'checkout', '-q', '-b', 'side/work');
      const { objects: found } = await commit(scene, 'refs/heads/side/work');
      await at(scene, 'checkout', '-q', '-');
      return { witness: { objects: found ?? {} } };
    },
  },
  {
    what: 'an unpushed commit that only a tag holds',
    risk: 'tag',
    make: async (scene) => {
      await commit(scene, 'HEAD');
      await at(scene, 'tag', '-a', '-m', 'kept', 'keep-this');
      await at(scene, 'reset', '-q', '--hard', 'HEAD~1');
      return { witness: { objects: await objects(scene, 'refs/tags/keep-this') } };
    },
  },
  {
    what: 'another clone of the same origin in its place, with a commit of its own',
    risk: 'unpushed',
    make: async (scene) => {
      const { sandbox, env, tree } = scene;
      const [aside, origin, branch] = [
        sandbox.path('aside'),
        await at(scene, 'config', '--get', 'remote.origin.url'),
        await at(scene, 'branch', '--show-current'),
      ];
      await rename(tree, aside);
      await git(sandbox.root, ['clone', '-q', '--', origin, tree], env);
      await at(scene, 'checkout', '-q', '-b', branch);
      const { objects: found } = await commit(scene, 'HEAD');
      return {
        witness: {
          objects: found ?? {},
          outside: { [join(aside, 'README.md')]: await readFile(join(aside, 'README.md'), 'utf8') },
        },
      };
    },
  },
  {
    what: 'a commit on a detached HEAD',
    risk: 'detached',
    make: async (scene) => {
      await at(scene, 'checkout', '-q', '--detach');
      return { witness: await commit(scene, 'HEAD') };
    },
  },
  {
    what: 'a dirty submodule',
    risk: 'uncommitted',
    make: async (scene) => {
      await addSubmodule(scene);
      return { witness: { files: await write(scene, { 'libs/part/part.txt': 'changed in the submodule\n' }) } };
    },
  },
  {
    what: 'an unpushed commit in a submodule',
    risk: 'detached',
    make: async (scene) => {
      await addSubmodule(scene);
      const part = { ...scene, tree: join(scene.tree, 'libs', 'part') };
      await at(part, 'checkout', '-q', '--detach');
      const { objects: found } = await commit(part, 'HEAD', 'part.txt');
      return { witness: { objects: found ?? {}, inside: 'libs/part' } };
    },
  },
  {
    what: 'a repository of its own inside an ignored folder',
    risk: 'untracked',
    make: async (scene) => {
      const inner = { ...scene, tree: join(scene.tree, 'node_modules', 'mine') };
      await mkdir(inner.tree, { recursive: true });
      await at(inner, 'init', '-q');
      return { witness: { files: await write(scene, { 'node_modules/mine/work.txt': 'hidden away\n' }) } };
    },
  },
  ...HIDDEN_WORK,
  ...['merge', 'rebase', 'cherry-pick', 'revert'].map((name): AtRisk => ({
    what: `a ${name} in progress`,
    risk: 'operation',
    make: (scene) => interrupted(scene, name),
  })),
  {
    what: 'a bisect in progress',
    risk: 'operation',
    make: async (scene) => {
      await at(scene, 'bisect', 'start');
      return { witness: { files: { 'README.md': await readFile(join(scene.tree, 'README.md'), 'utf8') } } };
    },
  },
  {
    what: 'a live process inside',
    risk: 'process',
    make: async (scene) => {
      const files = await write(scene, { 'process.txt': 'it writes here\n' });
      const { end } = await startStranger(scene.tree, scene.env);
      return { witness: { files }, end };
    },
  },
];

/** Things about the place: what stands there is not the clone that was made there. */
export const PLACES_AT_RISK: readonly AtRisk[] = [
  {
    what: 'a worktree of another repository in its place',
    risk: null,
    make: async ({ sandbox, env, tree }) => {
      const other = sandbox.path('other');
      await mkdir(other);
      await initRepo(other, { env });
      await git(other, ['commit', '-q', '--allow-empty', '-m', 'Other'], env);
      await rename(tree, `${tree}.moved`);
      await git(other, ['worktree', 'add', '-q', '-b', 'theirs', tree], env);
      return { witness: { files: await write({ sandbox, env, tree }, { 'theirs.txt': 'theirs\n' }) } };
    },
  },
  {
    what: 'a symlink to somewhere else in its place',
    risk: null,
    make: async ({ sandbox, tree }) => {
      const elsewhere = sandbox.path('elsewhere');
      await rename(tree, elsewhere);
      await symlink(elsewhere, tree);
      await writeFile(join(elsewhere, 'far.txt'), 'far away\n');
      return {
        witness: { files: { 'far.txt': 'far away\n' }, outside: { [join(elsewhere, 'far.txt')]: 'far away\n' } },
      };
    },
  },
  {
    what: 'a foreign folder in its place',
    risk: null,
    make: async (scene) => {
      await rm(scene.tree, { recursive: true });
      return { witness: { files: await write(scene, { 'notes.txt': 'mine\n' }) } };
    },
  },
];

/** Added and committed; its own commits are what a row is about. */
async function addSubmodule(scene: RiskScene): Promise<void> {
  const { sandbox, env } = scene;
  const part = sandbox.path('part');
  await mkdir(part);
  await initRepo(part, { env });
  await writeFile(join(part, 'part.txt'), 'part\n');
  await git(part, ['add', '-A'], env);
  await git(part, ['commit', '-q', '-m', 'A part'], env);
  await at(scene, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', part, 'libs/part');
  await at(scene, 'commit', '-q', '-m', 'Add a submodule');
}

/** Two branches that change the same line; the operation stops at the conflict. */
async function interrupted(scene: RiskScene, name: string): Promise<Made> {
  const branch = await at(scene, 'rev-parse', '--abbrev-ref', 'HEAD');
  await at(scene, 'checkout', '-q', '-b', 'theirs');
  await write(scene, { 'README.md': 'theirs\n' });
  await at(scene, 'commit', '-q', '-a', '-m', 'Theirs');
  await at(scene, 'checkout', '-q', branch);
  await write(scene, { 'README.md': 'ours\n' });
  await at(scene, 'commit', '-q', '-a', '-m', 'Ours');
  const target = name === 'revert' ? 'theirs~1' : 'theirs';
  const ended = await run('git', [name, ...(name === 'revert' ? ['--no-edit'] : []), target], {
    cwd: scene.tree,
    env: scene.env,
  });
  if (ended.code === 0) throw new Error(`the ${name} met no conflict`);
  const files = await write(scene, { 'README.md': 'half solved\n' });
  return { witness: { files, objects: await objects(scene, 'refs/heads/theirs') } };
}
