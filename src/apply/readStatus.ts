import { ProgramError, UserError } from '../base/errors.ts';
import { readTreeStatus, type StatusOptions } from '../git/treeStatus.ts';
import { describeVerdict } from '../status/agentState.ts';
import type { AgentStatus, FleetStatus, SessionStatus, StatusReport } from '../status/report.ts';
import { contextPercent, type TranscriptTail } from '../status/transcript.ts';
import type { TreeStatus } from '../status/treeStatus.ts';
import type { SessionRecord } from '../store/fleetRecord.ts';
import type { Context } from './context.ts';
import { whyAway } from './fleetHome.ts';
import { readEvidence, type FleetPlace, type SessionEvidence } from './readEvidence.ts';

/** Gives the reading of a tree; null when it has none yet. */
export type TreeSource = (path: string, base: string | null) => TreeReading | null | Promise<TreeReading | null>;

export interface StatusReading {
  readonly treeOf: TreeSource;
  /** True leaves out the clones of fleets that are down. */
  readonly onlyUp: boolean;
}

/** Reads the state of every session of the fleets. One that cannot be read has `error` and spoils no other. */
export async function readStatus(
  context: Context,
  fleets: readonly FleetPlace[],
  { treeOf, onlyUp }: StatusReading,
): Promise<StatusReport> {
  const read = async ({ record, server }: FleetPlace): Promise<FleetStatus> => {
    const evidence = readEvidence(context, { record, server });
    const isRead = !onlyUp || fleets.length === 1 || (await evidence).some(({ pane }) => pane !== null);
    const away = await whyAway(context, record);
    // Paths are the other machine's too.
    const here = away === null ? treeOf : (): null => null;
    const [known, trees] = await Promise.all([
      evidence,
      isRead ? readTrees(record.sessions, here) : new Map<string, null>(),
    ]);
    const status = toFleetStatus(
      { record, server },
      known,
      isRead ? await withTreesElsewhere(known, trees, here) : trees,
    );
    return away === null ? status : { ...status, away };
  };
  return { version: 1, fleets: await Promise.all(fleets.map(read)) };
}

/** The same readings, with those of the trees in which agents work that left their own (EnterWorktree). */
export async function withTreesElsewhere(
  evidence: readonly SessionEvidence[],
  trees: ReadonlyMap<string, TreeReading | null>,
  treeOf: TreeSource,
): Promise<ReadonlyMap<string, TreeReading | null>> {
  const missing = evidence.flatMap(({ session, elsewhere }): [string, string | null][] =>
    elsewhere === null || elsewhere.tree === null || trees.has(elsewhere.tree) ? [] : [[elsewhere.tree, session.base]],
  );
  const more = await Promise.all(
    missing.map(async ([path, base]): Promise<[string, TreeReading | null]> => [path, await treeOf(path, base)]),
  );
  return more.length === 0 ? trees : new Map([...trees, ...more]);
}

/** The report of a fleet from what was read about it; `trees` by path. */
export function toFleetStatus(
  { record, server }: FleetPlace,
  evidence: readonly SessionEvidence[],
  trees: ReadonlyMap<string, TreeReading | null>,
): FleetStatus {
  const sessions = evidence.map((one) =>
    toStatus(one, {
      agent: toAgent(one),
      tree: trees.get(one.elsewhere === null ? one.session.path : (one.elsewhere.tree ?? '')) ?? null,
    }),
  );
  return { name: record.name, layout: record.layout, strategy: record.strategy, socket: server.socket, sessions };
}

function toAgent({ session, facts, hooks, talk, verdict }: SessionEvidence): AgentStatus {
  return {
    state: verdict.state,
    since: isoOrNull(verdict.since),
    detail: describeVerdict(verdict),
    source: verdict.source,
    session_id: facts?.conversation ?? session.conversation,
    ...talkPart(talk, hooks?.model ?? null),
  };
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** Model and context from the end of the transcript; `model` is what the hooks told. The cost is nowhere stated, so it is null. */
export function talkPart(
  talk: TranscriptTail | null,
  model: string | null,
): Pick<AgentStatus, 'model' | 'context_percent' | 'cost_usd'> {
  const known = model ?? talk?.model ?? null;
  return { model: known, context_percent: contextPercent(talk?.contextTokens ?? null, known), cost_usd: null };
}

/** A tree as git sees it, or why it could not be read. */
export type TreeReading = { readonly status: TreeStatus } | { readonly error: string };

/** One reading a tree, however many sessions share it. */
export async function readTrees(
  sessions: readonly SessionRecord[],
  treeOf: TreeSource,
): Promise<ReadonlyMap<string, TreeReading | null>> {
  const paths = new Map(sessions.map((session) => [session.path, session.base]));
  const readings = await Promise.all(
    [...paths].map(async ([path, base]): Promise<[string, TreeReading | null]> => [path, await treeOf(path, base)]),
  );
  return new Map(readings);
}

/** The status of one tree; `base` is the branch of origin that ahead and behind are counted against. */
export async function readTree(
  context: Omit<StatusOptions, 'base'>,
  path: string,
  base: string | null,
): Promise<TreeReading> {
  const { env, timeoutMs = 10_000, before = null } = context;
  try {
    return { status: await readTreeStatus(path, { base, env, timeoutMs, before }) };
  } catch (error) {
    if (error instanceof UserError || error instanceof ProgramError) return { error: error.message };
    throw error;
  }
}

const NOT_READ = {
  branch: null,
  detached_at: null,
  changes: null,
  staged: null,
  untracked: null,
  conflicts: null,
  ahead: null,
  behind: null,
  operation: null,
};

/** The part of a session's status that its tree tells; all null when there is no reading. */
export function treePart(tree: TreeReading | null): Pick<SessionStatus, keyof typeof NOT_READ | 'error'> {
  if (tree === null) return { ...NOT_READ, error: null };
  if ('error' in tree) return { ...NOT_READ, error: tree.error };
  const { branch, changes, staged, untracked, conflicts, ahead, behind, operation, detachedAt = null } = tree.status;
  return {
    branch,
    detached_at: branch === null ? detachedAt : null,
    changes,
    staged,
    untracked,
    conflicts,
    ahead,
    behind,
    operation,
    error: null,
  };
}

function toStatus(
  { session, pane, window, elsewhere }: SessionEvidence,
  { agent, tree }: { readonly agent: AgentStatus; readonly tree: TreeReading | null },
): SessionStatus {
  const { id, number, name, color, path, port, base, syncedAt, dependsOn } = session;
  return {
    id,
    number,
    name,
    color,
    pane,
    window,
    path,
    elsewhere: elsewhere === null ? null : (elsewhere.tree ?? elsewhere.folder),
    port,
    base,
    ...treePart(tree),
    synced_at: syncedAt,
    agent,
    depends_on: dependsOn,
  };
}
