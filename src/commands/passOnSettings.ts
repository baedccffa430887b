import type { Context } from '../apply/context.ts';
import { oneLine } from '../base/text.ts';
import { findIgnored } from '../git/ignored.ts';
import { findLocalSettings } from '../git/localSettings.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import type { Layout, TreeSpec } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import type { Plan } from '../plan/step.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';

interface Passing {
  readonly checkout: World['checkout'];
  readonly layout: Layout;
  readonly plan: Plan;
  readonly record: Pick<FleetRecord, 'localSettings'>;
  readonly yes: boolean;
}

interface PassedOn {
  /** What the record keeps; null while nobody has answered. */
  readonly answer: boolean | null;
  /** Files to carry over, relative. */
  readonly names: readonly string[];
}

/**
 * `.claude/settings.local.json` of the checkout (what the user allowed there for good) goes into new trees on the user's yes, which is
 * asked for once. Only where the checkout is of the fleet's repository: what was allowed for one project is not allowed for another.
 */
export async function passOnSettings(context: Context, passing: Passing): Promise<PassedOn> {
  const { checkout, layout, record, yes } = passing;
  const [spec] = newTrees(passing);
  const isOurs = checkout !== null && isSameRepository(checkout.origin ?? checkout.root, layout.repo);
  if (spec === undefined || !isOurs || record.localSettings === false) return { answer: record.localSettings, names: [] };
  const names = await findCarried(context, { checkout: checkout.root, layout, spec });
  if (names.length === 0) return { answer: record.localSettings, names };
  if (record.localSettings === true || yes) return { answer: true, names };
  const what = `${names.map(oneLine).join(', ')} of ${checkout.root}`;
  if (!context.interactive) {
    context.talk(`note: what you allowed Claude in ${what} is not carried over without your yes; give --yes, or name the file in \`include\`.`);
    return { answer: null, names: [] };
  }
  const isYes = await context.askYes(`What you allowed Claude for this project is in ${what}, not in git. Copy it into this fleet's new clones? [y/N] `);
  return { answer: isYes, names: isYes ? names : [] };
}

function newTrees({ plan, layout }: Passing): readonly TreeSpec[] {
  return plan.steps.flatMap((step) => ((step.kind === 'make-clone' || step.kind === 'make-worktree') && step.spec.repo === layout.repo ? [step.spec] : []));
}

interface Place {
  readonly checkout: string;
  readonly layout: Layout;
  /** One of the new trees; `include` and `link` are the same for all of this repository. */
  readonly spec: TreeSpec;
}

/** What `include` or `link` brings is not carried as well: a copy would stand in the way of a link. */
async function findCarried({ env }: Context, { checkout, layout, spec }: Place): Promise<readonly string[]> {
  const names = await findLocalSettings(checkout, { dirs: layout.panes.flatMap((pane) => (pane.work.kind === 'agent' ? [pane.dir] : [])), env });
  if (names.length === 0) return names;
  const [copied, linked] = await Promise.all([findIgnored(checkout, { globs: spec.include, folders: false, env }), findIgnored(checkout, { globs: spec.link, folders: true, env })]);
  return names.filter((name) => !copied.includes(name) && !linked.some((link) => name === link || name.startsWith(`${link}/`)));
}
