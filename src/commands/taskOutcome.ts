import type { Context } from '../apply/context.ts';
import { readVerdicts } from '../apply/readEvidence.ts';
import { pasted } from '../base/pasted.ts';
import { lookOf } from '../status/states.ts';
import type { FleetRecord, SessionRecord, SessionTask } from '../store/fleetRecord.ts';
import { readFleet } from '../store/fleets.ts';
import { serverFor } from './fleetServer.ts';
import { branchAt } from './taskBranch.ts';

interface Given {
  readonly record: FleetRecord;
  readonly id: string;
  readonly next: Pick<SessionTask, 'branch' | 'conversation'>;
}

/** What became of a task, from the record as it was written last. */
type TaskOutcome = 'begun' | 'kept' | 'dropped';

/** Dropped is a task that the record has no more: no later `up` begins it. */
function outcomeOf(
  session: Pick<SessionRecord, 'task' | 'nextTask'> | undefined,
  { conversation }: Given['next'],
): TaskOutcome {
  if (session?.nextTask?.conversation === conversation) return 'kept';
  return session?.task?.conversation === conversation ? 'begun' : 'dropped';
}

/** Reports whether the task was taken, and after a failure what the session does now instead. */
export async function reportTask(context: Context, { record, id, next }: Given, isDone: boolean): Promise<void> {
  const now = (await readFleet(context.store, record.uuid)) ?? record;
  const session = now.sessions.find((one) => one.id === id);
  const outcome = outcomeOf(session, next);
  if (outcome === 'begun')
    context.talk(
      isDone
        ? `"${id}" works on its next task, on the branch ${next.branch}`
        : `note: "${id}" has its next task, on the branch ${next.branch}`,
    );
  else if (outcome === 'kept')
    context.talk(
      `note: the task of "${id}" has not begun; ${pasted`up ${now.name}`} begins it, on the branch ${next.branch}`,
    );
  else context.talk(await describeDropped(context, now, id));
}

async function describeDropped(context: Context, record: FleetRecord, id: string): Promise<string> {
  const session = record.sessions.find((one) => one.id === id);
  const branch = session === undefined ? null : await branchAt(session.path);
  return `the task was not taken and is dropped: "${id}" is ${branch === null ? 'as it was' : `on the branch ${branch} as before`}, and ${await goesOn(context, record, id)}`;
}

async function goesOn(context: Context, record: FleetRecord, id: string): Promise<string> {
  const evidence = await readVerdicts(context, { record, server: await serverFor(context, record) });
  const state = evidence.find(({ session }) => session.id === id)?.verdict.state ?? 'unknown';
  return lookOf(state).lives
    ? `its last conversation goes on (${state})`
    : `its agent has ended: ${pasted`start ${id}`} resumes its last conversation`;
}
