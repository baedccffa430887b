import { accountName, claudeFolders } from '../agent/claudeFolders.ts';
import { hasTranscript, isFilled } from '../agent/transcript.ts';
import { readAgents, type AgentReading } from '../agent/agentFacts.ts';
import type { Context } from '../apply/context.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths } from '../store/paths.ts';
import type { PlannedFleet } from './planFleet.ts';

interface Starting {
  readonly planned: PlannedFleet;
  /** Null at the first `up`. */
  readonly record: FleetRecord | null;
  /** Ids of the sessions whose program is about to start. */
  readonly ids: readonly string[];
  readonly yes: boolean;
}

export interface Conversations {
  /** Ids of sessions that may not start. */
  readonly refused: readonly string[];
  /** The conversations that are to go on, by session id. */
  readonly resumed: ReadonlyMap<string, string>;
}

/**
 * Sessions that may not start: their conversation has no transcript any more, so Claude would begin an empty one, and nobody agreed to
 * that. Each is said; a person is asked.
 */
export async function refuseLost(context: Context, { planned, record, ids, yes }: Starting): Promise<Conversations> {
  if (record === null) return NONE;
  const sessions = record.sessions.filter(
    ({ id, isClaude, nextTask }) => isClaude && nextTask === null && ids.includes(id),
  );
  if (sessions.length === 0) return NONE;
  const agents = await readAgents({
    paths: fleetPaths(context.store, record.uuid),
    sessions,
    env: context.env,
    home: context.home,
  });
  const refused: string[] = [];
  const resumed = new Map<string, string>();
  for (const { id } of sessions) {
    const agent = agents[id];
    const account = planned.accounts[id] ?? '';
    if (agent === undefined || !agent.begun || agent.conversation === null) continue;
    if (!isLost(agent, claudeFolders(account, context.home).projects)) {
      resumed.set(id, agent.conversation);
      continue;
    }
    const sentence = `the conversation of "${id}" (${agent.conversation}) has no transcript in the Claude account ${accountName(account)}: it would begin an empty one`;
    if (yes) context.talk(`note: ${sentence}.`);
    else if (!context.interactive) context.talk(`claude-tmux: ${sentence}; --yes lets it`);
    if (
      !yes &&
      !(
        context.interactive &&
        (await context.askYes(`${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}. Begin it? [y/N] `))
      )
    )
      refused.push(id);
  }
  return { refused, resumed };
}

const NONE: Conversations = { refused: [], resumed: new Map() };

function isLost(agent: AgentReading, projects: string): boolean {
  if (agent.transcript?.startsWith(`${projects}/`) === true && isFilled(agent.transcript)) return false;
  return agent.conversation !== null && !hasTranscript(projects, agent.conversation);
}
