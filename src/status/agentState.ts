import { claudeState } from './claudeState.ts';
import { isDialogOpen } from './registryState.ts';
import { withInterrupt, withLimit, type HookState } from './hookState.ts';
import { describePreparation, isOver, type Preparation } from './preparation.ts';
import type { RegistryEntry } from './registryEntry.ts';
import { startupDialog } from './startupDialog.ts';
import type { NotedLimit } from './transcript.ts';

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
  /** True for a live process that was stopped (Ctrl-Z). */
  readonly suspended: boolean;
  /** Exit code the launch file recorded. */
  readonly exit: number | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly registry: RegistryEntry | null;
  /** What its pane does before the program runs; null (or absent) when it is past that. */
  readonly preparation?: Preparation | null;
  /** Id of the session whose tree this one shares, where the setup of that tree ended badly: that one has crashed, and not this. */
  readonly setupFailedOf?: string | null;
  /** Why what its launch file left behind could not be read; absent when it could. */
  readonly unread?: string;
  /** Why the registry could not be read; null (or absent) when it could. */
  readonly registryProblem?: string | null;
  /** What the hooks told; null when none has come from this process. */
  readonly hooks: HookState | null;
  /** When the transcript last noted an interrupt; milliseconds since 1970, null for never (or not looked). */
  readonly interruptedAt: number | null;
  /** The usage limit that its transcript ends with; null (or absent) for none. */
  readonly limit?: NotedLimit | null;
  /** Text on the pane's screen, when somebody looked; null otherwise. */
  readonly screen: string | null;
}

/** A state with where it comes from, and the rule that decided. */
export interface AgentVerdict {
  readonly state: AgentState;
  /** Milliseconds since 1970; null when not known. */
  readonly since: number | null;
  readonly detail: string | null;
  readonly source: 'hook' | 'registry' | 'process' | 'launcher' | 'screen' | 'transcript' | 'none';
  readonly rule: string;
  /** When a usage limit ends (milliseconds since 1970), if Claude said so. */
  readonly until: number | null;
}

/** What a state is about, as it is shown: the detail, and when a usage limit ends. */
export function describeVerdict({ detail, until }: Pick<AgentVerdict, 'detail' | 'until'>): string | null {
  return until === null ? detail : `${detail ?? 'usage limit'} (until ${new Date(until).toISOString()})`;
}

/** How long a start may take before "no registry entry" is reason to look at the screen, in milliseconds. */
const STARTING_MS = 3000;
/** How long it may take until it means that something is wrong: several starts at once on a busy machine take five seconds and more. */
const UNKNOWN_MS = 10_000;

/** The state of a session from all that was read about it. What nothing tells is `unknown`, with the reason: never a guess. */
export function agentState(evidence: AgentEvidence, now: number): AgentVerdict {
  if (evidence.unread !== undefined)
    return plain('unknown', null, {
      detail: evidence.unread,
      source: 'none',
      rule: 'what its launch file left behind cannot be read',
    });
  if (evidence.preparation) return preparingState(evidence.preparation, evidence);
  if (!evidence.alive) return endedState(evidence);
  if (evidence.suspended)
    return plain('unknown', null, {
      detail: SUSPENDED,
      source: 'process',
      rule: 'its process is stopped: what it told before is not what it does now',
    });
  if (!evidence.isClaude)
    return plain('running', evidence.startedAt, {
      source: 'process',
      rule: 'its process lives; nothing more is known of a program that is not Claude',
    });
  const { registry, screen } = evidence;
  const limit = ownLimit(evidence);
  if (evidence.hooks === null && limit !== null && (registry?.status === 'idle' || isDialogOpen(registry)))
    return limitedState(limit);
  const hooks = withLimit(withInterrupt(evidence.hooks, evidence.interruptedAt), limit);
  return claudeState(hooks, { registry, screen, now }) ?? silentState(evidence, now);
}

/** A conversation that is resumed ends with the limit its process before has met, and may try again. */
function ownLimit({ limit = null, startedAt }: AgentEvidence): NotedLimit | null {
  return limit !== null && limit.at >= (startedAt ?? 0) ? limit : null;
}

function limitedState({ at, until, detail }: NotedLimit): AgentVerdict {
  return {
    state: 'limited',
    since: at,
    detail,
    source: 'transcript',
    rule: 'the transcript ends with a usage limit; no hook has come',
    until,
  };
}

