import type { Context } from '../apply/context.ts';
import { readNamedFiles, type NamedFile } from '../apply/readNamedFiles.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { treeOwnerId, type Pane } from '../layout/layout.ts';
import type { Plan, Step } from '../plan/step.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readDecision, trustLayout } from '../store/trust.ts';
import type { LoadedFleet } from './loadFleet.ts';
import { fileKey, fileRow, rowsOf, trustSubject, untrustedSources } from './trustSubject.ts';

interface Clones {
  readonly loaded: LoadedFleet;
  readonly plan: Plan;
  /** The record as it was before. */
  readonly before: FleetRecord | null;
  readonly yes: boolean;
}

interface InClone {
  readonly id: string;
  readonly root: string;
  readonly file: NamedFile;
}

/**
 * The files that a layout names are of the clone that runs them, and its commit may be another than the checkout's: whatever a new
 * clone has that the user has not agreed to is shown and asked for, before anything starts in it.
 */
export async function trustClones(context: Context, { loaded, plan, before, yes }: Clones): Promise<void> {
  if ((await untrustedSources(context, loaded)).length === 0) return;
  const found = filesInClones(context, { loaded, plan, before });
  if (found.length === 0) return;
  const written = { path: loaded.path, read: loaded.untasked, world: loaded.world };
  const subject = await trustSubject(context, written);
  const decision = await readDecision(context.store, subject);
  const known = new Set(decision?.files ?? []);
  const strange = found.filter(({ file }) => !known.has(fileKey(file)));
  if (strange.length === 0) return;
  if (!yes) await ask(context, strange);
  const files = strange.map(({ file }) => fileKey(file));
  await trustLayout(context.store, { ...subject, by: decision?.by ?? 'answer', rows: decision?.rows ?? [], files }, new Date(context.now()));
}

async function ask(context: Context, strange: readonly InClone[]): Promise<void> {
  const byText = new Map<string, InClone[]>();
  for (const each of strange) byText.set(fileKey(each.file), [...(byText.get(fileKey(each.file)) ?? []), each]);
  const lines = [...byText.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [`  ${oneLine([first, ...more].map(({ id }) => id).join(', '))}: ${oneLine(fileRow(first.file).text)}; look at it in ${oneLine(first.root)}`],
  );
  context.talk(['The new clones have files that the layout names and that you have not agreed to (your checkout has others, or none):', ...lines].join('\n'));
  const hint = 'the clones are kept, and nothing was started in them';
  if (!context.interactive) throw new UserError('these files are not trusted yet', { hint: `${hint}; look at the files above, then run it again with --yes`, exitCode: EXIT.usage });
  if (!(await context.askYes('Start what uses them? [y/N] '))) throw new UserError('the files were not trusted', { hint });
}

const NEW_CONTENT: ReadonlySet<Step['kind']> = new Set<Step['kind']>(['make-clone', 'make-worktree', 'begin-task']);

/** Of the trees that this plan makes, and of those in which nothing was started yet: one that was declined is asked about again. */
function filesInClones(context: Context, { loaded, plan, before }: Omit<Clones, 'yes'>): readonly InClone[] {
  const known = new Set(before?.sessions.map(({ id }) => id) ?? []);
  const made = new Set(plan.steps.flatMap((step) => ('pane' in step && (NEW_CONTENT.has(step.kind) || !known.has(step.pane)) ? [step.pane] : [])));
  // With the sessions that `add` brought in: they run the layout's setup as well.
  const rows = rowsOf(loaded.read);
  const { panes } = loaded.read.layout;
  const rootOf = (pane: Pane): string | null => {
    const owner = panes.find(({ id }) => id === treeOwnerId(pane));
    if (owner?.tree.kind !== 'own') return null;
    return before?.sessions.find(({ id }) => id === owner.id)?.path ?? owner.tree.spec.path;
  };
  return panes.filter((pane) => made.has(pane.id) || made.has(treeOwnerId(pane))).flatMap((pane) => {
    const root = rootOf(pane);
    const parts = rows.filter((row) => row.pane === pane.id);
    return root === null ? [] : readNamedFiles(parts, { root, dir: pane.dir, home: context.home }).map((file) => ({ id: pane.id, root, file }));
  });
}
