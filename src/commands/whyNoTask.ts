import type { SessionEvidence } from '../apply/readEvidence.ts';
import { treeOwnerId, type Layout, type Pane } from '../layout/layout.ts';
import type { AgentState } from '../status/agentState.ts';

/** Why this session cannot be given another task now (completes `"api" …`); null when it can. */
export function whyNoTask(pane: Pane, layout: Layout, evidence: readonly SessionEvidence[]): string | null {
  if (pane.work.kind === 'command') return 'is a command, not an agent';
  if (pane.tree.kind === 'of') return `works in the clone of "${pane.tree.id}"; give that one the task`;
  if (pane.tree.kind === 'checkout') return 'works in your own checkout, which has no branches of its own to begin a task on';
  const own = evidence.find(({ session }) => session.id === pane.id);
  if (own?.facts?.suspended === true) return 'is suspended (Ctrl-Z); press r in its pane first';
  const busy = own === undefined ? undefined : BUSY[own.verdict.state];
  if (busy !== undefined) return busy;
  const guest = evidence.find(({ session, facts }) => session.id !== pane.id && session.kind === 'agent' && facts?.alive === true && isIn(session.id, layout, pane));
  return guest === undefined ? null : `shares its clone with the agent "${guest.session.id}", which runs; end that one first`;
}

const BUSY: Partial<Record<AgentState, string>> = {
  working: 'is in the middle of a turn; wait for its end, or press Esc in its pane',
  background: 'has a background task running; wait for its end, or stop it in its pane',
  permission: 'asks for a permission; answer it first',
  question: 'asks a question; answer it first',
  'plan-review': 'shows a plan to review; answer it first',
  blocked: 'shows a start-up dialog; answer it first',
  starting: 'is still starting; try again in a moment',
  unknown: 'is in a state that cannot be told; look at it first',
};

function isIn(id: string, layout: Layout, owner: Pane): boolean {
  const pane = layout.panes.find((candidate) => candidate.id === id);
  return pane !== undefined && treeOwnerId(pane) === owner.id;
}
