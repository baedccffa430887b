import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { Env } from '../store/paths.ts';
import { readPlace } from './gitDir.ts';
import { readGit } from './run/ask.ts';
import { readOperation } from './treeStatus.ts';

/** Files that the sentence names. */
const SHOWN = 8;

/**
 * Throws a UserError while the checkout has files in conflict: brought elsewhere they would be ordinary files full of conflict marks,
 * where git no longer knows the two sides. To be asked before anything is made of the checkout's work.
 */
export async function refuseConflicts(checkout: string, env: Env): Promise<void> {
  const files = await readConflicts(checkout, env);
  if (files.length === 0) return;
  const place = await readPlace(checkout);
  const operation = place.kind === 'repository' ? readOperation(place.gitDir) : null;
  const named = files
    .slice(0, SHOWN)
    .map((file) => `"${oneLine(file)}"`)
    .join(', ');
  const during = operation === null ? '' : ` in the middle of a ${operation}`;
  throw new UserError(
    `the checkout "${checkout}" has files in conflict${during}: ${named}${files.length > SHOWN ? `, and ${files.length - SHOWN} more` : ''}`,
    {
      hint:
        operation === null
          ? 'resolve them first, or leave out --from-here'
          : `resolve them and finish the ${operation} first, or leave out --from-here`,
    },
  );
}

/** Relative to the root, each once: git lists one entry for each side (`MODE OBJECT STAGE\tPATH`). */
async function readConflicts(checkout: string, env: Env): Promise<readonly string[]> {
  const text = await readGit(['ls-files', '--unmerged', '-z'], { cwd: checkout, env });
  const entries = text.split('\0').filter((entry) => entry !== '');
  return [...new Set(entries.map((entry) => entry.slice(entry.indexOf('\t') + 1)))];
}
