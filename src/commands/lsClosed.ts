import type { Context } from '../apply/context.ts';
import { readArchiveRisks, readArchives, readSize } from '../apply/readArchives.ts';
import { describeSpan } from '../base/ago.ts';
import { oneLine } from '../base/text.ts';
import { pad, width } from '../base/width.ts';
import { describeKept } from '../status/closing.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import type { Receipt } from '../store/receipt.ts';
import { knownFleets } from './pick.ts';

interface Row {
  readonly receipt: Receipt;
  readonly bytes: number;
  /** Null for one that was shrunk: then what it kept is in its receipt. */
  readonly risks: readonly TreeRisk[] | null;
}

/** Lists what was closed: size, age, and what it has that is nowhere else, by what was fetched last. */
export async function lsClosed(context: Context, asJson: boolean): Promise<number> {
  const archives = (await Promise.all((await knownFleets(context)).map((fleet) => readArchives(fleet)))).flat();
  const rows: Row[] = [];
  for (const { receipt, isWhole } of archives) {
    if (!isWhole && receipt.shrunkTo === null) continue;
    // A worktree's branch stays when its folder goes, and is work all the same.
    const found = isWhole ? await readArchiveRisks(context, { receipt, tree: receipt.archive, fetch: false }) : null;
    const risks = found === null ? null : [...found.risks, ...found.branch];
    rows.push({ receipt, bytes: await readSize(isWhole ? receipt.archive : (receipt.shrunkTo ?? '')), risks });
  }
  if (asJson) context.out(`${JSON.stringify({ version: 1, closed: rows.map(toJson) }, null, 2)}\n`);
  else printRows(context, rows);
  return 0;
}

function toJson({ receipt, bytes, risks }: Row): unknown {
  const { slot, id, fleetName, closedAt, kind, place, archive, branch, shrunkTo, keeps } = receipt;
  return { slot, id, fleet: fleetName, closed_at: closedAt, kind, place, archive, branch, bytes, shrunk_to: shrunkTo, unmerged: risks === null || risks.length > 0, keeps: risks ?? keeps };
}

function printRows(context: Context, rows: readonly Row[]): void {
  if (rows.length === 0) context.talk('nothing is closed');
  const wide = Math.max(...rows.map(({ receipt }) => width(receipt.slot)), 1);
  for (const { receipt, bytes, risks } of rows) {
    const age = describeSpan(context.now() - Date.parse(receipt.closedAt));
    const mark = risks === null ? `shrunk to ${receipt.shrunkTo ?? ''}` : risks.length === 0 ? 'merged or pushed' : 'unmerged:';
    context.out(`${pad(receipt.slot, wide)}  ${pad(oneLine(receipt.fleetName), 12)}  ${pad(describeSize(bytes), 8)}  ${pad(age, 4)}  ${mark}\n`);
    for (const line of describeKept(risks ?? [])) context.out(`${line}\n`);
  }
}

function describeSize(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KB`;
  return bytes < 1024 ** 3 ? `${Math.round(bytes / 1024 ** 2)} MB` : `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
