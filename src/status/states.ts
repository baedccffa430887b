import type { AgentState } from './agentState.ts';

/** How a state is shown, and whether it waits for the user. One table: text, Markdown and the bar derive from it. */
export interface StateLook {
  readonly mark: string;
  /** A tmux colour name of the sixteen. */
  readonly color: string;
  readonly needsYou: boolean;
}

export const STATE_LOOKS: Readonly<Record<AgentState, StateLook>> = {
  starting: { mark: '…', color: 'cyan', needsYou: false },
  blocked: { mark: '!', color: 'red', needsYou: true },
  working: { mark: '●', color: 'green', needsYou: false },
  permission: { mark: '?', color: 'yellow', needsYou: true },
  question: { mark: '?', color: 'yellow', needsYou: true },
  'plan-review': { mark: '?', color: 'yellow', needsYou: true },
  done: { mark: '✓', color: 'blue', needsYou: false },
  idle: { mark: '○', color: 'default', needsYou: false },
  background: { mark: '◐', color: 'green', needsYou: false },
  error: { mark: '✗', color: 'red', needsYou: true },
  limited: { mark: '◷', color: 'magenta', needsYou: true },
  waiting: { mark: '⧗', color: 'cyan', needsYou: false },
  running: { mark: '▶', color: 'default', needsYou: false },
  exited: { mark: '□', color: 'default', needsYou: false },
  crashed: { mark: '✗', color: 'red', needsYou: false },
  unknown: { mark: '-', color: 'default', needsYou: false },
};
