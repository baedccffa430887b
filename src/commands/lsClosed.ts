import type { Context } from '../apply/context.ts';
import { readArchiveRisks, readArchives, readForgotten, readSize } from '../apply/readArchives.ts';
import { describeSpan } from '../base/ago.ts';
import { oneLine } from '../base/text.ts';
import { pad, width } from '../base/width.ts';
import { describeKept } from '../status/closing.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import type { Receipt } from '../store/receipt.ts';
import { knownFleets } from './pick.ts';

interface Row {
  readonly receipt: Receipt;
  /** False for a fleet that has no record: `undo` and `prune` do not know it. */
  readonly isRecorded: boolean;
  readonly bytes: number;
  /** Null for one that was shrunk (what it kept is in its receipt), and for one of no fleet here: another user's git may not be asked. */
  readonly risks: readonly TreeRisk[] | null;
}

/** Lists what was closed: size, age, and what it has that is nowhere else, by what was fetched last. */
export async function lsClosed(context: Context, asJson: boolean): Promise<number> {
  const fleets = await knownFleets(context);
  const known = (await Promise.all(fleets.map((fleet) => readArchives(fleet)))).flat();
  const archives = [
    ...known.map((archive) => ({ ...archive, isRecorded: true })),
    ...(await readForgotten(fleets, context.home)).map((archive) => ({ ...archive, isRecorded: false })),
  ];
  const rows: Row[] = [];
  for (const { receipt, isWhole, isRecorded } of archives) {
    if (!isWhole && receipt.shrunkTo === null) continue;
    // A worktree's branch stays when its folder goes, and is work all the same.
    const found =
      isWhole && isRecorded ? await readArchiveRisks(context, { receipt, tree: receipt.archive, fetch: false }) : null;
    const risks = found === null ? null : [...found.risks, ...found.branch];
    rows.push({
      receipt,
      isRecorded,
      bytes: await readSize(isWhole ? receipt.archive : (receipt.shrunkTo ?? '')),
      risks,
    });
  }
  if (asJson) context.out(`${JSON.stringify({ version: 1, closed: rows.map(toJson) }, null, 2)}\n`);
  else printRows(context, rows);
  return 0;
}

function toJson({ receipt, isRecorded, bytes, risks }: Row): unknown {
  const { slot, id, fleetName, closedAt, kind, place, archive, branch, shrunkTo, keeps } = receipt;
  return {
    slot,
    id,
    fleet: fleetName,
    closed_at: closedAt,
    kind,
    place,
    archive,
    branch,
    bytes,
    recorded: isRecorded,
    shrunk_to: shrunkTo,
    unmerged: risks === null || risks.length > 0,
    keeps: risks ?? keeps,
  };
}

function printRows(context: Context, rows: readonly Row[]): void {
  if (rows.length === 0) context.talk('nothing is closed');
  const wide = Math.max(...rows.map(({ receipt }) => width(receipt.slot)), 1);
  for (const { receipt, isRecorded, bytes, risks } of rows) {
    const age = describeSpan(context.now() - Date.parse(receipt.closedAt));
    const mark = !isRecorded
      ? 'of no fleet here'
      : risks === null
        ? `shrunk to ${receipt.shrunkTo ?? ''}`
        : risks.length === 0
          ? 'merged or pushed'
          : 'unmerged:';
    context.out(
      `${pad(receipt.slot, wide)}  ${pad(oneLine(receipt.fleetName), 12)}  ${pad(describeSize(bytes), 8)}  ${pad(age, 4)}  ${mark}\n`,
    );
    for (const line of describeKept(risks ?? [])) context.out(`${line}\n`);
  }
  const strange = rows
    .filter(({ isRecorded }) => !isRecorded)
    .map(({ receipt }) => receipt.shrunkTo ?? receipt.archive);
  if (strange.length > 0)
    context.talk(
      [
        "note: no fleet here has closed these, so undo and prune leave them alone (was the state folder lost, or are they another user's?):",
        ...strange.map((path) => `  ${oneLine(path)}`),
        'Each is a whole clone, or what prune --shrink kept of one: work in it, or move it where you want it.',
      ].join('\n'),
    );
}

function describeSize(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KB`;
  return bytes < 1024 ** 3 ? `${Math.round(bytes / 1024 ** 2)} MB` : `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
