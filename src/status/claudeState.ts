import { ownAt } from '../base/record.ts';
import type { AgentState, AgentVerdict } from './agentState.ts';
import { type HookState, type OpenDialog, requestKind, type ToolCall } from './hookState.ts';
import {
  type Seen,
  isDialogOpen,
  READINGS,
  type Witness,
  fromRegistry,
  claudeAsks,
  WAITING,
  registryState,
} from './registryState.ts';

/**
 * The state of a live Claude from its two sources. Hooks set a state at once and carry the why; the registry file follows every
 * transition within 0.2 s, also those that fire no hook (Esc, "No", bash mode), so what it says *later* than the hook corrects it.
 * Where the registry only says "dialog open", the screen distinguishes a question of Claude's own from what the user opened.
 * Measured with Claude Code 2.1.197 and 2.1.332; each rule's name is kept with the verdict.
 */
export function claudeState(hooks: HookState | null, seen: Seen): AgentVerdict | null {
  const { registry } = seen;
  if (hooks === null) return registry === null ? null : registryState(registry, seen);
  const witness: Witness = {
    ...seen,
    says: registry === null ? null : (ownAt(READINGS, registry.status ?? '') ?? null),
  };
  const [dialog] = hooks.open.filter((open) => open.kind !== 'notice' || noticeHolds(open, witness));
  if (dialog) return openState(dialog, hooks, witness);
  return TURN_STATES[hooks.turn.phase](hooks, witness);
}

/** How long two sources may contradict each other before the registry, which has no event to miss, is believed. In milliseconds. */
const SETTLED = 1000;

/**
 * How long a turn that the registry calls over may still be told of by an event. Claude waits for its Stop hooks, but not for
 * StopFailure's: the registry is idle some hundredths of a second before that has come (2.1.197). In milliseconds.
 */
const UNEXPLAINED = 300;

/** True when the registry spoke after `time`, or contradicts it for so long that it would have followed by now. */
function overrules({ registry, now }: Witness, time: number): boolean {
  const at = registry?.statusUpdatedAt ?? 0;
  return at > time || now - Math.max(at, time) > SETTLED;
}

function hasJustSpoken({ registry, now }: Witness): boolean {
  const age = now - (registry?.statusUpdatedAt ?? 0);
  return age >= 0 && age < UNEXPLAINED;
}

function fromHook(hooks: HookState, state: AgentState, rule: string): AgentVerdict {
  const { turn } = hooks;
  return { state, since: turn.since, detail: turn.detail, source: 'hook', rule, until: turn.until };
}

const DIALOG_STATES: Readonly<Record<OpenDialog['kind'], AgentState>> = {
  permission: 'permission',
  question: 'question',
  'plan-review': 'plan-review',
  elicitation: 'question',
  notice: 'question',
};

/**
 * A notice that Claude needs input comes six seconds after its question: while the registry waits for that dialog since before the
 * notice, it is this one. A dialog that was opened later is another.
 */
function noticeHolds(notice: OpenDialog, { says, registry }: Witness): boolean {
  return says === null || (isDialogOpen(registry) && (registry?.statusUpdatedAt ?? 0) <= notice.since);
}

/** `/config` cannot be opened over a question: the user had turned that down before. */
function turnedDown(witness: Witness): AgentVerdict {
  return fromRegistry(witness, 'idle', {
    detail: 'interrupted',
    rule: 'the registry says "dialog open", which is the user\'s own: the question before it was turned down',
  });
}

/** An open question outranks activity. Only the registry can tell that it was answered without a hook, or turned down. */
function openState(dialog: OpenDialog, hooks: HookState, witness: Witness): AgentVerdict {
  const asked: AgentVerdict = {
    state: DIALOG_STATES[dialog.kind],
    since: sinceOf(dialog, witness),
    detail: dialog.detail,
    source: 'hook',
    rule: `${dialog.event} opened a dialog that nothing closed`,
    until: null,
  };
  if (witness.says === null) return asked;
  if (witness.says === 'waiting') {
    const isOther =
      ASKED_AS_TOOL.has(dialog.kind) && isDialogOpen(witness.registry) && overrules(witness, dialog.since);
    return isOther ? (claudeAsks(witness) ?? turnedDown(witness)) : asked;
  }
  // 2.1.197 keeps `busy` while an MCP server's elicitation is open; its end always fires ElicitationResult.
  if (dialog.kind === 'elicitation' && witness.says === 'busy') return asked;
  if (!overrules(witness, dialog.since)) return asked;
  if (hooks.turn.phase === 'subagents') return TURN_STATES.subagents(hooks, witness);
  if (witness.says === 'busy')
    return fromRegistry(witness, 'working', {
      detail: hooks.turn.detail,
      rule: 'the registry went busy after the dialog: it was answered',
    });
  if (witness.says === 'shell')
    return fromRegistry(witness, 'background', {
      detail: 'a background task runs',
      rule: 'the registry says shell after the dialog',
    });
  return fromRegistry(witness, 'idle', {
    detail: 'interrupted',
    rule: 'the registry went idle after the dialog: it was turned down',
  });
}

