import type { Context } from '../apply/context.ts';
import { slug } from '../base/text.ts';
import {
  findBlocking,
  otherName,
  readBranches,
  readMirrored,
  refuseBlockedBeside,
  type KnownBranches,
} from '../git/blockedBranch.ts';
import { readHeadBranch, readPlace } from '../git/gitDir.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
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
  const pane = loaded.untasked.layout.panes.find((candidate) => candidate.id === id);
  const first = pane?.tree.kind === 'own' ? pane.tree.spec.branch : spec.branch;
  const words = slug(text.split(/\s+/).slice(0, WORDS).join(' ')) || 'next';
  const known = await knownBranches(context, spec);
  const wanted = `${first}-${words}`;
  if (isFree(wanted, known)) return wanted;
  if (findBlocking(wanted, all(known)) !== null) return otherName(wanted, all(known));
  let count = 2;
  while (!isFree(`${wanted}-${count}`, known)) count++;
  return `${wanted}-${count}`;
}

/** Throws a UserError for a branch that could not be made in the clone, or never be pushed, as far as is known without a fetch. */
export async function refuseTaskBranch(context: Context, spec: TreeSpec, branch: string): Promise<void> {
  const { own, origins } = await knownBranches(context, spec);
  if (!own.includes(branch)) await refuseBlockedBeside(spec.path, branch, { origins, env: context.env });
}

/** What the clone has itself, and origin's as the mirror has them: clones of one repository are as new as that at most. */
async function knownBranches(context: Context, spec: TreeSpec): Promise<KnownBranches> {
  const known = await readBranches(spec.path, context.env);
  const mirrored = await readMirrored(spec.repo, context);
  return mirrored === null ? known : { own: known.own, origins: mirrored };
}

const all = ({ own, origins }: KnownBranches): readonly string[] => [...own, ...origins];

function isFree(branch: string, known: KnownBranches): boolean {
  return !all(known).includes(branch) && findBlocking(branch, all(known)) === null;
}

/** Other open sessions with a tree of their own that stand on the branch now, or are to: ids. A command in somebody else's clone is not one more. */
export async function alsoOn(branch: string, id: string, { sessions }: FleetRecord): Promise<readonly string[]> {
  const others = sessions.filter((session) => session.id !== id && session.owner === session.id);
  const found = await Promise.all(
    others.map(async (session) =>
      (session.nextTask ?? session.task)?.branch === branch || (await standsOn(session, branch)) ? [session.id] : [],
    ),
  );
  return found.flat();
}

/** As the clone is, whatever is in the record: its agent may have changed the branch. */
async function standsOn({ path }: SessionRecord, branch: string): Promise<boolean> {
  return (await branchAt(path)) === branch;
}

/** The branch of the tree at `path` now; null on none, and for a tree that cannot be read: others report that. */
export async function branchAt(path: string): Promise<string | null> {
  try {
    const place = await readPlace(path);
    const head = place.kind === 'repository' ? await readHeadBranch(place.gitDir) : 'unknown';
    return head === 'unknown' ? null : head.branch;
  } catch {
    return null;
  }
}
