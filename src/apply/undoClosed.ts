import { pasted } from '../base/pasted.ts';
import { rm } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { relocateTree, registerTree } from '../git/relocateTree.ts';
import { readPlace } from '../git/gitDir.ts';
import { lookAt, standsAt } from '../git/standing.ts';
import { unlockWorktree } from '../git/worktreeLock.ts';
import { undoSteps, type TreeKind, type UndoStep } from '../status/closing.ts';
import type { ClosedSession, FleetRecord } from '../store/fleetRecord.ts';
import { readFleets } from '../store/fleets.ts';
import { fleetPaths } from '../store/paths.ts';
import { readReceipt } from '../store/receipt.ts';
import { bringLaunchBack, keepRecord } from './closeSession.ts';
import type { Context } from './context.ts';

export interface Undoing {
  readonly record: FleetRecord;
  readonly entry: ClosedSession;
  /** Called after each step; a test ends the process in it. */
  readonly after?: (step: UndoStep) => void;
}

/** Brings a closed session's tree, launch file and record back, under the fleet's lock; resolves to the record. Throws with nothing moved when its place is taken. */
export async function undoClosed(context: Context, undoing: Undoing): Promise<FleetRecord> {
  const { record, entry } = undoing;
  await refuse(undoing);
  const opened = await reopened(context, record, entry);
  for (const step of undoSteps(await readKind(entry))) {
    await STEPS[step](context, { ...undoing, opened });
    undoing.after?.(step);
  }
  return opened;
}

interface Step extends Undoing {
  readonly opened: FleetRecord;
}

const STEPS: Readonly<Record<UndoStep, (context: Context, step: Step) => Promise<void>>> = {
  'move-tree-back': async (_context, { entry: { session, archive, inode } }) => {
    if (archive !== null) await relocateTree({ from: archive, to: session.path, inode, device: null });
  },
  register: async ({ env }, { entry: { session, archive } }) => {
    if (archive !== null) await registerTree(session.path, { before: archive, env });
  },
  'unlock-worktree': async (_context, { entry: { session } }) => {
    const place = await readPlace(session.path);
    if (place.kind === 'repository') await unlockWorktree(place.gitDir);
  },
  'bring-launch-back': (context, { record, entry: { session, slot } }) =>
    bringLaunchBack(fleetPaths(context.store, record.uuid), session.id, slot),
  'note-open': (context, { opened }) => keepRecord(context, opened),
  'remove-receipt': async (_context, { entry: { archive } }) => {
    if (archive !== null) await rm(`${archive}.json`, { force: true });
  },
};

async function refuse({ record, entry: { session, archive, inode } }: Undoing): Promise<void> {
  if (record.sessions.some(({ id }) => id === session.id)) {
    throw new UserError(`"${session.id}" was made anew since it was closed; it was not brought back`, {
      hint: `${pasted`close ${session.id}`} makes room for the older one`,
    });
  }
  if (archive === null) return;
  if (!(await standsAt(archive, inode))) throw await gone(session.id, archive);
  if ((await lookAt(session.path)) !== null)
    throw new UserError(`the place of "${session.id}" is taken: something stands at "${session.path}"`, {
      hint: `move it away; the clone is safe in "${archive}"`,
    });
}

async function gone(id: string, archive: string): Promise<UserError> {
  const receipt = await readReceipt(`${archive}.json`);
  const anew = `${pasted`up --only ${id}`} makes a new clone`;
  const shrunkTo = receipt?.shrunkTo ?? null;
  if (shrunkTo !== null)
    return new UserError(`the clone of "${id}" was shrunk; what it kept is in "${shrunkTo}"`, {
      hint: `README there says how to lay it into a clone; ${anew}`,
    });
  return new UserError(`the clone of "${id}" is no longer in "${archive}"`, { hint: anew });
}

async function readKind({ archive }: ClosedSession): Promise<TreeKind> {
  if (archive === null) return null;
  const place = await readPlace(archive);
  return place.kind === 'repository' && place.gitDir !== `${archive}/.git` ? 'worktree' : 'clone';
}

/** The session among the others again. Its port goes to nobody twice: another may have been given it meanwhile. */
async function reopened(context: Context, record: FleetRecord, { session, slot }: ClosedSession): Promise<FleetRecord> {
  const { records } = await readFleets(context.store);
  const isTaken =
    session.port !== null && records.some((fleet) => fleet.sessions.some(({ port }) => port === session.port));
  const back = isTaken ? { ...session, port: null } : session;
  return {
    ...record,
    sessions: [...record.sessions, back],
    closed: record.closed.filter((other) => other.slot !== slot),
  };
}
