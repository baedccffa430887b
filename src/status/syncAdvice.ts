import { pasted } from '../base/pasted.ts';
import { oneLine } from '../base/text.ts';
import { SHOWN_FILES, type SyncResult } from '../plan/syncResult.ts';

interface Conflict {
  readonly id: string;
  readonly fleet: string;
  /** False where a command works in the tree: there is nobody to send a prompt to. */
  readonly isAgent: boolean;
  /** Tree of the session that this one builds on; null when the base is a branch of origin, which the tree has. */
  readonly basePath: string | null;
  readonly result: Pick<SyncResult, 'base' | 'files' | 'way'>;
}

/** What to do about a conflict, as a command to paste: the session's own agent resolves it. */
export function adviseConflict({ id, fleet, isAgent, basePath, result: { base, files, way } }: Conflict): string {
  if (!isAgent) return `next: ${pasted`shell ${id} -f ${fleet}`}, and ${way === 'merge' ? 'merge' : 'rebase'} there`;
  const target = basePath === null ? oneLine(base ?? 'its base') : 'FETCH_HEAD';
  const fetch = basePath === null ? '' : `Run git fetch ${oneLine(basePath)} HEAD. `;
  const what = way === 'merge' ? `Merge ${target} into this branch` : `Rebase this branch onto ${target}`;
  const more = files.length > SHOWN_FILES ? ` and ${files.length - SHOWN_FILES} more` : '';
  const where = files.length === 0 ? '' : ` in ${files.slice(0, SHOWN_FILES).map(oneLine).join(', ')}${more}`;
  return `next: ${pasted`send ${id} -f ${fleet} ${`${fetch}${what} and resolve the conflicts${where}.`}`}`;
}
