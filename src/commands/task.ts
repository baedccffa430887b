import { dirname } from 'node:path';
import type { Context } from '../apply/context.ts';
import { readTaskRisks } from '../apply/beginTask.ts';
import { mendTreeOf } from '../apply/mendTrees.ts';
import { runsInPane } from '../apply/ownPane.ts';
import { readEvidence, type SessionEvidence } from '../apply/readEvidence.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { refuseOldGit } from '../git/gitVersion.ts';
import { treeOwnerId, type TreeSpec } from '../layout/layout.ts';
import type { Circumstance } from '../status/circumstances.ts';
import { describeRisk, type TreeRisk } from '../status/treeRisk.ts';
import type { FleetRecord, SessionTask } from '../store/fleetRecord.ts';
import { writeFleet } from '../store/fleets.ts';
import { needRoom } from '../store/room.ts';
import { readServer } from '../tmux/readServer.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { bringUp } from './bringUp.ts';
import { changeFleet, type KnownFleet } from './changeFleet.ts';
import { endAgent } from './endAgent.ts';
import { reloadFleet } from './loadFleet.ts';
import { permit } from './permit.ts';
import { pickSession } from './pick.ts';
import { serverFor } from './fleetServer.ts';
import type { Options } from './commandSpec.ts';
import { alsoOn, freeBranch, refuseTaskBranch } from './taskBranch.ts';
import { reportTask } from './taskOutcome.ts';
import { wayOn } from './wayOn.ts';

/** The next task in the same clone: a fresh branch from the base as it is now, and a new conversation that begins with the text. */
export async function task(
  context: Context,
  [given = '', ...words]: readonly string[],
  options: Options,
): Promise<number> {
  const text = words.join(' ').trim();
  if (text === '')
    throw new UserError('no task was given', {
      hint: 'claude-tmux task SESSION "what is to be done"',
      exitCode: EXIT.usage,
    });
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  await refuseOldGit(context.env, 'task');
  await refuseInsideAgent(context, 'task', fleet);
  const { id } = session;
  const yes = options['yes'] === true;
  return changeFleet(context, fleet, { what: `giving "${id}" its next task`, yes }, async (loaded) => {
    const evidence = await readEvidence(context, {
      record: loaded.record,
      server: await serverFor(context, loaded.record),
    });
    const spec = treeFor(loaded, id);
    await permitTask(context, { loaded, evidence, id, yes });
    const mended = await mendTreeOf(context, loaded.record, id);
    const branch =
      typeof options['branch'] === 'string' ? options['branch'] : await freeBranch(context, { loaded, id, spec, text });
    await refuseTaskBranch(context, spec, branch);
    const next = { text, branch, conversation: context.newId() };
    // Everything about the new branch that a layout's rules know is known before anything ends.
    const record = withNext(mended, id, next);
    const whole = { ...(await readWith(context, record, branch)), record };
    await confirm(context, { loaded, id, spec, yes });
    for (const other of await alsoOn(branch, id, record))
      context.talk(
        `note: "${other}" works on the branch ${branch} too, in another clone: what both commit meets when it is pushed`,
      );
    return begin(context, { whole, id, next, yes });
  });
}

/** The tree in which the session may get another task; throws with the reason when it may not. */
function treeFor({ read: { layout } }: KnownFleet, id: string): TreeSpec {
  const pane = layout.panes.find((candidate) => candidate.id === id);
  const refuse = (why: string): UserError => new UserError(`"${id}" ${why}`, { hint: 'nothing was changed' });
  if (pane === undefined) throw refuse('is no longer in the layout');
  if (pane.work.kind === 'command') throw refuse('is a command, not an agent');
  if (pane.tree.kind === 'of') throw refuse(`works in the clone of "${pane.tree.id}"; give that one the task`);
  if (pane.tree.kind !== 'own')
    throw refuse('works in your own checkout, which has no branches of its own to begin a task on');
  return pane.tree.spec;
}

interface Permission {
  readonly loaded: KnownFleet;
  readonly evidence: readonly SessionEvidence[];
  readonly id: string;
  readonly yes: boolean;
}