/** These have a dialog of a tool's, which the registry never calls "dialog open". */
const ASKED_AS_TOOL: ReadonlySet<OpenDialog['kind']> = new Set(['permission', 'question', 'plan-review']);

/** A notification is six seconds late; the registry knows since when it waits. */
function sinceOf({ event, since }: OpenDialog, { says, registry }: Witness): number {
  return event === 'Notification' && says === 'waiting' ? Math.min(since, registry?.statusUpdatedAt ?? since) : since;
}

type TurnRule = (hooks: HookState, witness: Witness) => AgentVerdict;

const TURN_STATES: Readonly<Record<HookState['turn']['phase'], TurnRule>> = {
  working: (hooks, witness) => {
    const { says } = witness;
    const told = fromHook(hooks, 'working', `${hooks.turn.event}: the turn goes on`);
    if (says === null || says === 'busy' || !overrules(witness, hooks.turn.activeAt)) return told;
    if (says === 'waiting') return waitingState(witness, told, hooks.call);
    if (says === 'shell')
      return fromRegistry(witness, 'background', {
        detail: 'a background task runs',
        rule: 'the registry says shell after the last event of the turn',
      });
    // With too little to compact there is no PostCompact (2.1.197: "Not enough messages to compact").
    if (hooks.turn.event === 'PreCompact')
      return fromRegistry(witness, 'idle', {
        detail: null,
        rule: 'the registry went idle after PreCompact: there was too little to compact, or it was stopped',
      });
    if (hasJustSpoken(witness))
      return {
        ...told,
        rule: `the registry went idle after ${hooks.turn.event} just now: an event that says why may be on its way`,
      };
    return fromRegistry(witness, 'idle', {
      detail: 'interrupted',
      rule: `the registry went idle after ${hooks.turn.event} without a Stop: Esc fires no hook`,
    });
  },
  done: (hooks, witness) => restingState(hooks, witness, 'done'),
  idle: (hooks, witness) => restingState(hooks, witness, 'idle'),
  error: (hooks, witness) => restingState(hooks, witness, 'error'),
  limited: (hooks, witness) => restingState(hooks, witness, 'limited'),
  background: (hooks, witness) => {
    if (witness.says === 'idle' && overrules(witness, hooks.turn.since))
      return {
        ...fromRegistry(witness, 'done', {
          detail: hooks.turn.detail,
          rule: 'the registry went idle: the background task has ended',
        }),
      };
    return restingState(hooks, witness, 'background');
  },
  // Claude's registry is busy while they work (2.1.332), so it shows nothing of the turn but its end.
  subagents: (hooks, witness) => {
    const { says } = witness;
    const told = fromHook(hooks, 'background', `${hooks.turn.event}: sub-agents work on behind the turn`);
    if (says === null || says === 'busy' || says === 'shell' || !overrules(witness, hooks.turn.since)) return told;
    if (says === 'waiting') return waitingState(witness, told, hooks.call);
    return fromRegistry(witness, 'done', {
      detail: hooks.turn.detail,
      rule: 'the registry went idle: the sub-agents have ended',
    });
  },
  // SessionEnd of a process that lives: a conversation ended, and the next one has not begun yet.
  ended: (hooks, witness) => restingState(hooks, witness, 'idle'),
};

/** Between turns, by the hooks. A registry that is busy later than that saw work without a hook: bash mode, a queued prompt, a stop hook that goes on. */
function restingState(hooks: HookState, witness: Witness, state: AgentState): AgentVerdict {
  const told = fromHook(hooks, state, `${hooks.turn.event}: nothing came after it`);
  const { says } = witness;
  if (says === null || says === 'idle' || !overrules(witness, hooks.turn.since)) return told;
  if (says === 'busy')
    return fromRegistry(witness, 'working', {
      detail: null,
      rule: `the registry is busy after ${hooks.turn.event}: work that fires no hook`,
    });
  if (says === 'waiting') return waitingState(witness, told, hooks.call);
  return state === 'background'
    ? told
    : fromRegistry(witness, 'background', { detail: 'a background task runs', rule: 'the registry says shell' });
}

/** Waiting by the registry alone. A dialog that the user opened (`/config`) changes nothing: the user is there. */
function waitingState(witness: Witness, before: AgentVerdict, call: ToolCall | null): AgentVerdict {
  const waitingFor = witness.registry?.waitingFor ?? '';
  if (waitingFor === 'dialog open')
    return claudeAsks(witness) ?? { ...before, rule: `${before.rule}; the registry's "dialog open" is the user's own` };
  // The registry may be ahead of the PermissionRequest hook by some milliseconds, and in auto mode that may not come at all (2.1.332).
  const state = waitingFor === 'permission prompt' ? requestKind(call?.tool ?? null) : ownAt(WAITING, waitingFor);
  if (state === undefined) return before;
  return fromRegistry(witness, state, {
    detail: call?.detail ?? call?.tool ?? waitingFor,
    rule: `the registry waits for "${waitingFor}", which no hook told`,
  });
}
