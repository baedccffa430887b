import type { Context } from '../apply/context.ts';
import { pruneArchive, type Pruned } from '../apply/pruneArchive.ts';
import { whyAway } from '../apply/fleetHome.ts';
import { readArchiveRisks, readArchives, settleArchives, type Archive } from '../apply/readArchives.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { parseSpan } from '../base/ago.ts';
import { describeDeleted, describeKept, type PruneStep } from '../status/closing.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { knownFleets, pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** As long as one may want a closed session back without thinking of it. */
const OLDER_THAN = '14d';

/** Deletes archives whose work is all merged or pushed; with --shrink what others only have is kept and the rest deleted. No flag skips the checks. */
export async function prune(context: Context, _args: readonly string[], options: Options): Promise<number> {
  const text = typeof options['olderThan'] === 'string' ? options['olderThan'] : OLDER_THAN;
  const age = parseSpan(text);
  if (age === null)
    throw new UserError(`"${text}" is no length of time`, {
      hint: 'claude-tmux prune --older-than 14d (or 12h, 30m, 0d)',
      exitCode: EXIT.usage,
    });
  const fleets =
    typeof options['fleet'] === 'string' ? [await pickFleet(context, options['fleet'])] : await fleetsHere(context);
  for (const fleet of fleets) await refuseInsideAgent(context, 'prune', fleet);
  const wanted = { age, shrink: options['shrink'] === true, yes: options['yes'] === true };
  const counts = { found: 0, failed: 0 };
  for (const fleet of fleets) await pruneFleet(context, fleet, { ...wanted, counts });
  if (counts.found === 0) context.talk(`nothing was closed more than ${text} ago`);
  return counts.failed > 0 ? EXIT.notDone : EXIT.done;
}

/** Every fleet of this machine; one of another is named and left alone. */
async function fleetsHere(context: Context): Promise<readonly FleetRecord[]> {
  const fleets = await Promise.all(
    (await knownFleets(context)).map(async (fleet) => ({ fleet, why: await whyAway(context, fleet) })),
  );
  for (const { fleet, why } of fleets) if (why !== null) context.talk(`note: "${fleet.name}" ${why}`);
  return fleets.flatMap(({ fleet, why }) => (why === null ? [fleet] : []));
}

export interface PruneWanted {
  /** Milliseconds since it was closed. */
  readonly age: number;
  readonly shrink: boolean;
  readonly yes: boolean;
  readonly counts: { found: number; failed: number };
  readonly after?: (step: PruneStep) => void;
}

export function pruneFleet(context: Context, known: FleetRecord, wanted: PruneWanted): Promise<void> {
  return withLock(
    fleetLock(context.store, known.name),
    { timeoutMs: 60_000, what: `pruning what was closed of "${known.name}"` },
    async () => {
      const fleet = await settleUnderLock(context, (await readFleet(context.store, known.uuid)) ?? known);
      await settleArchives(fleet, context.env);
      const old = (await readArchives(fleet)).filter(
        ({ receipt, isWhole }) => isWhole && context.now() - Date.parse(receipt.closedAt) >= wanted.age,
      );
      wanted.counts.found += old.length;
      const agreed = await agree(context, old, wanted);
      for (const archive of agreed) {
        const outcome = await pruneArchive(context, {
          fleet,
          archive,
          shrink: wanted.shrink,
          ...(wanted.after ? { after: wanted.after } : {}),
        });
        if (outcome.kind === 'kept' && outcome.why !== null) wanted.counts.failed++;
        tell(context, archive, outcome);
      }
    },
  );
}

/** Shows what would go, and what stays and why; asks before anything is deleted. What is agreed on is checked again when its turn comes. */
async function agree(
  context: Context,
  archives: readonly Archive[],
  { shrink, yes }: PruneWanted,
): Promise<readonly Archive[]> {
  if (yes || archives.length === 0) return archives;
  const going: Archive[] = [];
  for (const archive of archives) {
    const { receipt } = archive;
    const { risks, branch, proofs } = await readArchiveRisks(context, { receipt, tree: receipt.archive, fetch: true });
    if (risks.length === 0 || shrink) going.push(archive);
    const left =
      receipt.kind === 'worktree' && receipt.branch !== null
        ? { name: receipt.branch, isGone: branch.length === 0, risks: branch }
        : null;
    const { what, lines } =
      risks.length === 0 ? describeDeleted({ proofs, branch: left }) : { what: '', lines: describeKept(risks) };
    context.talk(
      [
        `${receipt.slot}: ${risks.length === 0 ? `would be deleted, ${what}` : shrink ? 'would be shrunk to this' : 'stays'}`,
        ...lines,
      ].join('\n'),
    );
  }
  if (going.length === 0) return [];
  if (!context.interactive)
    throw new UserError('nothing was deleted', {
      hint: 'claude-tmux prune --yes deletes what is merged or pushed, after the same checks',
    });
  return (await context.askYes(
    `${shrink ? 'Delete or shrink' : 'Delete'} ${going.length} of ${archives.length}? [y/N] `,
  ))
    ? going
    : [];
}

function tell(context: Context, { receipt: { slot } }: Archive, outcome: Pruned): void {
  switch (outcome.kind) {
    case 'deleted': {
      const { what, lines } = describeDeleted(outcome);
      context.out(`${[`${slot}: deleted, ${what}`, ...lines].join('\n')}\n`);
      return;
    }
    case 'shrunk':
      context.out(`${slot}: shrunk, what only it had is in ${outcome.to}\n`);
      return;
    case 'kept':
      context.out(
        `${slot}: stays${outcome.why === null ? '' : `, ${outcome.why}`}\n${describeKept(outcome.risks)
          .map((line) => `${line}\n`)
          .join('')}`,
      );
      return;
  }
}