/** Nothing tells of Ctrl-Z but the process itself. A pane's launch file has no shell around it to say `fg` to. */
const SUSPENDED = 'suspended (Ctrl-Z); press r in its pane';

/** True when the screen is worth a look: a live Claude that has said nothing for too long, or that only says that a dialog is open. */
export function wantsScreen(evidence: AgentEvidence, now: number): boolean {
  if (!evidence.alive || evidence.suspended || !evidence.isClaude) return false;
  return isSilent(evidence, now) || isDialogOpen(evidence.registry);
}

function isSilent({ registry, hooks, startedAt }: AgentEvidence, now: number): boolean {
  return registry === null && hooks === null && now - (startedAt ?? 0) >= STARTING_MS;
}

function plain(
  state: AgentState,
  since: number | null,
  told: { readonly detail?: string; readonly source: AgentVerdict['source']; readonly rule: string },
): AgentVerdict {
  return { state, since, detail: told.detail ?? null, source: told.source, rule: told.rule, until: null };
}

function preparingState(preparation: Preparation, { startedAt, setupFailedOf = null }: AgentEvidence): AgentVerdict {
  const detail = describePreparation(preparation);
  if (preparation.kind === 'setup-failed' && setupFailedOf !== null)
    return plain('waiting', null, {
      detail: `for the setup of its clone, which ended badly: see "${setupFailedOf}"`,
      source: 'launcher',
      rule: 'the setup of the tree that it shares ended badly, which is told at the session whose tree that is',
    });
  if (isOver(preparation))
    return plain('crashed', null, {
      detail,
      source: 'launcher',
      rule:
        preparation.kind === 'not-started'
          ? 'its launch file started nothing, as others ended at once'
          : 'the setup of its tree ended badly, and its launch file starts nothing then',
    });
  return plain('starting', startedAt, {
    detail,
    source: 'launcher',
    rule: 'its launch file says what it does before the program runs',
  });
}

function endedState({ kind, exit, startedAt, endedAt }: AgentEvidence): AgentVerdict {
  if (exit === null && startedAt === null) return notStarted(kind);
  if (exit === null)
    return plain('exited', null, {
      detail: 'ended together with its pane',
      source: 'process',
      rule: 'its process is gone and no exit code was recorded',
    });
  const state = exit === 0 || CALM_SIGNALS.has(exit) ? 'exited' : 'crashed';
  const detail = exit > 128 && exit <= 192 ? `ended by signal ${exit - 128}` : `exit code ${exit}`;
  return plain(state, endedAt, { detail, source: 'launcher', rule: 'its launch file recorded the exit code' });
}

function notStarted(kind: AgentEvidence['kind']): AgentVerdict {
  if (kind === 'placeholder')
    return plain('waiting', null, {
      detail: 'for the id of a claude.ai/code session',
      source: 'launcher',
      rule: 'a placeholder that nobody has answered',
    });
  return plain('exited', null, { detail: 'not started', source: 'none', rule: 'it was never started' });
}

/** Exit codes of a program that was asked to end: HUP, INT, TERM. */
const CALM_SIGNALS: ReadonlySet<number> = new Set([129, 130, 143]);

/** A live Claude of which neither source has anything. */
function silentState(evidence: AgentEvidence, now: number): AgentVerdict {
  const { startedAt, screen, registryProblem = null } = evidence;
  if (!isSilent(evidence, now))
    return plain('starting', startedAt, { source: 'process', rule: 'its process is younger than 3 s' });
  const asks = screen === null ? null : startupDialog(screen);
  if (asks !== null)
    return plain('blocked', startedAt, {
      detail: asks,
      source: 'screen',
      rule: 'no registry entry after 3 s, and a start-up dialog on the screen',
    });
  if (registryProblem !== null)
    return plain('unknown', null, {
      detail: `Claude's registry cannot be read: ${registryProblem}`,
      source: 'process',
      rule: 'no hook has come, and the registry cannot be read',
    });
  if (now - (startedAt ?? 0) < UNKNOWN_MS)
    return plain('starting', startedAt, {
      source: 'process',
      rule: 'its process is younger than 10 s, and shows no dialog that is known',
    });
  return plain('unknown', null, {
    detail: 'Claude runs but has no entry in its registry, and shows no dialog that is known',
    source: 'process',
    rule: 'no registry entry after 10 s',
  });
}
