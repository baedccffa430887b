import { answers, type Answers, type Reason } from './verbs.ts';

/** What matters for a verb beside the agent's state. */
export const CIRCUMSTANCES = [
  'insideAgent',
  'ownPane',
  'command',
  'shell',
  'offScreen',
  'suspended',
  'unreadable',
  'dialog',
  'notClaude',
  'elsewhere',
  'guest',
  'sharedPane',
  'sharedAgent',
  'tmuxMode',
  'draft',
  'unseenInput',
] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

export interface CircumstanceRow extends Reason {
  readonly verbs: Answers;
}

// The answers are in the order send, task, sync, close, restart, start, down, respawn, land.
export const CIRCUMSTANCE_ROWS: Readonly<Record<Circumstance, CircumstanceRow>> = {
  /** The command runs inside an agent, and the layout's `agents_may` does not name it. */
  insideAgent: {
    words: 'is not for agents to change',
    help: 'run it in a terminal of your own, or name the command in the layout: agents_may: [send]',
    loses: null,
    verbs: answers('no', 'no', 'yes', 'no', 'yes', 'no', 'no', 'yes', 'no'),
  },
  /** The command runs in the pane that it would end, and would be cut off with it. */
  ownPane: {
    words: 'is the session in whose pane this command runs, and that pane would end with the command half done',
    help: 'run it in another pane or terminal',
    loses: null,
    verbs: answers('yes', 'no', 'yes', 'no', 'no', 'no', 'yes', 'no', 'yes'),
  },
  /** A `run` pane. */
  command: {
    words: 'is a command, not an agent',
    help: 'type in its pane: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** The agent's program is a shell: it would run the text. */
  shell: {
    words: 'is a shell: it would run the text as a command',
    help: 'type in its pane: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** Its process lives in no pane of the fleet's tmux server. */
  offScreen: {
    words: 'runs, but in no pane of this tmux server',
    help: 'name the server it is in with -L or -S, or end it there',
    loses: null,
    verbs: answers('no', 'no', 'yes', 'no', 'no', 'yes', 'yes', 'no', 'no'),
  },
  /** Stopped (Ctrl-Z): it reads no key. */
  suspended: {
    words: 'is suspended (Ctrl-Z)',
    help: 'let it go on: r in its pane',
    loses: 'whatever it did before',
    verbs: answers('no', 'no', 'no', 'no', 'ask', 'yes', 'ask', 'no', 'no'),
  },
  /** Claude's registry cannot be read: a dialog would not be seen. */
  unreadable: {
    words: "cannot be asked what it does, for Claude's registry cannot be read",
    help: 'see why: claude-tmux explain {id}',
    loses: 'whatever it does',
    verbs: answers('no', 'no', 'no', 'no', 'ask', 'yes', 'ask', 'no', 'no'),
  },
  /** A menu of the user's own (`/config`), which leaves the state as it was. */
  dialog: {
    words: 'has a dialog open',
    help: 'close it first: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'no', 'no', 'no', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** An agent of another kind runs: whether it works is not known. */
  notClaude: {
    words: 'runs an agent that is not Claude: whether it works is not known',
    help: 'look at it first: claude-tmux go {id}',
    loses: 'what it does',
    verbs: answers('yes', 'ask', 'no', 'ask', 'ask', 'yes', 'ask', 'no', 'ask'),
  },
  /** Its agent works in a worktree or repository of its own, or outside its clone. */
  elsewhere: {
    words: 'works in another folder than its clone',
    help: 'let it come back first: claude-tmux status shows where it works',
    loses: 'its work there',
    verbs: answers('yes', 'no', 'no', 'ask', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** Processes of somebody's stand in its clone that are no part of the session. */
  guest: {
    words: 'has other processes running in its clone',
    help: 'end them, or leave the folder in that shell (cd), and try again',
    loses: null,
    verbs: answers('yes', 'no', 'yes', 'no', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** Another session, running or not, works in its clone. */
  sharedPane: {
    words: 'shares its clone with other sessions',
    help: 'close what shares it first',
    loses: null,
    verbs: answers('yes', 'yes', 'yes', 'no', 'yes', 'yes', 'yes', 'yes', 'yes'),
  },
  /** Another agent runs in its clone now. */
  sharedAgent: {
    words: 'shares its clone with another agent that runs',
    help: 'end that one first',
    loses: null,
    verbs: answers('yes', 'no', 'yes', 'no', 'yes', 'yes', 'yes', 'yes', 'no'),
  },
  /** tmux shows a chooser of its own over the pane and would take the keys. */
  tmuxMode: {
    words: "has one of tmux's own menus over its pane, which would take the keys",
    help: 'leave it with q: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
  },
  draft: {
    words: 'has a draft in its input line, which would be sent with the text',
    help: 'send or clear the draft first: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
  },
  unseenInput: {
    words: 'does not show its input line, so a draft in it cannot be ruled out',
    help: 'look at its pane, close what covers the input line (Esc, Ctrl-O), and send again: claude-tmux go {id}',
    loses: null,
    verbs: answers('no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
  },
};
