import { ownAt } from '../base/record.ts';
import type { HookEvent } from './hookEvent.ts';
import type { NotedLimit } from './transcript.ts';
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
  /** The tool that was begun last and has not ended: what a dialog asks for that only the registry reports. */
  readonly call: ToolCall | null;
  readonly lastPrompt: string | null;
  /** When the latest prompt came, whoever gave it; milliseconds since 1970. */
  readonly promptedAt: number | null;
  /** The event folded last, and its time in milliseconds since 1970. */
  readonly last: { readonly event: string; readonly time: number };
}

export interface Turn {
  /** `subagents`: the turn is over, and agents that it started work on. */
  readonly phase: 'idle' | 'working' | 'done' | 'background' | 'subagents' | 'error' | 'limited' | 'ended';
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

export interface ToolCall {
  /** As a dialog's. */
  readonly key: string;
  readonly tool: string | null;
  /** What it is to do, in the words of a permission dialog. */
  readonly detail: string | null;
}

export interface OpenDialog {
  /** `notice`: a question of Claude's own, reported by a notification alone. */
  readonly kind: 'permission' | 'question' | 'plan-review' | 'elicitation' | 'notice';
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
  const turnedDown: Turn = {
    phase: 'idle',
    since: at,
    detail: 'interrupted',
    event: 'an interrupt in the transcript',
    activeAt: at,
    until: null,
  };
  return { ...state, turn: turnedDown, open: state.open.filter(({ since }) => since > at) };
}

function fresh(event: HookEvent): HookState {
  return {
    conversation: event.sessionId,
    model: null,
    permissionMode: null,
    turn: turn('idle', event),
    open: [],
    call: null,
    lastPrompt: null,
    promptedAt: null,
    last: { event: event.event, time: event.time },
  };
}

function turn(phase: Turn['phase'], event: HookEvent, detail: string | null = null): Turn {
  return { phase, since: event.time, detail, event: event.event, activeAt: event.time, until: null };
}

/** A turn that goes on keeps its beginning; only what it does now changes. */
function goesOn(state: HookState, event: HookEvent, detail: string | null): Turn {
  const { turn: now } = state;
  return now.phase === 'working'
    ? { ...now, detail, event: event.event, activeAt: event.time }
    : turn('working', event, detail);
}

/** A limit that the transcript noted is the reason of a failed turn, or of one whose end no event has reported; it knows best when it ends. */
export function withLimit(state: HookState | null, limit: NotedLimit | null): HookState | null {
  if (state === null || limit === null) return state;
  const { turn: now } = state;
  const isFailed = now.phase === 'error' || now.phase === 'limited';
  if (!isFailed && (now.phase !== 'working' || limit.at <= now.activeAt)) return state;
  const told = isFailed
    ? now
    : { ...now, since: limit.at, event: 'a usage limit in the transcript', activeAt: limit.at };
  return {
    ...state,
    turn: { ...told, phase: 'limited', detail: limit.detail ?? now.detail, until: limit.until ?? now.until },
    open: isFailed ? state.open : [],
  };
}

type Rule = (state: HookState, event: HookEvent) => HookState;

/** A rule for each event; one that is not here changes nothing. From recorded runs of Claude Code 2.1.197 and 2.1.332. */
const RULES: Readonly<Record<string, Rule>> = {
  SessionStart: (state, event) =>
    event.kind === 'compact'
      ? state
      : { ...state, conversation: event.sessionId, turn: turn('idle', event), open: [], call: null },
  // The process lives on under another conversation after /clear and /resume: SessionStart follows.
  SessionEnd: (state, event) =>
    event.kind === 'clear' || event.kind === 'resume'
      ? state
      : { ...state, turn: turn('ended', event, event.kind), open: [], call: null },
  UserPromptSubmit: (state, event) => ({
    ...state,
    turn: turn('working', event),
    open: state.turn.phase === 'subagents' ? ofSubagents(state.open) : [],
    call: null,
    promptedAt: event.time,
    lastPrompt: isOwnPrompt(event.detail) ? state.lastPrompt : event.detail,
  }),
  PreToolUse: (state, event) => ({
    ...state,
    turn: event.agentId === null ? goesOn(state, event, event.tool) : state.turn,
    call: { key: keyOf(event), tool: event.tool, detail: event.detail },
  }),
  PermissionRequest: (state, event) => opened(state, event, { kind: requestKind(event.tool), key: keyOf(event) }),
  PostToolUse: afterTool,
  PostToolUseFailure: afterTool,
  // All calls of this step are through, so nothing of this agent can still be asked.
  PostToolBatch: (state, event) => ({
    ...state,
    turn: event.agentId === null ? goesOn(state, event, null) : state.turn,
    ...through(state, agentKey(event)),
  }),
  Elicitation: (state, event) => opened(state, event, { kind: 'elicitation', key: 'elicitation' }),
  ElicitationResult: (state, event) => ({
    ...state,
    turn: goesOn(state, event, null),
    open: without(state.open, 'elicitation'),
  }),
  Notification: notified,
  Stop: (state, event) => (event.agentId === null ? stopped(state, event) : state),
  StopFailure: (state, event) =>
    event.agentId === null ? { ...state, turn: failed(event), open: [], call: null } : state,
  // Compaction ends with a SubagentStop of an agent without a type: no rule for it, and none for sub-agents' ends but closing their dialogs.
  SubagentStop: (state, event) => (event.agentId === null ? state : { ...state, ...through(state, agentKey(event)) }),
  PreCompact: (state, event) => ({ ...state, turn: goesOn(state, event, 'compacting') }),
  PostCompact: (state, event) => ({
    ...state,
    turn: event.kind === 'manual' ? turn('idle', event) : goesOn(state, event, null),
  }),
};

const REQUESTS: Readonly<Record<string, 'question' | 'plan-review'>> = {
  AskUserQuestion: 'question',
  ExitPlanMode: 'plan-review',
};

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
  return open.filter(({ key }) => !isOf(key, prefix));
}

