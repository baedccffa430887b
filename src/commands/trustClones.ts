import type { Context } from '../apply/context.ts';
import { readNamedFiles, type NamedFile } from '../apply/readNamedFiles.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { exactLine, oneLine } from '../base/text.ts';
import { treeOwnerId, type Pane } from '../layout/layout.ts';
import type { Plan, Step } from '../plan/step.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { writeFleet } from '../store/fleets.ts';
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
 * clone has that the user has not agreed to is shown and asked for, before anything starts in it. Resolves to the record in which the
 * trees of this plan ask no more. Throws a UserError when the user does not agree.
 */
export async function trustClones(context: Context, record: FleetRecord, clones: Clones): Promise<FleetRecord> {
  const owners = newContent(clones);
  const strange = await findStrange(context, clones, owners);
  if (strange.files.length > 0) {
    if (!clones.yes) await ask(context, strange.files);
    await strange.agree();
  }
  return {
    ...record,
    sessions: record.sessions.map(({ asksFirst, ...session }) =>
      asksFirst !== true || owners.has(session.id) ? session : { ...session, asksFirst },
    ),
  };
}

/** The record that says, before new content comes into a tree, that its user is to be asked: also by the next command, when this one is killed or told no. */
export async function noteNewContent(context: Context, record: FleetRecord, plan: Plan): Promise<FleetRecord> {
  const ids = new Set(plan.steps.flatMap((step) => ('pane' in step && NEW_CONTENT.has(step.kind) ? [step.pane] : [])));
  if (!record.sessions.some(({ id, asksFirst }) => ids.has(id) && asksFirst !== true)) return record;
  const noted = {
    ...record,
    sessions: record.sessions.map((session) => (ids.has(session.id) ? { ...session, asksFirst: true } : session)),
  };
  await writeFleet(context.store, noted);
  return noted;
}

interface Strange {
  readonly files: readonly InClone[];
  readonly agree: () => Promise<void>;
}

async function findStrange(
  context: Context,
  { loaded, plan, before }: Clones,
  owners: ReadonlySet<string>,
): Promise<Strange> {
  const nothing = { files: [], agree: () => Promise.resolve() };
  if (owners.size === 0 || (await untrustedSources(context, loaded)).length === 0) return nothing;
  const found = filesInClones(context, { loaded, plan, before }, owners);
  if (found.length === 0) return nothing;
  const subject = await trustSubject(context, { path: loaded.path, read: loaded.untasked, world: loaded.world });
  const decision = await readDecision(context.store, subject);
  const known = new Set(decision?.files ?? []);
  const files = found.filter(({ file }) => !known.has(fileKey(file)));
  const agree = (): Promise<void> =>
    trustLayout(
      context.store,
      {
        ...subject,
        by: decision?.by ?? 'answer',
        rows: decision?.rows ?? [],
        files: files.map(({ file }) => fileKey(file)),
      },
      new Date(context.now()),
    );
  return { files, agree };
}

async function ask(context: Context, strange: readonly InClone[]): Promise<void> {
  const byText = new Map<string, InClone[]>();
  for (const each of strange) byText.set(fileKey(each.file), [...(byText.get(fileKey(each.file)) ?? []), each]);
  const lines = [...byText.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [
          `  ${oneLine([first, ...more].map(({ id }) => id).join(', '))}: ${exactLine(fileRow(first.file).text)}; look at it in ${exactLine(first.root)}`,
        ],
  );
  context.talk(
    [
      'The new clones have files that the layout names and that you have not agreed to (your checkout has others, or none):',
      ...lines,
    ].join('\n'),
  );
  const hint = 'the clones are kept, and nothing was started in them';
  if (!context.interactive)
    throw new UserError('these files are not trusted yet', {
      hint: `${hint}; look at the files above, then run it again with --yes`,
      exitCode: EXIT.usage,
    });
  if (!(await context.askYes('Start what uses them? [y/N] ')))
    throw new UserError('the files were not trusted', { hint });
}

const NEW_CONTENT: ReadonlySet<Step['kind']> = new Set<Step['kind']>(['make-clone', 'make-worktree', 'begin-task']);

/** Ids of the sessions in whose trees this plan starts something that nobody was asked about: it makes them, nothing was started in them yet, or the answer was no. */
function newContent({ loaded, plan, before }: Pick<Clones, 'loaded' | 'plan' | 'before'>): ReadonlySet<string> {
  const known = new Map(before?.sessions.map((session) => [session.id, session]) ?? []);
  const { panes } = loaded.read.layout;
  const ownerOf = (id: string): string => panes.filter((pane) => pane.id === id).map(treeOwnerId)[0] ?? id;
  const owners = (step: Step & { readonly pane: string }): readonly string[] => {
    const owner = ownerOf(step.pane);
    if (NEW_CONTENT.has(step.kind) || known.get(owner)?.asksFirst === true) return [step.pane, owner];
    return known.has(step.pane) ? [] : [step.pane];
  };
  return new Set(plan.steps.flatMap((step) => ('pane' in step ? owners(step) : [])));
}

function filesInClones(
  context: Context,
  { loaded, before }: Pick<Clones, 'loaded' | 'plan' | 'before'>,
  made: ReadonlySet<string>,
): readonly InClone[] {
  // With the sessions that `add` brought in: they run the layout's setup as well.
  const rows = rowsOf(loaded.read);
  const { panes } = loaded.read.layout;
  const rootOf = (pane: Pane): string | null => {
    const owner = panes.find(({ id }) => id === treeOwnerId(pane));
    if (owner?.tree.kind !== 'own') return null;
    return before?.sessions.find(({ id }) => id === owner.id)?.path ?? owner.tree.spec.path;
  };
  return panes
    .filter((pane) => made.has(pane.id) || made.has(treeOwnerId(pane)))
    .flatMap((pane) => {
      const root = rootOf(pane);
      const parts = rows.filter((row) => row.pane === pane.id);
      return root === null
        ? []
        : readNamedFiles(parts, { root, dir: pane.dir, home: context.home }).map((file) => ({
            id: pane.id,
            root,
            file,
          }));
    });
}
