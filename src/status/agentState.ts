import type { RegistryEntry } from './registryEntry.ts';
import { startupDialog } from './startupDialog.ts';

export const AGENT_STATES = [
  'starting',
  'blocked',
  'working',
  'permission',
  'question',
  'plan-review',
  'done',
  'idle',
  'background',
  'error',
  'limited',
  'waiting',
  'running',
  'exited',
  'crashed',
  'unknown',
] as const;
/** `running` is for commands and for agents other than Claude, of which no more is known. */
export type AgentState = (typeof AGENT_STATES)[number];

/** What was read about one session; see agentFacts.ts for where it comes from. */
export interface AgentEvidence {
  readonly kind: 'agent' | 'command' | 'placeholder';
  readonly isClaude: boolean;
  readonly alive: boolean;
  /** Exit code the launch file recorded. */
  readonly exit: number | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly registry: RegistryEntry | null;
  /** Text on the pane's screen, when somebody looked; null otherwise. */
  readonly screen: string | null;
}

export interface AgentVerdict {
  readonly state: AgentState;
  /** Milliseconds since 1970; null when not known. */
  readonly since: number | null;
  readonly detail: string | null;
  readonly source: 'registry' | 'process' | 'launcher' | 'screen' | 'none';
}

/** How long a start may take before "no registry entry" means something, in milliseconds. */
const STARTING_MS = 3000;

/** The state of a session from its process and Claude's registry. What neither tells is `unknown`, with the reason: never a guess. */
export function agentState(evidence: AgentEvidence, now: number): AgentVerdict {
  const { alive, isClaude, registry, startedAt } = evidence;
  if (!alive) return endedState(evidence);
  if (!isClaude) return { state: 'running', since: startedAt, detail: null, source: 'process' };
  return registry ? registryState(registry) : silentState(evidence, now);
}

/** True when the screen is worth a look: a live Claude that has said nothing for too long. */
export function wantsScreen(evidence: AgentEvidence, now: number): boolean {
  return evidence.alive && evidence.isClaude && evidence.registry === null && now - (evidence.startedAt ?? 0) >= STARTING_MS;
}

function endedState({ kind, exit, startedAt, endedAt }: AgentEvidence): AgentVerdict {
  if (exit === null && startedAt === null) return notStarted(kind);
  if (exit === null) return { state: 'exited', since: null, detail: 'ended together with its pane', source: 'process' };
  const state = exit === 0 || CALM_SIGNALS.has(exit) ? 'exited' : 'crashed';
  return { state, since: endedAt, detail: exit > 128 && exit <= 192 ? `ended by signal ${exit - 128}` : `exit code ${exit}`, source: 'launcher' };
}

function notStarted(kind: AgentEvidence['kind']): AgentVerdict {
  if (kind === 'placeholder') return { state: 'waiting', since: null, detail: 'for the id of a claude.ai/code session', source: 'launcher' };
  return { state: 'exited', since: null, detail: 'not started', source: 'none' };
}

/** Exit codes of a program that was asked to end: HUP, INT, TERM. */
const CALM_SIGNALS: ReadonlySet<number> = new Set([129, 130, 143]);

function registryState(entry: RegistryEntry): AgentVerdict {
  const verdict = (state: AgentState, detail: string | null = null): AgentVerdict => ({ state, since: entry.statusUpdatedAt, detail, source: 'registry' });
  switch (entry.status) {
    case 'busy':
      return verdict('working');
    case 'idle':
      return verdict('idle');
    case 'shell':
      return verdict('background', 'a background task runs');
    case 'waiting':
      return waitingState(entry.waitingFor, verdict);
    case null:
      return { ...verdict('starting'), since: entry.startedAt };
    default:
      return verdict('unknown', `Claude says "${entry.status}", which this version does not know`);
  }
}

function waitingState(waitingFor: string | null, verdict: (state: AgentState, detail: string | null) => AgentVerdict): AgentVerdict {
  switch (waitingFor) {
    case 'permission prompt':
    case 'worker request':
    case 'sandbox request':
      return verdict('permission', waitingFor);
    case 'input needed':
      return verdict('question', waitingFor);
    case 'dialog open':
      // `/help`, `/config` and the like: opened by the user, who is there.
      return verdict('idle', waitingFor);
    default:
      return verdict('unknown', `Claude waits for "${waitingFor ?? ''}", which this version does not know`);
  }
}

/** A live Claude without a registry entry. */
function silentState(evidence: AgentEvidence, now: number): AgentVerdict {
  const { startedAt, screen } = evidence;
  if (!wantsScreen(evidence, now)) return { state: 'starting', since: startedAt, detail: null, source: 'process' };
  const asks = screen === null ? null : startupDialog(screen);
  if (asks !== null) return { state: 'blocked', since: startedAt, detail: asks, source: 'screen' };
  return { state: 'unknown', since: null, detail: 'Claude runs but has no entry in its registry, and shows no dialog that is known', source: 'process' };
}
