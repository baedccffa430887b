import { ownAt } from '../base/record.ts';
import type { HookEvent } from './hookEvent.ts';
import { parseLimit } from './usageLimit.ts';

/** What the hooks of one agent have told so far. Folding more events into it is all there is: no event is ever needed twice. */
export interface HookState {
  /** Claude's conversation id: the latest SessionStart's. */
  readonly conversation: string | null;
  readonly model: string | null;
  readonly permissionMode: string | null;
  readonly turn: Turn;
  /** Dialogs that no event has closed, oldest first. */
  readonly open: readonly OpenDialog[];
  readonly lastPrompt: string | null;
  /** When the latest prompt came, whoever gave it; milliseconds since 1970. */
  readonly promptedAt: number | null;
  /** The event folded last, and its time in milliseconds since 1970. */
  readonly last: { readonly event: string; readonly time: number };
}

export interface Turn {
  readonly phase: 'idle' | 'working' | 'done' | 'background' | 'error' | 'limited' | 'ended';
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly detail: string | null;
  /** The event that set it. */
  readonly event: string;
  /** Time of the last event that shows work in this turn; what is older in the registry has been overtaken. */
  readonly activeAt: number;
  /** When a usage limit ends, if Claude said so. */
  readonly until: number | null;
}

export interface OpenDialog {
  readonly kind: 'permission' | 'question' | 'plan-review' | 'elicitation';
  /** Who asks and for what: an answer closes the dialog with its key. */
  readonly key: string;
  readonly since: number;
  readonly detail: string | null;
  readonly event: string;
}

/** The state after one more event; `state` is null before the first. Events of sub-agents open and close dialogs and do no more. */
export function foldHookEvent(state: HookState | null, event: HookEvent): HookState {
  const before = state ?? fresh(event);
  const next = ownAt(RULES, event.event)?.(before, event) ?? before;
  return {
    ...next,
    model: event.model ?? next.model,
    permissionMode: event.permissionMode ?? next.permissionMode,
    last: { event: event.event, time: event.time },
  };
}

/** An interrupt that the transcript noted after the last sign of work ends the turn and turns down what was asked before it. */
export function withInterrupt(state: HookState | null, at: number | null): HookState | null {
  if (state === null || at === null || at <= state.turn.activeAt || state.turn.phase !== 'working') return state;
  const turnedDown: Turn = { phase: 'idle', since: at, detail: 'interrupted', event: 'an interrupt in the transcript', activeAt: at, until: null };
  return { ...state, turn: turnedDown, open: state.open.filter(({ since }) => since > at) };
}

function fresh(event: HookEvent): HookState {
  return { conversation: event.sessionId, model: null, permissionMode: null, turn: turn('idle', event), open: [], lastPrompt: null, promptedAt: null, last: { event: event.event, time: event.time } };
}

function turn(phase: Turn['phase'], event: HookEvent, detail: string | null = null): Turn {
  return { phase, since: event.time, detail, event: event.event, activeAt: event.time, until: null };
}

/** A turn that goes on keeps its beginning; only what it does now changes. */
function goesOn(state: HookState, event: HookEvent, detail: string | null): Turn {
  const { turn: now } = state;
  return now.phase === 'working' ? { ...now, detail, event: event.event, activeAt: event.time } : turn('working', event, detail);
}

type Rule = (state: HookState, event: HookEvent) => HookState;

