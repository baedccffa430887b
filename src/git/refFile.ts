import { UserError } from '../base/errors.ts';
import { readTextFile } from '../store/regularFile.ts';
import { join } from 'node:path';

/**
 * The commit that a ref of a repository names, from its files; `common` is the folder that worktrees share. Null where only git can
 * tell: no such ref, a ref format of its own, a link to a link.
 */
export function readRefFile(common: string, ref: string): string | null {
  const target = LINK.exec(textOf(join(common, ref)) ?? '')?.[1] ?? ref;
  const loose = textOf(join(common, target));
  if (loose !== null) return COMMIT.exec(loose)?.[1] ?? null;
  const packed = textOf(join(common, 'packed-refs')) ?? '';
  const end = packed.indexOf(` ${target}\n`);
  return end === -1 ? null : (COMMIT.exec(packed.slice(packed.lastIndexOf('\n', end) + 1, end + 1))?.[1] ?? null);
}

const LINK = /^ref: (refs\/\S+)\n$/;
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})\s$/;

function textOf(path: string): string | null {
  try {
    return readTextFile(path);
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
