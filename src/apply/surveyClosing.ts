import { dirname, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { readRemoteNow, type RemoteNow } from '../git/remoteNow.ts';
import { readStanding, type Standing } from '../git/standing.ts';
import { readTreeRisks, readUnmergedBranch } from '../git/treeRisks.ts';
import type { Circumstance } from '../status/circumstances.ts';
import { closingSlot, decideClosing } from '../status/closing.ts';
import type { Decision } from '../status/decide.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import type { SessionRecord } from '../store/fleetRecord.ts';
import { readFleets } from '../store/fleets.ts';
import { descendsFrom } from '../store/process.ts';
import { readServer } from '../tmux/readServer.ts';
import type { Context } from './context.ts';
import { readEvidence, type FleetPlace } from './readEvidence.ts';
import { runsInPane } from './ownPane.ts';
import { situationOf } from './situation.ts';

export interface ClosingInput extends FleetPlace {
  readonly session: SessionRecord;
  /** Globs of ignored files that were copied into its tree. */
  readonly include: readonly string[];
}

/** All that is decided by, read together. */
export interface Survey {
  /** Its tmux pane; null when it is not on the screen. */
  readonly pane: string | null;
  /** True when its process lives. */
  readonly alive: boolean;
  readonly isClaude: boolean;
  /** `ask` when something ends with it that the user may not think of. */
  readonly decision: Decision;
  /** The tree that is its own; null for none, or when it is gone already. */
  readonly standing: Standing | null;
  readonly remote: RemoteNow | null;
  readonly risks: readonly TreeRisk[];
  readonly slot: string;
  /** Where the tree goes. */
  readonly archive: string;
  /** ISO time. */
  readonly at: string;
}

/** Looks at a session that is to be closed. Throws a UserError when it may not be, whatever the user says. */
export async function surveyClosing(context: Context, input: ClosingInput): Promise<Survey> {
  const { record, session } = input;
  const hasTree = session.owner === session.id;
  const standing = hasTree
    ? await readStanding(session.path, { repo: record.repo, checkout: record.checkout, env: context.env })
    : null;
  const origin = standing?.origin ?? null;
  const remote =
    origin === null
      ? null
      : await readRemoteNow({
          repo: origin,
          checkout: record.checkout,
          cacheDir: context.store.cache,
          env: context.env,
          signal: context.signal,
        });
  const at = new Date(context.now()).toISOString();
  const slot = closingSlot(session.id, at);
  const { pane, alive, decision, risks } = await lookClosely(context, { ...input, standing, remote });
  return {
    pane,
    alive,
    isClaude: session.isClaude,
    decision,
    standing,
    remote,
    risks,
    slot,
    archive: join(dirname(session.path), '.closed', slot),
    at,
  };
}

interface Close extends ClosingInput {
  readonly standing: Standing | null;
  readonly remote: RemoteNow | null;
}

/** The part of the survey that changes by the second; asked again right before the agent is ended. */
export async function lookClosely(
  context: Context,
  input: Close,
): Promise<Pick<Survey, 'pane' | 'alive' | 'decision' | 'risks'>> {
  const { record, server, session, standing } = input;
  const evidence = (await readEvidence(context, { record, server })).find((one) => one.session.id === session.id);
  if (!evidence)
    throw new UserError(`session "${session.id}" is not in the fleet's record`, { hint: 'run the command again' });
  const panePid = await readPanePid(context, input, evidence.pane);
  const risks = standing === null ? [] : await readRisks(context, { ...input, panePid });
  const alive = evidence.facts?.alive === true;
  const more: readonly Circumstance[] = [
    ...((await runsInPane(panePid)) ? ['ownPane' as const] : []),
    ...(alive && evidence.pane === null ? ['offScreen' as const] : []),
  ];
  const sharers = standing === null ? [] : await readSharers(context, input);
  const { decision, refusal } = decideClosing({
    id: session.id,
    situation: situationOf(evidence, more),
    detail: evidence.verdict.detail,
    sharers,
    risks,
  });
  if (refusal) throw new UserError(refusal.message, { hint: refusal.hint });
  return { pane: evidence.pane, alive, decision, risks };
}

interface RisksInput extends Close {
  /** Pid of the pane's launch file; null without a pane: then nobody may stand in the tree. */
  readonly panePid: number | null;
}

/** What the tree keeps that is nowhere else. The session's own processes, however deep, may stand in it. */
export async function readRisks(
  context: Context,
  { record, session, standing, remote, include, panePid }: RisksInput,
): Promise<readonly TreeRisk[]> {
  const common = { base: session.base, remote, env: context.env };
  const mayStand = async (pid: number): Promise<boolean> =>
    panePid !== null && (pid === panePid || (await descendsFrom(pid, panePid, 64)));
  const [risks, branch] = await Promise.all([
    readTreeRisks(session.path, { ...common, include, checkout: record.checkout, mayStand }),
    standing?.kind === 'worktree' ? readUnmergedBranch(session.path, common) : [],
  ]);
  return [...risks, ...branch];
}

async function readPanePid(context: Context, { record, server }: Close, pane: string | null): Promise<number | null> {
  const { session } = await readServer(server, { uuid: record.uuid, session: record.session, env: context.env });
  return session?.windows.flatMap((window) => window.panes).find(({ id }) => id === pane)?.pid ?? null;
}

/** Sessions of this fleet and of others that work in the same folder, whether they run or not. */
async function readSharers(context: Context, { record, session }: Close): Promise<readonly string[]> {
  const { records } = await readFleets(context.store);
  return records.flatMap((fleet) =>
    fleet.sessions
      .filter(({ id, path }) => path === session.path && !(fleet.uuid === record.uuid && id === session.id))
      .map(({ id }) => (fleet.uuid === record.uuid ? `"${id}"` : `"${id}" of "${fleet.name}"`)),
  );
}
