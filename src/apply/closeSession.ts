import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readAgents } from '../agent/agentFacts.ts';
import { UserError } from '../base/errors.ts';
import { relocateTree, registerTree } from '../git/relocateTree.ts';
import { standsAt } from '../git/standing.ts';
import { lockWorktree, unlockWorktree } from '../git/worktreeLock.ts';
import { closingSteps, type ClosingStep } from '../status/closing.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { hasCode, makeFolder } from '../store/file.ts';
import type { ClosedSession, FleetRecord } from '../store/fleetRecord.ts';
import { settleFleet, writeFleet } from '../store/fleets.ts';
import { type FleetPaths, fleetPaths, sessionPaths } from '../store/paths.ts';
import { writeReceipt } from '../store/receipt.ts';
import { killPane } from '../tmux/panes.ts';
import type { Context } from './context.ts';
import { foldInbox } from './foldInbox.ts';
import { lookClosely, readRisks, type ClosingInput, type Survey } from './surveyClosing.ts';

export interface Closing extends ClosingInput {
  readonly survey: Survey;
  /** Called after each step; a test ends the process in it. */
  readonly after?: (step: ClosingStep) => void;
}

/** Closes a session that was surveyed, under the fleet's lock; resolves to what its tree keeps. Throws before the tree has moved when the facts have changed. */
export async function closeSession(context: Context, closing: Closing): Promise<readonly TreeRisk[]> {
  const state: State = { keeps: closing.survey.risks };
  try {
    for (const step of closingSteps(closing.survey.standing?.kind ?? null)) {
      await STEPS[step](context, closing, state);
      closing.after?.(step);
    }
  } catch (error) {
    await takeBack(context, closing);
    throw error;
  }
  return state.keeps;
}

/** A tree that could not be moved is not closed: record and receipt say so again. */
async function takeBack(context: Context, { record, survey: { standing, archive } }: Closing): Promise<void> {
  if (standing === null || (await standsAt(archive, standing.inode))) return;
  await unlockWorktree(standing.gitDir);
  await rm(`${archive}.json`, { force: true });
  await keepRecord(context, record);
}

interface State {
  /** As it is once the agent has ended. */
  keeps: readonly TreeRisk[];
}

const STEPS: Readonly<Record<ClosingStep, (context: Context, closing: Closing, state: State) => Promise<void>>> = {
  'end-agent': endAgent,
  'check-again': checkAgain,
  'write-receipt': (_context, closing, { keeps }) => keepReceipt(closing, keeps),
  'note-closed': noteClosed,
  'lock-worktree': (_context, { survey }) =>
    survey.standing === null ? Promise.resolve() : lockWorktree(survey.standing.gitDir),
  'move-tree': async (_context, { session, survey: { standing, archive } }) => {
    if (standing !== null)
      await relocateTree({ from: session.path, to: archive, inode: standing.inode, device: standing.device });
  },
  register: ({ env }, { session, survey }) => registerTree(survey.archive, { before: session.path, env }),
  'put-launch-away': (context, { record, session, survey }) =>
    putLaunchAway(fleetPaths(context.store, record.uuid), session.id, survey.slot),
};

/** The question may have been open for an hour: what runs is looked at once more before it gets its SIGHUP. */
async function endAgent(context: Context, closing: Closing): Promise<void> {
  const { survey, server, record, session } = closing;
  const now = await lookClosely(context, { ...closing, standing: survey.standing, remote: survey.remote });
  if (now.pane !== null) await killPane(server, now.pane, context.env);
  const paths = fleetPaths(context.store, record.uuid);
  if (now.alive) await waitForEnd(context, { paths, closing });
  if (now.alive && session.isClaude) await waitForGoodbye(paths, session.id);
}

const PATIENCE_MS = 30_000;
const AGAIN_MS = 50;