/** A rule for each event; one that is not here changes nothing. From recorded runs of Claude Code 2.1.197. */
const RULES: Readonly<Record<string, Rule>> = {
  SessionStart: (state, event) => (event.kind === 'compact' ? state : { ...state, conversation: event.sessionId, turn: turn('idle', event), open: [] }),
  // The process lives on under another conversation after /clear and /resume: SessionStart follows.
  SessionEnd: (state, event) => (event.kind === 'clear' || event.kind === 'resume' ? state : { ...state, turn: turn('ended', event, event.kind), open: [] }),
  UserPromptSubmit: (state, event) => ({
    ...state,
    turn: turn('working', event),
    open: [],
    // A background task that ends by itself submits a prompt too, and that is not the user's.
    promptedAt: event.time,
    lastPrompt: event.detail?.startsWith('<task-notification>') === true ? state.lastPrompt : event.detail,
  }),
  PreToolUse: (state, event) => (event.agentId === null ? { ...state, turn: goesOn(state, event, event.tool) } : state),
  PermissionRequest: (state, event) => opened(state, event, { kind: requestKind(event.tool), key: keyOf(event) }),
  PostToolUse: afterTool,
  PostToolUseFailure: afterTool,
  // All calls of this step are through, so nothing of this agent can still be asked.
  PostToolBatch: (state, event) => ({ ...state, turn: event.agentId === null ? goesOn(state, event, null) : state.turn, open: without(state.open, agentKey(event)) }),
  Elicitation: (state, event) => opened(state, event, { kind: 'elicitation', key: 'elicitation' }),
  ElicitationResult: (state, event) => ({ ...state, turn: goesOn(state, event, null), open: without(state.open, 'elicitation') }),
  Notification: notified,
  Stop: (state, event) => (event.agentId === null ? { ...state, turn: turn(event.background ? 'background' : 'done', event, event.detail), open: [] } : state),
  StopFailure: (state, event) => (event.agentId === null ? { ...state, turn: failed(event), open: [] } : state),
  // Compaction ends with a SubagentStop of an agent without a type: no rule for it, and none for sub-agents' ends but closing their dialogs.
  SubagentStop: (state, event) => ({ ...state, open: event.agentId === null ? state.open : without(state.open, agentKey(event)) }),
  PreCompact: (state, event) => ({ ...state, turn: goesOn(state, event, 'compacting') }),
  PostCompact: (state, event) => ({ ...state, turn: event.kind === 'manual' ? turn('idle', event) : goesOn(state, event, null) }),
};

const REQUESTS: Readonly<Record<string, 'question' | 'plan-review'>> = { AskUserQuestion: 'question', ExitPlanMode: 'plan-review' };

/** What the permission dialog of a tool is: Claude asks its questions, and shows its plans, through one. */
export function requestKind(tool: string | null): 'permission' | 'question' | 'plan-review' {
  return ownAt(REQUESTS, tool ?? '') ?? 'permission';
}

function agentKey({ agentId }: HookEvent): string {
  return `${agentId ?? ''}/`;
}

function keyOf(event: HookEvent): string {
  return `${agentKey(event)}${event.tool ?? ''}`;
}

/** `prefix` is a dialog's whole key, or `agent/` for all of an agent's. */
function without(open: readonly OpenDialog[], prefix: string): readonly OpenDialog[] {
  return open.filter(({ key }) => key !== prefix && !(prefix.endsWith('/') && key.startsWith(prefix)));
}

function opened(state: HookState, event: HookEvent, dialog: Pick<OpenDialog, 'kind' | 'key'>): HookState {
  const entry = { ...dialog, since: event.time, detail: event.detail, event: event.event };
  return { ...state, turn: goesOn(state, event, state.turn.detail), open: [...without(state.open, dialog.key), entry] };
}

function afterTool(state: HookState, event: HookEvent): HookState {
  return { ...state, turn: event.agentId === null ? goesOn(state, event, null) : state.turn, open: without(state.open, keyOf(event)) };
}

/** Late by six seconds and more, and without the reason: of use only for what no other event told. */
function notified(state: HookState, event: HookEvent): HookState {
  const asks = event.kind === 'permission_prompt' || event.kind === 'worker_permission_prompt';
  return asks && state.open.length === 0 ? opened(state, event, { kind: 'permission', key: 'notified' }) : state;
}

function failed(event: HookEvent): Turn {
  const limit = event.kind === 'rate_limit' ? parseLimit(event.detail ?? '', event.time) : null;
  if (limit === null) return turn('error', event, event.detail ?? event.kind);
  return { ...turn('limited', event, event.detail), until: limit.until };
}
