import type { Context } from '../apply/context.ts';
import { slug } from '../base/text.ts';
import { hasRef } from '../git/startPoint.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { KnownFleet } from './changeFleet.ts';

interface Naming {
  readonly loaded: KnownFleet;
  readonly id: string;
  readonly spec: TreeSpec;
  readonly text: string;
}

/** Words of a task that its branch is named after. */
const WORDS = 5;

/** A branch that neither the clone nor what it knows of origin has: the session's first one, and the task's first words. */
export async function freeBranch(context: Context, { loaded, id, spec, text }: Naming): Promise<string> {
  const pane = loaded.untasked.panes.find((candidate) => candidate.id === id);
  const first = pane?.tree.kind === 'own' ? pane.tree.spec.branch : spec.branch;
  const words = slug(text.split(/\s+/).slice(0, WORDS).join(' ')) || 'next';
  const wanted = `${first}-${words}`;
  let branch = wanted;
  for (let count = 2; await isTaken(context, spec.path, branch); count++) branch = `${wanted}-${count}`;
  return branch;
}

async function isTaken(context: Context, tree: string, branch: string): Promise<boolean> {
  const place = { tree, env: context.env };
  return (await hasRef(`refs/heads/${branch}`, place)) || (await hasRef(`refs/remotes/origin/${branch}`, place));
}
