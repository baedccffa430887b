import type { AgentState } from './agentState.ts';
import { answers, type Answers, type Reason } from './verbs.ts';

/** How the bar counts a state. */
export type CountKind = 'needsYou' | 'working' | 'background' | 'unknown' | 'ok';

/** All that follows from a state alone. Text, Markdown, the bar, and every verb derive from this; nothing else compares states. */
export interface StateRow extends Reason {
  /** One cell. */
  readonly mark: string;
  /** The same for a terminal that draws ASCII alone. */
  readonly ascii: string;
  /** The same in a Nerd Font (its Font Awesome part, which all versions have in one place). */
  readonly nerd: string;
  /** A tmux colour name of the sixteen. */
  readonly color: string;
  /** True when it waits for the user (product: blocked, permission, question, plan-review, error, limited, crashed). */
  readonly needsYou: boolean;
  readonly counts: CountKind;
  /** Which session of a window lends it its mark: the highest rank. */
  readonly rank: number;
  /** Of a pipeline's stage: not begun, going on, over. */
  readonly progress: 'ahead' | 'on' | 'over';
  /** True when a process of it lives. */
  readonly lives: boolean;
  /** True between turns, when a prompt is taken at once. */
  readonly rests: boolean;
  /** True when a turn goes on, so that a prompt is queued. */
  readonly queues: boolean;
  /** True when a turn ended that the user has not looked at. */
  readonly unseen: boolean;
  /** What it means for a session that was started just now: it asks and cannot go on, or it is over; null for neither. */
  readonly atStart: 'asks' | 'over' | null;
  /** Milliseconds until a look that no event calls for; null when an event will end the state. */
  readonly lookAgain: number | null;
  readonly verbs: Answers;
}