function isOf(key: string, prefix: string): boolean {
  return key === prefix || (prefix.endsWith('/') && key.startsWith(prefix));
}

/** What is still asked, and done, when all of an agent's (`agent/`) or one call of it (its whole key) is over. */
function through({ open, call }: HookState, prefix: string): Pick<HookState, 'open' | 'call'> {
  return { open: without(open, prefix), call: call === null || isOf(call.key, prefix) ? null : call };
}

/** Sub-agents work in the background (2.1.332), and what they ask outlives their parent's turn. */
function ofSubagents(open: readonly OpenDialog[]): readonly OpenDialog[] {
  return open.filter(({ key }) => /^[^/]+\//.test(key));
}

const PHASE_BEHIND: Readonly<Record<HookEvent['background'], Turn['phase']>> = {
  nothing: 'done',
  task: 'background',
  subagent: 'subagents',
};

function stopped(state: HookState, event: HookEvent): HookState {
  const over = turn(PHASE_BEHIND[event.background], event, event.detail);
  if (event.background !== 'subagent') return { ...state, turn: over, open: [], call: null };
  return {
    ...state,
    turn: over,
    open: ofSubagents(state.open),
    call: state.call?.key.startsWith('/') === true ? null : state.call,
  };
}

/** A prompt that Claude Code gives itself: a background task has ended, a usage limit is over. */
function isOwnPrompt(prompt: string | null): boolean {
  return OWN_PROMPTS.some((beginning) => prompt?.startsWith(beginning) === true);
}

const OWN_PROMPTS: readonly string[] = ['<task-notification>', 'Your claude.ai usage limit has reset.'];

function opened(state: HookState, event: HookEvent, dialog: Pick<OpenDialog, 'kind' | 'key'>): HookState {
  const entry = { ...dialog, since: event.time, detail: event.detail, event: event.event };
  const isBehind = event.agentId !== null && state.turn.phase === 'subagents';
  return {
    ...state,
    turn: isBehind ? state.turn : goesOn(state, event, state.turn.detail),
    open: [...without(state.open, dialog.key), entry],
  };
}

function afterTool(state: HookState, event: HookEvent): HookState {
  return {
    ...state,
    turn: event.agentId === null ? goesOn(state, event, null) : state.turn,
    ...through(state, keyOf(event)),
  };
}

/** Late by six seconds and more: of use only for what no other event reported. */
function notified(state: HookState, event: HookEvent): HookState {
  if (state.open.length > 0) return state;
  switch (event.kind) {
    case 'permission_prompt':
      return opened(
        state,
        { ...event, detail: state.call?.detail ?? event.detail },
        { kind: requestKind(state.call?.tool ?? null), key: state.call?.key ?? 'notified' },
      );
    case 'worker_permission_prompt':
      return opened(state, event, { kind: 'permission', key: 'notified' });
    case 'agent_needs_input':
      // The turn stays as it is: whether the notice is of this session, the registry says.
      return {
        ...state,
        open: [{ kind: 'notice', key: '/notice', since: event.time, detail: event.detail, event: event.event }],
      };
    default:
      return state;
  }
}

function failed(event: HookEvent): Turn {
  const limit = event.kind === 'rate_limit' ? parseLimit(event.detail ?? '', event.time) : null;
  if (limit === null) return turn('error', event, event.detail ?? event.kind);
  return { ...turn('limited', event, event.detail), until: limit.until };
}
