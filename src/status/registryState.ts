import { ownAt } from '../base/record.ts';
import type { AgentState, AgentVerdict } from './agentState.ts';
import { ownQuestion } from './ownQuestion.ts';
import type { RegistryEntry } from './registryEntry.ts';

/** What is known of a live Claude, but for its hooks. */
export interface Seen {
  readonly registry: RegistryEntry | null;
  /** Text on its screen, when somebody looked; null otherwise. */
  readonly screen: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** True when only the screen can tell what the registry's "dialog open" is. */
export function isDialogOpen(registry: RegistryEntry | null): boolean {
  return registry?.status === 'waiting' && registry.waitingFor === 'dialog open';
}

type Reading = 'busy' | 'waiting' | 'idle' | 'shell';

export const READINGS: Readonly<Record<string, Reading>> = {
  busy: 'busy',
  waiting: 'waiting',
  idle: 'idle',
  shell: 'shell',
};

export interface Witness extends Seen {
  /** Null when there is no entry, or one that says what this version does not know: then the hooks stand alone. */
  readonly says: Reading | null;
}

export function fromRegistry(
  { registry }: Witness,
  state: AgentState,
  told: { readonly detail: string | null; readonly rule: string },
): AgentVerdict {
  return {
    state,
    since: registry?.statusUpdatedAt ?? null,
    detail: told.detail,
    source: 'registry',
    rule: told.rule,
    until: null,
  };
}

/** A question of Claude's own, read off the screen before any notice, or where none comes; null when the screen shows none that is known. */
export function claudeAsks(witness: Witness): AgentVerdict | null {
  const detail = isDialogOpen(witness.registry) && witness.screen !== null ? ownQuestion(witness.screen) : null;
  if (detail === null) return null;
  return {
    ...fromRegistry(witness, 'question', {
      detail,
      rule: 'the registry says "dialog open", and the screen shows a question of Claude\'s own',
    }),
    source: 'screen',
  };
}

export const WAITING: Readonly<Record<string, AgentState>> = {
  'permission prompt': 'permission',
  'worker request': 'permission',
  'sandbox request': 'permission',
  'input needed': 'question',
};

/** Without any hook (disabled, `--safe-mode`, an untrusted folder): what the registry tells, which has no reasons and no `done`. */
export function registryState(registry: RegistryEntry, seen: Seen): AgentVerdict {
  const witness: Witness = { ...seen, says: ownAt(READINGS, registry.status ?? '') ?? null };
  const idle: AgentVerdict = fromRegistry(witness, 'idle', {
    detail: null,
    rule: 'the registry says idle; no hook has come',
  });
  switch (registry.status) {
    case 'busy':
      return { ...idle, state: 'working', rule: 'the registry says busy; no hook has come' };
    case 'idle':
      return idle;
    case 'shell':
      return {
        ...idle,
        state: 'background',
        detail: 'a background task runs',
        rule: 'the registry says shell; no hook has come',
      };
    case 'waiting':
      return waitingUntold(witness, idle);
    case null:
      return { ...idle, state: 'starting', since: registry.startedAt, rule: 'the registry entry has no status yet' };
    default:
      return {
        ...idle,
        state: 'unknown',
        detail: `Claude says "${registry.status}", which this version does not know`,
        rule: 'an unknown status in the registry, and no hook',
      };
  }
}

function waitingUntold(witness: Witness, idle: AgentVerdict): AgentVerdict {
  const { waitingFor } = witness.registry ?? { waitingFor: null };
  if (waitingFor === 'dialog open')
    return (
      claudeAsks(witness) ?? {
        ...idle,
        detail: waitingFor,
        rule: 'the registry waits for a dialog that the user opened',
      }
    );
  const state = ownAt(WAITING, waitingFor ?? '');
  if (state === undefined)
    return {
      ...idle,
      state: 'unknown',
      detail: `Claude waits for "${waitingFor ?? ''}", which this version does not know`,
      rule: 'an unknown wait in the registry, and no hook',
    };
  return { ...idle, state, detail: waitingFor, rule: `the registry waits for "${waitingFor ?? ''}"; no hook has come` };
}
