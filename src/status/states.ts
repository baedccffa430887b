import type { AgentState } from './agentState.ts';

/** How a state is shown, and whether it waits for the user. One table: text, Markdown and the bar derive from it. Every mark takes one cell. */
export interface StateLook {
  readonly mark: string;
  /** The same for a terminal that draws ASCII alone. */
  readonly ascii: string;
  /** The same in a Nerd Font (its Font Awesome part, which all versions have in one place). */
  readonly nerd: string;
  /** A tmux colour name of the sixteen. */
  readonly color: string;
  readonly needsYou: boolean;
}

export const STATE_LOOKS: Readonly<Record<AgentState, StateLook>> = {
  starting: { mark: '…', ascii: '.', nerd: '\uf252', color: 'cyan', needsYou: false },
  blocked: { mark: '!', ascii: '!', nerd: '\uf071', color: 'red', needsYou: true },
  working: { mark: '●', ascii: '*', nerd: '\uf013', color: 'green', needsYou: false },
  permission: { mark: '?', ascii: '?', nerd: '\uf059', color: 'yellow', needsYou: true },
  question: { mark: '?', ascii: '?', nerd: '\uf059', color: 'yellow', needsYou: true },
  'plan-review': { mark: '?', ascii: '?', nerd: '\uf0ae', color: 'yellow', needsYou: true },
  done: { mark: '✓', ascii: '+', nerd: '\uf00c', color: 'blue', needsYou: false },
  idle: { mark: '○', ascii: 'o', nerd: '\uf10c', color: 'default', needsYou: false },
  background: { mark: '◐', ascii: '&', nerd: '\uf110', color: 'green', needsYou: false },
  error: { mark: '✗', ascii: 'x', nerd: '\uf00d', color: 'red', needsYou: true },
  limited: { mark: '◷', ascii: 'L', nerd: '\uf017', color: 'magenta', needsYou: true },
  waiting: { mark: '⧗', ascii: ':', nerd: '\uf04c', color: 'cyan', needsYou: false },
  running: { mark: '▶', ascii: '>', nerd: '\uf04b', color: 'default', needsYou: false },
  exited: { mark: '□', ascii: '_', nerd: '\uf04d', color: 'default', needsYou: false },
  crashed: { mark: '✗', ascii: 'X', nerd: '\uf188', color: 'red', needsYou: false },
  unknown: { mark: '-', ascii: '-', nerd: '\uf128', color: 'default', needsYou: false },
};

/** The look of a state that may come from a watcher of another version, or out of a damaged file: one that is not known looks unknown. */
export function lookOf(state: string): StateLook {
  return Object.hasOwn(STATE_LOOKS, state) ? STATE_LOOKS[state as AgentState] : STATE_LOOKS.unknown;
}
