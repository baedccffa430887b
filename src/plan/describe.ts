import { assertNever } from '../base/assertNever.ts';
import { oneLine, plural } from '../base/text.ts';
import type { Plan, Step } from './step.ts';

/** The plan as text, a line a step: `[3] -> #2 pane api: create-pane, not on the screen`. This is the dry run. */
export function describePlan(plan: Plan): string {
  const steps = plan.steps.length === 0 ? ['nothing to do'] : plan.steps.map(describeStep);
  const notes = plan.notes.map((note) => `note: ${oneLine(note)}`);
  const problems = plan.problems.map((problem) => `problem: ${oneLine(problem)}`);
  // What forbids the plan comes first: with a problem no step is taken.
  return [...problems, ...steps, ...notes].map((line) => `${line}\n`).join('');
}

/** One step as its line of the plan. */
export function describeStep(step: Step): string {
  const needs = step.needs.length === 0 ? '' : ` -> ${step.needs.map((id) => `#${id}`).join(',')}`;
  const detail = describeDetail(step);
  return oneLine(
    `[${step.id}]${needs} ${step.target}: ${step.kind}${detail === '' ? '' : ` ${detail}`}, ${step.cause}`,
  );
}

function describeDetail(step: Step): string {
  switch (step.kind) {
    case 'make-clone':
    case 'make-worktree':
      return `branch ${step.spec.branch} from ${describeBase(step.spec.base)}`;
    case 'begin-task':
      return `branch ${step.spec.branch} from ${describeBase(step.spec.base)}`;
    case 'run-setup':
      return `(${plural(step.spec.setup.length, 'command')})`;
    case 'arrange-window':
      return step.layout;
    case 'create-session':
    case 'create-window':
    case 'create-pane':
    case 'respawn-pane':
      return step.hold ? '(held: it stays ended)' : '';
    case 'adopt-pane':
      return step.hold ? '(held: it only offers to start)' : '';
    case 'fetch-mirror':
    case 'bring-work':
    case 'copy-files':
    case 'adopt-session':
    case 'relabel-pane':
    case 'add-line':
      return '';
    default:
      return assertNever(step);
  }
}

function describeBase(base: Extract<Step, { kind: 'make-clone' }>['spec']['base']): string {
  switch (base.kind) {
    case 'default':
      return "the remote's HEAD";
    case 'branch':
      return base.name;
    case 'pane':
      return `the tip of ${base.id}`;
    default:
      return assertNever(base);
  }
}
