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

/**
 * Sessions that may not start: their conversation has no transcript any more, so Claude would begin an empty one, and nobody agreed to
 * that. Each is said; a person is asked.
 */
export async function refuseLost(context: Context, { planned, record, ids, yes }: Starting): Promise<readonly string[]> {
  if (record === null) return [];
  const sessions = record.sessions.filter(({ id, isClaude, nextTask }) => isClaude && nextTask === null && ids.includes(id));
  if (sessions.length === 0) return [];
  const agents = await readAgents({ paths: fleetPaths(context.store, record.uuid), sessions, env: context.env, home: context.home });
  const refused: string[] = [];
  for (const { id } of sessions) {
    const agent = agents[id];
    const account = planned.accounts[id] ?? '';
    if (agent === undefined || !isLost(agent, claudeFolders(account, context.home).projects)) continue;
    const sentence = `the conversation of "${id}" (${agent.conversation ?? ''}) has no transcript in the Claude account ${accountName(account)}: it would begin an empty one`;
    if (yes) context.talk(`note: ${sentence}.`);
    else if (!context.interactive) context.talk(`claude-tmux: ${sentence}; --yes lets it`);
    if (!yes && !(context.interactive && (await context.askYes(`${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}. Begin it? [y/N] `)))) refused.push(id);
  }
  return refused;
}

function isLost(agent: AgentReading, projects: string): boolean {
  if (!agent.begun || agent.conversation === null) return false;
  if (agent.transcript?.startsWith(`${projects}/`) === true && isFilled(agent.transcript)) return false;
  return !hasTranscript(projects, agent.conversation);
}
