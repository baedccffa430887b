import type { Context } from '../apply/context.ts';
import { findIgnored } from '../git/ignored.ts';
import { findLocalSettings } from '../git/localSettings.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import type { Layout, TreeSpec } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import type { Plan } from '../plan/step.ts';

interface Passing {
  readonly checkout: World['checkout'];
  readonly layout: Layout;
  readonly plan: Plan;
}

/**
 * `.claude/settings.local.json` files of the checkout (what the user allowed there for good) that new trees could have, relative. Only
 * where the checkout is of the fleet's repository: what was allowed for one project is not allowed for another.
 */
export async function findPassedOn(context: Context, { checkout, layout, plan }: Passing): Promise<readonly string[]> {
  const [spec] = newTrees(plan, layout);
  const isOurs = checkout !== null && isSameRepository(checkout.origin ?? checkout.root, layout.repo);
  return spec === undefined || !isOurs ? [] : findCarried(context, { checkout: checkout.root, layout, spec });
}

function newTrees(plan: Plan, layout: Layout): readonly TreeSpec[] {
  return plan.steps.flatMap((step) =>
    (step.kind === 'make-clone' || step.kind === 'make-worktree') && step.spec.repo === layout.repo ? [step.spec] : [],
  );
}

interface Place {
  readonly checkout: string;
  readonly layout: Layout;
  /** One of the new trees; `include` and `link` are the same for all of this repository. */
  readonly spec: TreeSpec;
}

/** What `include` or `link` brings is not carried as well: a copy would stand in the way of a link. */
async function findCarried({ env }: Context, { checkout, layout, spec }: Place): Promise<readonly string[]> {
  const names = await findLocalSettings(checkout, {
    dirs: layout.panes.flatMap((pane) => (pane.work.kind === 'agent' ? [pane.dir] : [])),
    env,
  });
  if (names.length === 0) return names;
  const [copied, linked] = await Promise.all([
    findIgnored(checkout, { globs: spec.include, folders: false, env }),
    findIgnored(checkout, { globs: spec.link, folders: true, env }),
  ]);
  return names.filter(
    (name) => !copied.includes(name) && !linked.some((link) => name === link || name.startsWith(`${link}/`)),
  );
}