async function waitForEnd(
  context: Context,
  { paths, closing: { session } }: { readonly paths: FleetPaths; readonly closing: Closing },
): Promise<void> {
  const deadline = context.now() + PATIENCE_MS;
  for (;;) {
    const agents = await readAgents({ paths, sessions: [session], env: context.env, home: context.home });
    const agent = agents[session.id];
    if (agent?.alive !== true) return;
    if (context.now() >= deadline)
      throw new UserError(
        `what runs in "${session.id}" (pid ${agent.pid ?? 0}) has not ended within ${PATIENCE_MS / 1000} s; its clone was not moved`,
        { hint: 'look at what keeps it, and close the session again' },
      );
    await pause(AGAIN_MS);
  }
}

/** The SessionEnd hook's event appears a moment after the agent is gone. An agent without hooks has none, so it is waited for and not insisted on. */
async function waitForGoodbye(paths: FleetPaths, id: string): Promise<void> {
  for (let tries = 0; tries < GOODBYE_TRIES; tries++) {
    const told = (await foldInbox(paths).catch(() => null))?.[id];
    if (told === undefined || told.turn.phase === 'ended') return;
    await pause(AGAIN_MS);
  }
}
const GOODBYE_TRIES = 40;

/** Nothing of the session runs any more, so from here on nobody at all may stand in the tree. What the agent left going gets a moment to end. */
async function checkAgain(context: Context, closing: Closing, state: State): Promise<void> {
  const { survey } = closing;
  if (survey.standing === null) return;
  for (let tries = 0; ; tries++) {
    const risks = await readRisks(context, {
      ...closing,
      standing: survey.standing,
      remote: survey.remote,
      panePid: null,
    });
    const inside = risks.find(({ kind }) => kind === 'process');
    if (!inside) {
      state.keeps = risks;
      return;
    }
    if (tries === LEAVING_TRIES)
      throw new UserError(
        `"${closing.session.id}" has ended and left behind in its clone: ${inside.samples.join(', ')}; the clone was not moved`,
        { hint: `end them and close it again; claude-tmux up brings it back` },
      );
    await pause(LEAVING_MS);
  }
}
const LEAVING_TRIES = 20;
const LEAVING_MS = 250;

async function keepReceipt({ record, session, include, survey }: Closing, keeps: readonly TreeRisk[]): Promise<void> {
  const { standing, slot, archive, at } = survey;
  if (standing === null) return;
  await makeFolder(join(archive, '..'));
  await writeReceipt(`${archive}.json`, {
    version: 1,
    slot,
    id: session.id,
    name: session.name,
    fleet: record.uuid,
    fleetName: record.name,
    closedAt: at,
    kind: standing.kind,
    place: session.path,
    archive,
    inode: standing.inode,
    repo: standing.origin,
    checkout: record.checkout,
    branch: session.branch,
    base: session.base,
    include,
    conversation: session.conversation,
    keeps,
    shrunkTo: null,
  });
}

async function noteClosed(
  context: Context,
  { record, session, survey: { at, slot, archive, standing } }: Closing,
): Promise<void> {
  const entry: ClosedSession = {
    session,
    at,
    slot,
    archive: standing === null ? null : archive,
    inode: standing?.inode ?? 0,
  };
  await keepRecord(context, {
    ...record,
    sessions: record.sessions.filter(({ id }) => id !== session.id),
    closed: [...record.closed, entry],
  });
}

/** Written, and on the disk, before the tree moves. */
export async function keepRecord(context: Context, record: FleetRecord): Promise<void> {
  await writeFleet(context.store, record);
  await settleFleet(context.store, record.uuid);
}

/** The launch file and what it left (conversation, exit code) go out of the way of a session that is made anew under this id. */
export async function putLaunchAway(paths: FleetPaths, id: string, slot: string): Promise<void> {
  await makeFolder(paths.closed);
  await renameIfThere(sessionPaths(paths, id).root, join(paths.closed, slot));
}

export async function bringLaunchBack(paths: FleetPaths, id: string, slot: string): Promise<void> {
  await makeFolder(paths.launch);
  await renameIfThere(join(paths.closed, slot), sessionPaths(paths, id).root);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}