const ANSWER = 'answer it first: claude-tmux go {id}';
const LOOK = 'see what is known of it: claude-tmux explain {id}';
const UNSENT = 'start it first: claude-tmux start {id}, or r in its pane';
const NOTHING = { rests: false, queues: false, unseen: false, atStart: null, lookAgain: null };
const ON = { ...NOTHING, progress: 'on', lives: true } as const;
const ENDED = { ...NOTHING, progress: 'over', lives: false, atStart: 'over' } as const;
const DIALOG = {
  ...ON,
  color: 'yellow',
  needsYou: true,
  counts: 'needsYou',
  rank: 11,
  help: ANSWER,
  loses: 'its turn, and the question stays unanswered',
} as const;
/** A dialog in the middle of a turn. */
const ASKED = answers('no', 'no', 'no', 'no', 'ask', 'yes', 'ask', 'no', 'no');
/** Nothing is lost by ending it. */
const FREE = answers('yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'no', 'yes');
/** Its files may be in the middle of a change. */
const STOPPED = answers('yes', 'yes', 'no', 'yes', 'yes', 'yes', 'yes', 'no', 'no');
/** Only what was started at all can be given a text. */
const GONE = answers('no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes');

// The answers are in the order send, task, sync, close, restart, start, down, respawn, land.
export const STATES: Readonly<Record<AgentState, StateRow>> = {
  starting: {
    ...ON,
    mark: '…',
    ascii: '.',
    nerd: '\uf252',
    color: 'cyan',
    needsYou: false,
    counts: 'working',
    rank: 8,
    lookAgain: 1000,
    words: 'is still starting',
    help: 'try again in a moment',
    loses: null,
    verbs: answers('no', 'no', 'no', 'no', 'yes', 'yes', 'yes', 'no', 'no'),
  },
  blocked: {
    ...ON,
    mark: '!',
    ascii: '!',
    nerd: '\uf071',
    color: 'red',
    needsYou: true,
    counts: 'needsYou',
    rank: 11,
    atStart: 'asks',
    lookAgain: 3000,
    words: 'shows a start-up dialog',
    help: ANSWER,
    loses: null,
    verbs: answers('no', 'no', 'no', 'no', 'yes', 'yes', 'yes', 'no', 'no'),
  },
  working: {
    ...ON,
    mark: '●',
    ascii: '*',
    nerd: '\uf013',
    color: 'green',
    needsYou: false,
    counts: 'working',
    rank: 9,
    queues: true,
    words: 'is working',
    help: 'wait for the end of its turn, or press Esc in its pane',
    loses: 'its turn',
    verbs: answers('yes', 'no', 'no', 'no', 'ask', 'yes', 'ask', 'no', 'no'),
  },
  permission: { ...DIALOG, mark: '?', ascii: '?', nerd: '\uf059', words: 'asks for a permission', verbs: ASKED },
  question: { ...DIALOG, mark: '?', ascii: '?', nerd: '\uf059', words: 'asks a question', verbs: ASKED },
  'plan-review': { ...DIALOG, mark: '?', ascii: '?', nerd: '\uf0ae', words: 'shows a plan to review', verbs: ASKED },
  done: {
    ...ON,
    mark: '✓',
    ascii: '+',
    nerd: '\uf00c',
    color: 'blue',
    needsYou: false,
    counts: 'ok',
    rank: 6,
    progress: 'over',
    rests: true,
    unseen: true,
    words: 'has finished its turn',
    help: LOOK,
    loses: null,
    verbs: FREE,
  },
  idle: {
    ...ON,
    mark: '○',
    ascii: 'o',
    nerd: '\uf10c',
    color: 'default',
    needsYou: false,
    counts: 'ok',
    rank: 4,
    progress: 'over',
    rests: true,
    words: 'is idle',
    help: LOOK,
    loses: null,
    verbs: FREE,
  },
  background: {
    ...ON,
    mark: '◐',
    ascii: '&',
    nerd: '\uf110',
    color: 'green',
    needsYou: false,
    counts: 'background',
    rank: 7,
    words: 'has a background task running',
    help: 'end the task in its pane (/tasks)',
    loses: 'its background task',
    verbs: answers('yes', 'ask', 'ask', 'ask', 'ask', 'yes', 'ask', 'no', 'ask'),
  },
  error: {
    ...ON,
    mark: '✗',
    ascii: 'x',
    nerd: '\uf00d',
    color: 'red',
    needsYou: true,
    counts: 'needsYou',
    rank: 11,
    progress: 'over',
    words: 'stopped in mid-turn with an error',
    help: 'let it go on: claude-tmux send {id} continue',
    loses: null,
    verbs: STOPPED,
  },
  limited: {
    ...ON,
    mark: '◷',
    ascii: 'L',
    nerd: '\uf017',
    color: 'magenta',
    needsYou: true,
    counts: 'needsYou',
    rank: 11,
    progress: 'over',
    words: 'stopped in mid-turn at a usage limit',
    help: 'let it go on after the reset: claude-tmux send {id} continue',
    loses: null,
    verbs: STOPPED,
  },
  waiting: {
    ...ENDED,
    mark: '⧗',
    ascii: ':',
    nerd: '\uf04c',
    color: 'cyan',
    needsYou: false,
    counts: 'ok',
    rank: 1,
    progress: 'ahead',
    atStart: null,
    words: 'has not been started',
    help: UNSENT,
    loses: null,
    verbs: GONE,
  },
  running: {
    ...ON,
    mark: '▶',
    ascii: '>',
    nerd: '\uf04b',
    color: 'default',
    needsYou: false,
    counts: 'ok',
    rank: 3,
    words: 'runs',
    help: LOOK,
    loses: null,
    verbs: FREE,
  },
  exited: {
    ...ENDED,
    mark: '□',
    ascii: '_',
    nerd: '\uf04d',
    color: 'default',
    needsYou: false,
    counts: 'ok',
    rank: 2,
    words: 'has ended',
    help: UNSENT,
    loses: null,
    verbs: GONE,
  },
  crashed: {
    ...ENDED,
    mark: '✗',
    ascii: 'X',
    nerd: '\uf188',
    color: 'red',
    needsYou: true,
    counts: 'needsYou',
    rank: 10,
    words: 'has crashed',
    help: UNSENT,
    loses: null,
    verbs: GONE,
  },
  unknown: {
    ...ON,
    mark: '-',
    ascii: '-',
    nerd: '\uf128',
    color: 'default',
    needsYou: false,
    counts: 'unknown',
    rank: 5,
    progress: 'over',
    lookAgain: 3000,
    words: 'is in an unknown state',
    help: LOOK,
    loses: 'whatever it does',
    verbs: answers('no', 'no', 'no', 'no', 'ask', 'yes', 'ask', 'no', 'no'),
  },
};

/** The look of a state that may come from a watcher of another version, or out of a damaged file: one that is not known looks unknown. */
export function lookOf(state: string): StateRow {
  return Object.hasOwn(STATES, state) ? STATES[state as AgentState] : STATES.unknown;
}
