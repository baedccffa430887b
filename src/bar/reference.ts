import { AGENT_STATES } from '../status/agentState.ts';
import { lookOf } from '../status/states.ts';
import { BAR_MARKS, stateMark, type BarMarks } from './marks.ts';

/** The tables of marks in docs/status-bar.md. */
export function marksReference(): string {
  const facts = FACTS.map(
    ([mark, meaning]) => `| ${SETS.map((set) => code(BAR_MARKS[set][mark])).join(' | ')} | ${meaning} |`,
  );
  const states = AGENT_STATES.map(
    (state) => `| ${SETS.map((set) => code(stateMark(state, set))).join(' | ')} | \`${state}\` | ${colorOf(state)} |`,
  );
  return [
    '| Unicode | ASCII | Nerd Font | before |',
    '|---|---|---|---|',
    ...facts,
    '',
    '| Unicode | ASCII | Nerd Font | state ([what they mean](states.md)) | colour |',
    '|---|---|---|---|---|',
    ...states,
    '',
  ].join('\n');
}

const SETS = ['unicode', 'ascii', 'nerd'] as const;

const FACTS: readonly (readonly [keyof BarMarks, string])[] = [
  ['changes', 'changed files'],
  ['conflicts', 'files in conflict'],
  ['operation', 'a rebase, merge, cherry-pick, revert or bisect in progress (in words where there is room)'],
  ['elsewhere', 'the branch of another tree, in which the agent works (a worktree of its own)'],
  ['ahead', 'commits the branch is ahead'],
  ['behind', 'commits it is behind'],
];

/** Nerd Font marks are in a range that few fonts outside a terminal have: their code point is shown. */
function code(mark: string): string {
  const point = mark.codePointAt(0) ?? 0;
  return point >= 0xe000 && point <= 0xf8ff ? `U+${point.toString(16).toUpperCase()}` : `\`${mark}\``;
}

function colorOf(state: (typeof AGENT_STATES)[number]): string {
  const { color, needsYou } = lookOf(state);
  return needsYou ? `a ${color} block` : color === 'default' ? '' : color;
}
