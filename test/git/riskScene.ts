import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../support/repo.ts';
import type { RiskScene, Witness } from './atRisk.ts';

/** git in the tree of a scene. */
export function at({ tree, env }: RiskScene, ...args: string[]): Promise<string> {
  return git(tree, args, env);
}

export async function write(
  { tree }: RiskScene,
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), text);
  }
  return files;
}

export async function objects(scene: RiskScene, ...names: string[]): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await at(scene, 'rev-parse', name)])),
  );
}

export async function commit(scene: RiskScene, ref: string, file = 'README.md'): Promise<Witness> {
  await appendFile(join(scene.tree, file), `work for ${ref}\n`);
  await at(scene, 'add', '--', file);
  await at(scene, 'commit', '-q', '-m', `Work for ${ref}`);
  return { objects: await objects(scene, ref) };
}
