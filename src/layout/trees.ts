import { expandBranch, fleetWord } from './branchName.ts';
import type { Base, Isolation, Strategy, Tree } from './layout.ts';
import { resolveRepo } from './repository.ts';
import type { Draft } from './schema.ts';
import type { Seat } from './seats.ts';
import { STRATEGY_FACTS } from './strategies.ts';
import type { World } from './world.ts';

/** What is settled for the whole fleet before its panes are. */
export interface FleetFrame {
  readonly draft: Draft;
  readonly world: World;
  readonly name: string;
  readonly strategy: Strategy;
  readonly isolation: Isolation;
  readonly repo: string;
  readonly workspace: string;
  readonly seats: readonly Seat[];
}

/** Where a pane works. */
export function treeOf(seat: Seat, frame: FleetFrame): Tree {
  if (frame.isolation === 'shared') return { kind: 'checkout', path: frame.world.checkout?.root ?? frame.world.cwd };
  const owner = ownerOf(seat, frame);
  return owner === seat ? ownTree(seat, frame) : { kind: 'of', id: owner.id };
}

/** The pane whose tree `seat` works in: itself, or the one at the end of its `in`. A ring of `in` ends where it started; a rule reports it. */
export function ownerOf(seat: Seat, frame: FleetFrame): Seat {
  const seen = new Set<Seat>();
  let current = seat;
  for (let next = host(current, frame); next !== current; next = host(current, frame)) {
    if (seen.has(next)) return seat;
    seen.add(next);
    current = next;
  }
  return current;
}

function host(seat: Seat, frame: FleetFrame): Seat {
  const { in: guestOf, run, branch } = seat.written;
  if (guestOf !== undefined) return frame.seats.find(({ id }) => id === guestOf) ?? seat;
  if (run === undefined || branch !== undefined) return seat;
  const asWritten = frame.seats.toSorted((a, b) => a.index - b.index);
  return asWritten.find(hasOwnTree) ?? asWritten[0] ?? seat;
}

function hasOwnTree({ written }: Seat): boolean {
  return written.in === undefined && (written.run === undefined || written.branch !== undefined);
}

function ownTree(seat: Seat, frame: FleetFrame): Tree {
  const { draft, world } = frame;
  const repo = repoOf(seat, frame);
  // The checkout's ignored files belong to its own repository.
  const isForeign = repo !== frame.repo;
  const include = draft.include === undefined ? (world.checkout?.worktreeInclude ?? []) : list(draft.include);
  return {
    kind: 'own',
    spec: {
      path: `${frame.workspace}/${seat.id}`,
      repo,
      branch: branchOf(seat, frame),
      base: baseOf(seat, frame),
      setup: list(seat.written.setup ?? draft.setup),
      include: isForeign ? [] : include,
      link: isForeign ? [] : list(draft.link),
    },
  };
}

function repoOf({ written }: Seat, frame: FleetFrame): string {
  return written.repo === undefined ? frame.repo : resolveRepo(written.repo, frame.world);
}

export function branchOf(seat: Seat, frame: FleetFrame): string {
  const pattern = seat.written.branch ?? frame.draft.branch ?? STRATEGY_FACTS[frame.strategy].branch;
  return expandBranch(pattern, {
    user: frame.world.user,
    id: seat.id,
    strategy_key: seat.key ?? seat.id,
    fleet: fleetWord(frame.name),
  });
}

function baseOf(seat: Seat, frame: FleetFrame): Base {
  if (seat.written.base !== undefined) return { kind: 'branch', name: seat.written.base };
  const before = predecessor(seat, frame);
  const owner = before ? ownerOf(before, frame) : null;
  if (owner && owner !== seat && repoOf(owner, frame) === repoOf(seat, frame)) return { kind: 'pane', id: owner.id };
  return frame.draft.base === undefined ? { kind: 'default' } : { kind: 'branch', name: frame.draft.base };
}

/** In a pipeline: the agent before this one. */
export function predecessor(seat: Seat, frame: FleetFrame): Seat | null {
  if (!STRATEGY_FACTS[frame.strategy].chained || !inChain(seat)) return null;
  const chain = frame.seats.filter(inChain);
  return chain[chain.indexOf(seat) - 1] ?? null;
}

function inChain(seat: Seat): boolean {
  return seat.isAgent && seat.key !== null;
}

/** A key that takes one text or a list of them. */
export function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
