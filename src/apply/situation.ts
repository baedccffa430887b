import { CIRCUMSTANCE_ROWS, type Circumstance } from '../status/circumstances.ts';
import { decide, type Decision, type Situation } from '../status/decide.ts';
import { STATES } from '../status/states.ts';
import type { Reason, Verb } from '../status/verbs.ts';
import type { SessionEvidence } from './readEvidence.ts';

export type Known = Pick<SessionEvidence, 'session' | 'facts' | 'verdict' | 'elsewhere'>;

/** A session's state with every circumstance that its own evidence shows; `more` are those that only the verb knows. */
export function situationOf(
  { session, facts, verdict, elsewhere }: Known,
  more: readonly Circumstance[] = [],
): Situation {
  const registry = facts?.registry ?? null;
  const alive = facts?.alive === true;
  const holds: Readonly<Partial<Record<Circumstance, boolean>>> = {
    command: session.kind === 'command',
    suspended: facts?.suspended === true,
    unreadable: alive && (facts.registryProblem ?? null) !== null,
    // A menu of the user's own; Claude's questions are states.
    dialog: registry?.status === 'waiting' && registry.waitingFor === 'dialog open',
    elsewhere: elsewhere !== null,
    notClaude: alive && session.kind === 'agent' && !session.isClaude,
  };
  const own = Object.entries(holds).flatMap(([name, is]) => (is ? [name as Circumstance] : []));
  return { state: verdict.state, circumstances: [...more, ...own] };
}

/** The decision about one session, with more of its first reason. */
export function decideFor(
  verb: Verb,
  evidence: Known,
  more: readonly Circumstance[] = [],
): { readonly decision: Decision; readonly detail: string | null } {
  const decision = decide(verb, situationOf(evidence, more));
  const details = new Map<Reason | undefined, string | null>([
    [STATES[evidence.verdict.state], evidence.verdict.detail],
    [CIRCUMSTANCE_ROWS.elsewhere, evidence.elsewhere?.folder ?? null],
  ]);
  return { decision, detail: details.get(decision.reasons[0]) ?? null };
}
