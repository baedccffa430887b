import type { Context } from '../apply/context.ts';
import { describeBlocked, findBlocking, readBranches, readMirrored } from '../git/blockedBranch.ts';
import { readOriginUrl } from '../git/checkout.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { Plan } from '../plan/step.ts';

/**
 * The plan with a note for each tree whose branch can never be pushed, as far as the last fetch of its repository tells; `up` fetches and
 * refuses it before the tree is made.
 */
export async function withUnpushable(context: Context, plan: Plan, checkout: string | null): Promise<Plan> {
  const known = new Map<string, readonly string[]>();
  const notes: string[] = [];
  for (const step of plan.steps) {
    if (step.kind !== 'make-clone' && step.kind !== 'make-worktree') continue;
    const { spec, pane } = step;
    const origins =
      known.get(spec.repo) ??
      (step.kind === 'make-worktree'
        ? (await readBranches(step.checkout, context.env)).origins
        : await readKnown(context, spec, checkout));
    known.set(spec.repo, origins);
    const blocking = findBlocking(spec.branch, origins);
    if (blocking !== null) notes.push(`"${pane}": ${describeBlocked(spec.branch, blocking)}`);
  }
  return { ...plan, notes: [...plan.notes, ...notes] };
}

/** Before the first fetch: what the checkout knows, when it is one of the same repository. */
async function readKnown(context: Context, { repo }: TreeSpec, checkout: string | null): Promise<readonly string[]> {
  const mirrored = await readMirrored(repo, context);
  if (mirrored !== null || checkout === null) return mirrored ?? [];
  const url = await readOriginUrl(checkout, context.env);
  return url !== null && isSameRepository(url, repo) ? (await readBranches(checkout, context.env)).origins : [];
}
