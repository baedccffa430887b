import type { TreeSpec } from '../layout.ts';
import type { Normal, NormalPane } from '../normalize.ts';
import type { Problem } from '../problem.ts';
import type { Draft } from '../schema.ts';
import type { PromptTexts } from '../work.ts';
import type { World } from '../world.ts';

/** What a rule may look at: the layout as written (whatever of it could be read) and as decided. */
export interface Facts {
  /** The layout with its overlays, the user's defaults included. */
  readonly draft: Draft;
  /** The same without the user's defaults: what somebody wrote for this layout. */
  readonly written: Draft;
  readonly normal: Normal;
  readonly world: World;
  readonly texts: PromptTexts;
}

/** One thing that may be wrong across keys. Rules run even when shapes are wrong: every problem is told at once. */
export type Rule = (facts: Facts) => readonly Problem[];

export interface OwnTree extends NormalPane {
  readonly spec: TreeSpec;
}

/** The panes that get a clone or worktree of their own, in the order of the file. */
export function ownTrees({ normal }: Facts): readonly OwnTree[] {
  return normal.panes.flatMap((each) =>
    each.pane.tree.kind === 'own' ? [{ ...each, spec: each.pane.tree.spec }] : [],
  );
}
