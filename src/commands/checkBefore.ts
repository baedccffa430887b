import type { Context } from '../apply/context.ts';
import { oneLine, plural } from '../base/text.ts';
import { readCheckoutScope } from '../git/checkoutScope.ts';
import { refuseOldGit } from '../git/gitVersion.ts';
import { readLeftBehind } from '../git/leftBehind.ts';
import { refuseConflicts } from '../git/refuseConflicts.ts';
import { readUnsharedWork } from '../git/unsharedWork.ts';
import { readOwnLayouts } from '../store/trust.ts';
import type { LoadedFleet } from './loadFleet.ts';
import type { PlannedFleet } from './planFleet.ts';

interface Before {
  readonly planned: PlannedFleet;
  readonly loaded: LoadedFleet;
  /** True when new trees get the checkout's work. */
  readonly fromHere: boolean;
}

/** Refuses what cannot be done, before anything is made, and says what the new trees will not have. */
export async function checkBefore(
  context: Context,
  { planned: { plan, layout }, loaded, fromHere }: Before,
): Promise<void> {
  const { checkout } = loaded.world;
  for (const sentence of layout.inactive) context.talk(`note: ${sentence}`);
  if (checkout !== null && plan.steps.some((step) => step.kind === 'bring-work')) {
    await refuseConflicts(checkout.root, context.env);
    await sayLeftBehind(context, checkout.root);
  }
  const makesTrees = plan.steps.some((step) => step.kind === 'make-clone' || step.kind === 'make-worktree');
  if (makesTrees) await refuseOldGit(context.env);
  if (!makesTrees || checkout === null) return;
  const scope = plan.steps.some((step) => step.kind === 'make-clone')
    ? await readCheckoutScope(checkout.root, context.env)
    : null;
  if (scope !== null)
    context.talk(
      `note: ${checkout.root} is ${scope}; the clones have all files and the whole history. Smaller ones: \`setup: [git sparse-checkout set FOLDER]\` in the layout`,
    );
  if (fromHere) return;
  const { uncommitted, untracked, unpushed } = await readUnsharedWork(checkout, {
    ours: [loaded.path, ...(await readOwnLayouts(context.store))],
    env: context.env,
  });
  const parts = [
    count(uncommitted, 'uncommitted change'),
    count(untracked, 'untracked file'),
    count(unpushed, 'unpushed commit'),
  ].filter((part) => part !== '');
  if (parts.length > 0)
    context.talk(
      `note: ${checkout.root} has ${parts.join(', ')} that the clones will not have; --from-here brings them`,
    );
}

async function sayLeftBehind(context: Context, checkout: string): Promise<void> {
  const { submodules, repositories, staged } = await readLeftBehind(checkout, context.env);
  const parts = [
    named('changes or unpushed commits of the submodules', submodules),
    named('the repositories inside it', repositories),
    named('what is staged and differs from the file', staged),
  ].filter((part) => part !== '');
  if (parts.length > 0)
    context.talk(`note: --from-here does not bring all of ${checkout}; these stay there: ${parts.join('; ')}`);
}

function named(what: string, paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => `"${oneLine(path)}"`);
  const more = paths.length > shown.length ? [`${paths.length - shown.length} more`] : [];
  return paths.length === 0 ? '' : `${what}: ${[...shown, ...more].join(', ')}`;
}

function count(number: number, what: string): string {
  return number === 0 ? '' : plural(number, what);
}
