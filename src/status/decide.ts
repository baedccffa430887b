import { pasted } from '../base/pasted.ts';
import type { AgentState } from './agentState.ts';
import { CIRCUMSTANCE_ROWS, type Circumstance } from './circumstances.ts';
import { STATES } from './states.ts';
import { STRICTNESS, type Answer, type Answers, type Reason, type Verb } from './verbs.ts';

/** A session as far as a verb's decision depends on it. */
export interface Situation {
  readonly state: AgentState;
  readonly circumstances: readonly Circumstance[];
}

export interface Decision {
  readonly answer: Answer;
  /** What made it so, the most telling first; empty for a yes. */
  readonly reasons: readonly Reason[];
  /** True when a state alone made it so: it will end, and the verb can be tried again then. */
  readonly passes: boolean;
}

/** Whether a verb may be done to a session: the strictest answer of its state and of each circumstance. */
export function decide(verb: Verb, { state, circumstances }: Situation): Decision {
  const rows: readonly (Reason & { readonly verbs: Answers })[] = [
    ...circumstances.map((one) => CIRCUMSTANCE_ROWS[one]),
    STATES[state],
  ];
  const answer = STRICTNESS[Math.max(...rows.map(({ verbs }) => STRICTNESS.indexOf(verbs[verb])))] ?? 'no';
  const reasons = answer === 'yes' ? [] : rows.filter(({ verbs }) => verbs[verb] === answer);
  return {
    answer,
    reasons,
    passes:
      answer !== 'yes' &&
      !circumstances.some((one) => !PASSING.has(one) && CIRCUMSTANCE_ROWS[one].verbs[verb] === answer),
  };
}

/** They end by themselves, or by a key of the user's. */
const PASSING: ReadonlySet<Circumstance> = new Set<Circumstance>([
  'suspended',
  'unreadable',
  'dialog',
  'elsewhere',
  'guest',
]);

/** What was not done, for the end of a sentence. */
const UNDONE: Readonly<Record<Verb, string>> = {
  send: 'nothing was sent',
  task: 'it was given no task',
  sync: 'it was not synced',
  close: 'it was not closed',
  restart: 'it was not restarted',
  start: 'it was not started',
  down: 'it was not ended',
  respawn: 'its pane was left as it is',
  land: 'it was not landed',
};

export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** A refusal in words: the session, the reason, the command that helps. `detail` says more of the first reason. */
export function describeRefusal(
  verb: Verb,
  id: string,
  { decision, detail = null }: { readonly decision: Decision; readonly detail?: string | null },
): Refusal {
  const [reason] = decision.reasons;
  const words = reason?.words ?? 'cannot be changed now';
  const help = (reason?.help ?? 'claude-tmux explain {id}').replace('{id}', id);
  const yes =
    decision.answer === 'ask' ? `${help}; or ${pasted`${verb} ${id} --yes`}, which ${effectOf(verb, reason)}` : help;
  return { message: `"${id}" ${words}${detail === null ? '' : ` (${detail})`}; ${UNDONE[verb]}`, hint: yes };
}

/** The question of an `ask`: `"api" is working; restart ends its turn`. */
export function describeLoss(verb: Verb, id: string, { reasons: [reason] }: Decision): string {
  return `"${id}" ${reason?.words ?? 'runs'}; ${verb} ${effectOf(verb, reason)}`;
}

function effectOf(verb: Verb, reason: Reason | undefined): string {
  const loses = reason?.loses ?? 'whatever it does';
  return verb === 'sync' || verb === 'land' ? `changes files under ${loses}` : `ends ${loses}`;
}
