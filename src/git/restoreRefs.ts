import { rename, rm, writeFile } from 'node:fs/promises';
import type { Env } from '../store/paths.ts';
import { describeDamage, findDamage, isReplaceable, lastKnown, type Damage } from './damage.ts';
import { readCommonDir } from './gitDir.ts';
import { plumb } from './run/ask.ts';

interface Restoring {
  readonly gitDir: string;
  /** Origin's default branch; null when it is not known. */
  readonly head: string | null;
  readonly env: Env;
}

/**
 * Puts the damaged remote-tracking refs of a clone back to the commit that their reflog names, so that nothing that only they led to is
 * lost; one without a reflog goes, and the next fetch makes it again. Resolves to a sentence for each. One that a git holds locked stays.
 */
export async function restoreRefs(tree: string, { gitDir, head, env }: Restoring): Promise<readonly string[]> {
  const damaged = (await findDamage(tree, gitDir)).filter(isReplaceable);
  const common = await readCommonDir(gitDir);
  const said: string[] = [];
  for (const one of damaged) {
    const text = await contentFor(one, { tree, common, head, env });
    if (await replace(one.path, text))
      said.push(`${describeDamage(one)}: ${text === null ? 'it is fetched again' : 'it is put back'}`);
  }
  return said;
}

async function contentFor(
  { name }: Damage,
  {
    tree,
    common,
    head,
    env,
  }: { readonly tree: string; readonly common: string; readonly head: string | null; readonly env: Env },
): Promise<string | null> {
  if (name === 'refs/remotes/origin/HEAD') return head === null ? null : `ref: refs/remotes/origin/${head}\n`;
  const id = await lastKnown(common, name);
  const isThere = id !== null && (await plumb(['cat-file', '-e', `${id}^{commit}`], { cwd: tree, env })).code === 0;
  return isThere ? `${id}\n` : null;
}

/** Under the lock that git takes for a ref; false when it is taken. git itself refuses to write to, or remove, a ref it cannot read. */
async function replace(path: string, text: string | null): Promise<boolean> {
  const lock = `${path}.lock`;
  try {
    await writeFile(lock, text ?? '', { flag: 'wx' });
  } catch {
    return false;
  }
  try {
    if (text === null) await rm(path);
    else await rename(lock, path);
  } finally {
    await rm(lock, { force: true });
  }
  return true;
}