/** Another agent in the same clone would be surprised by a new branch; the pane that runs this command would end with it. */
async function permitTask(context: Context, { loaded, evidence, id, yes }: Permission): Promise<void> {
  const own = evidence.find(({ session }) => session.id === id);
  if (own === undefined) return;
  const { panes } = loaded.read.layout;
  const isGuest = ({ session, facts }: SessionEvidence): boolean =>
    session.id !== id &&
    session.kind === 'agent' &&
    facts?.alive === true &&
    panes.some((pane) => pane.id === session.id && treeOwnerId(pane) === id);
  const more: Circumstance[] = evidence.some(isGuest) ? ['sharedAgent'] : [];
  if (await isOwnPane(context, loaded.record, id)) more.push('ownPane');
  await permit(context, 'task', { evidence: own, more, yes });
}

async function isOwnPane(context: Context, record: FleetRecord, id: string): Promise<boolean> {
  const { session } = await readServer(await serverFor(context, record), {
    uuid: record.uuid,
    session: record.session,
    env: context.env,
  });
  return runsInPane(
    session?.windows.flatMap((window) => window.panes).find((pane) => pane.session === id)?.pid ?? null,
  );
}

function withNext(record: FleetRecord, id: string, nextTask: SessionTask | null): FleetRecord {
  return {
    ...record,
    sessions: record.sessions.map((session) => (session.id === id ? { ...session, nextTask } : session)),
  };
}

/** A branch that a layout could not have is said to be so, and not of the file. */
async function readWith(
  context: Context,
  record: FleetRecord,
  branch: string,
): Promise<Awaited<ReturnType<typeof reloadFleet>>> {
  try {
    return await reloadFleet(context, record);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    const problems = error.diagnostics.filter(({ severity }) => severity === 'error');
    throw new UserError(
      `no task can begin on the branch "${branch}": ${problems.map(({ message }) => message).join('; ')}`,
      { hint: 'name another: --branch BRANCH', exitCode: EXIT.usage },
    );
  }
}

interface Confirmation {
  readonly loaded: KnownFleet;
  readonly id: string;
  readonly spec: TreeSpec;
  readonly yes: boolean;
}

/** What would be carried into the new branch is refused; what stays behind out of sight is shown and asked for. */
async function confirm(context: Context, { loaded, id, spec, yes }: Confirmation): Promise<void> {
  const fleet = { record: loaded.record, server: await serverFor(context, loaded.record) };
  const { refused, asked } = await readTaskRisks(context, spec, fleet);
  if (refused.length > 0) throw refuseRisks(id, refused);
  if (asked.length === 0 || yes) return;
  context.talk(
    `"${id}" has ${describe(asked)}. They stay in its clone ${spec.path}: commits on their branch, files where they are.`,
  );
  if (!context.interactive)
    throw new UserError(`"${id}" was not given another task`, {
      hint: 'claude-tmux task --yes goes on with what is said above',
    });
  if (!(await context.askYes('Begin the next task? [y/N] '))) throw new UserError('nothing was changed');
}

/** What git cannot answer is nothing that the user could commit. */
function refuseRisks(id: string, refused: readonly TreeRisk[]): UserError {
  const isKnown = refused.every(({ kind }) => kind !== 'unknown');
  if (isKnown)
    return new UserError(`"${id}" has ${describe(refused)}`, {
      hint: 'commit, stash or undo that first: another task begins in a clean clone',
    });
  return new UserError(`"${id}" cannot begin another task: ${describe(refused)}`, {
    hint: 'another task begins in a clean clone; remove the reason, then give the task again',
  });
}

function describe(risks: readonly TreeRisk[]): string {
  return risks.map(describeRisk).join('; ');
}

interface Begin {
  /** With the next task in record and layout. */
  readonly whole: KnownFleet;
  readonly id: string;
  readonly next: SessionTask;
  readonly yes: boolean;
}

/** The agent ends, the task is written down, and `up` does the rest: killed in between, the next `up` does it. */
async function begin(context: Context, { whole, id, next, yes }: Begin): Promise<number> {
  const tree = whole.record.sessions.find((session) => session.id === id)?.path;
  // What `up` needs further on: the fleet's own folder has been looked at.
  for (const folder of [...(tree === undefined ? [] : [dirname(tree)]), context.store.cache]) await needRoom(folder);
  await endAgent(context, { record: whole.record, id });
  await writeFleet(context.store, whole.record);
  const wanted = { only: [id], start: [id], fromHere: false, noPrompt: false, yes, attach: false };
  let code: number | null = null;
  try {
    ({ code } = await bringUp(context, whole, wanted).catch((error: unknown) => wayOn(error, whole.record.name)));
  } finally {
    // Also when it throws: the agent has ended, and its user must know what became of the text.
    await reportTask(context, { record: whole.record, id, next }, code === EXIT.done);
  }
  return code;
}
