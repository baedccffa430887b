import type { AgentState } from '../status/agentState.ts';
import { lookOf } from '../status/states.ts';
import type { BarStyle } from './bar.ts';

/** What stands before a number or for a word; each takes one cell. The marks of states are in the table of states. */
export interface BarMarks {
  readonly changes: string;
  readonly conflicts: string;
  readonly operation: string;
  /** Before the branch of an agent that works in another tree than its own. */
  readonly elsewhere: string;
  readonly ahead: string;
  readonly behind: string;
  /** Between counts. */
  readonly dot: string;
  /** Where a text was cut. */
  readonly end: string;
}

export const BAR_MARKS: Readonly<Record<BarStyle['marks'], BarMarks>> = {
  unicode: {
    changes: '±',
    conflicts: '≠',
    operation: '↻',
    elsewhere: '⇢',
    ahead: '↑',
    behind: '↓',
    dot: '·',
    end: '…',
  },
  ascii: { changes: '~', conflicts: '!', operation: '@', elsewhere: '%', ahead: '^', behind: 'v', dot: ',', end: '.' },
  nerd: {
    changes: '\uf040',
    conflicts: '\uf127',
    operation: '\uf021',
    elsewhere: '\uf08e',
    ahead: '\uf062',
    behind: '\uf063',
    dot: '·',
    end: '…',
  },
};

/** The mark of a state, one cell. */
export function stateMark(state: AgentState, marks: BarStyle['marks']): string {
  const look = lookOf(state);
  return { unicode: look.mark, ascii: look.ascii, nerd: look.nerd }[marks];
}
