import { dirname } from 'node:path';
import type { Context } from '../apply/context.ts';
import { findLayout, findProjectLayout, listLayouts } from '../apply/findLayout.ts';
import { readLayout, type ReadLayout } from '../apply/readLayout.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { pasted } from '../base/pasted.ts';
import { readCheckout } from '../git/checkout.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import { NO_EXTRAS, type LayoutExtras } from '../layout/extras.ts';
import type { Layout } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetAround, knownFleets } from './pick.ts';
import { configPlaces, layoutPlaces } from './places.ts';

/** A layout that is read and decided, and the record of the fleet it was brought up as before. */
export interface LoadedFleet {
  readonly path: string;
  readonly read: ReadLayout;
  /** The layout as its author wrote it, without the task: what is trusted, whatever it is used for. */
  readonly untasked: ReadLayout;
  readonly record: FleetRecord | null;
  readonly world: World;
  readonly task: string | null;
}

export interface LayoutChoice {
  /** Path or name of a layout, or name of a recorded fleet; undefined finds the one that belongs to this folder. */
  readonly layout: string | undefined;
  readonly task: string | undefined;
  /** What to do when the layout wants a task and none was given: ask a person, or leave `{{task}}` in the text. */
  readonly withoutTask: 'ask' | 'leave';
}

/** Finds, reads and decides the layout; throws LayoutError or UserError before anything is touched. */
export async function loadFleet(context: Context, choice: LayoutChoice): Promise<LoadedFleet> {
  const fleets = await knownFleets(context);
  const home = fleetAround(fleets, context.cwd);
  // Who stands in a tree of a fleet means that fleet and its checkout: the tree's own branch and folder are the fleet's doing.
  const world = await readWorld(context, home?.checkout ?? context.cwd);
  const target =
    home !== null && choice.layout === undefined
      ? { path: home.layout, record: home }
      : await findTarget(context, { choice, world, fleets });
  const there =
    target.record === null ? world : await readWorld(context, target.record.checkout ?? dirname(target.path));
  const read = (task: string | null, extras = NO_EXTRAS): Promise<ReadLayout> =>
    readLayout({ path: target.path, world: there, task, extras, ...configPlaces(context) });
  const first = await readUnderFreeName(context, fleets, {
    path: target.path,
    world: there,
    known: target.record,
    read,
  });
  const record = findRecord(fleets, first);
  const loaded = { path: target.path, untasked: first, record, world: there };
  const known = choice.task ?? record?.task ?? null;
  const task = first.asksForTask
    ? (known ?? (choice.withoutTask === 'ask' ? await askTask(context, target.path) : null))
    : known;
  return { ...loaded, read: await readAgain(first, { task, record, read }), task };
}

interface Naming {
  readonly path: string;
  readonly world: World;
  /** The recorded fleet that was named or found; null for a layout that was. */
  readonly known: FleetRecord | null;
  readonly read: Again['read'];
}

/**
 * The layout under the name that its fleet has. A layout without `name` is called after repository and file; where a fleet of another
 * repository has that name (two repositories `shop`, one shipped layout), it takes `shop-pair-2`, and keeps that.
 */
async function readUnderFreeName(
  context: Context,
  fleets: readonly FleetRecord[],
  { path, world, known, read }: Naming,
): Promise<ReadLayout> {
  const first = await read(null, known === null ? NO_EXTRAS : { ...NO_EXTRAS, name: known.name });
  const { name, repo } = first.layout;
  const taken = fleets.find((fleet) => fleet.name === name) ?? fleets.find((fleet) => isAlike(fleet.name, name));
  const isOurs = taken !== undefined && isSameRepository(taken.repo, repo);
  const numbered = fleets.find(
    (fleet) => isNumbered(fleet.name, name) && fleet.layout === path && isSameRepository(fleet.repo, repo),
  );
  // A checkout whose fleet it is has another remote now: a second fleet beside the first is not what that means.
  const isMoved = taken !== undefined && taken.checkout !== null && taken.checkout === world.checkout?.root;
  if (isOurs || isMoved || (taken === undefined && numbered === undefined)) return first;
  const free = numbered?.name ?? freeName(fleets, name);
  const renamed = await read(null, { ...NO_EXTRAS, name: free });
  if (renamed.layout.name !== free) return first;
  if (numbered === undefined)
    context.talk(`note: the fleet "${name}" is that of ${taken?.repo ?? ''}; this one is called "${free}"`);
  return renamed;
}

function isNumbered(name: string, base: string): boolean {
  return name.startsWith(`${base}-`) && /^\d+$/.test(name.slice(base.length + 1));
}

/** On a disk that ignores case, two fleets of these names would share their workspace and their lock. */
function isAlike(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function freeName(fleets: readonly FleetRecord[], base: string): string {
  let count = 2;
  while (fleets.some((fleet) => isAlike(fleet.name, `${base}-${count}`))) count++;
  return `${base}-${count}`;
}

/** The layout of a recorded fleet, read again from its file. */
export async function reloadFleet(context: Context, record: FleetRecord): Promise<LoadedFleet> {
  const world = await readWorld(context, record.checkout ?? dirname(record.layout));
  const read = (task: string | null, extras = NO_EXTRAS): Promise<ReadLayout> =>
    readLayout({ path: record.layout, world, task, extras, ...configPlaces(context) });
  const first = await read(null, { ...NO_EXTRAS, name: record.name });
  return {
    path: record.layout,
    read: await readAgain(first, { task: record.task, record, read }),
    untasked: first,
    record,
    world,
    task: record.task,
  };
}

/** The fleet's layout as its file says now; null where that cannot be read any more. */
export function layoutNow(context: Context, record: FleetRecord): Promise<Layout | null> {
  return reloadFleet(context, record).then(
    ({ read }) => read.layout,
    () => null,
  );
}

interface Again {
  readonly task: string | null;
  readonly record: FleetRecord | null;
  readonly read: (task: string | null, extras: LayoutExtras) => Promise<ReadLayout>;
}

/** With the task filled in, and with what the record lays over the file; as it is when there is neither. */
async function readAgain(first: ReadLayout, { task, record, read }: Again): Promise<ReadLayout> {
  const extras = record === null ? NO_EXTRAS : extrasOf(record);
  const isPlain =
    extras.added.length + extras.tasks.length === 0 && (record === null || record.name === first.layout.name);
  return isPlain && (task === null || !first.asksForTask) ? first : read(task, { ...extras, name: first.layout.name });
}

function toGiven(id: string, task: SessionRecord['task']): LayoutExtras['tasks'] {
  return task === null ? [] : [{ id, branch: task.branch, prompt: task.text }];
}

/** What `add` and `task` wrote down. */
function extrasOf({ added, sessions }: FleetRecord): LayoutExtras {
  return { added, tasks: sessions.flatMap(({ id, task, nextTask }) => toGiven(id, nextTask ?? task)) };
}

/** What loading a layout may know, for somebody who stands in `cwd`. */
export async function readWorld(context: Context, cwd: string): Promise<World> {
  return {
    home: context.home,
    user: context.user,
    env: context.env,
    cwd,
    checkout: await readCheckout(cwd, context.env),
  };
}

interface Target {
  readonly path: string;
  /** Set when a recorded fleet was named or found: its own checkout is then what its layout is read in. */
  readonly record: FleetRecord | null;
}

interface Search {
  readonly choice: LayoutChoice;
  readonly world: World;
  readonly fleets: readonly FleetRecord[];
}

async function findTarget(context: Context, { choice, world, fleets }: Search): Promise<Target> {
  const { layout } = choice;
  if (layout !== undefined) {
    try {
      return { path: await findLayout(layout, layoutPlaces(context)), record: null };
    } catch (error) {
      const record = fleets.find((fleet) => fleet.name === layout);
      if (record) return { path: record.layout, record };
      throw error;
    }
  }
  const project = findProjectLayout(context.cwd, world.checkout?.root ?? context.cwd);
  if (project !== null) return { path: project, record: null };
  const here = fleets.filter((fleet) => belongsHere(fleet, world));
  const [only, ...others] = here;
  if (only && others.length === 0) return { path: only.layout, record: only };
  if (only)
    throw new UserError(`${here.length} fleets are recorded for this repository`, {
      hint: `name one: ${here.map((fleet) => fleet.name).join(', ')}`,
      exitCode: EXIT.usage,
    });
  const names = (await listLayouts(layoutPlaces(context))).map((known) => known.name);
  throw new UserError('no layout is named, there is no .claude-tmux.yaml here and no fleet of this repository', {
    hint: `name a layout: ${names.join(', ')}; or write one with claude-tmux new`,
    exitCode: EXIT.usage,
  });
}

function belongsHere(fleet: FleetRecord, { checkout }: World): boolean {
  if (checkout === null) return false;
  return (
    fleet.checkout === checkout.root || (checkout.origin !== null && isSameRepository(fleet.repo, checkout.origin))
  );
}

/** The record of this name; the same name for another repository is an error that names both, and so is one that differs in case alone. */
function findRecord(fleets: readonly FleetRecord[], { layout }: ReadLayout): FleetRecord | null {
  const record = fleets.find((fleet) => fleet.name === layout.name);
  const alike = fleets.find((fleet) => isAlike(fleet.name, layout.name));
  if (!record && alike)
    throw new UserError(
      `the name "${layout.name}" differs from that of the fleet "${alike.name}" in capital letters alone`,
      { hint: `give this layout another \`name\`, or drop that record: ${pasted`forget ${alike.name}`}` },
    );
  if (!record) return null;
  if (isSameRepository(record.repo, layout.repo)) return record;
  throw new UserError(`the fleet "${layout.name}" belongs to another repository: ${record.repo}, not ${layout.repo}`, {
    hint: `give this layout another \`name\`, or drop that record: ${pasted`forget ${record.name}`}`,
  });
}

async function askTask(context: Context, path: string): Promise<string> {
  if (!context.interactive)
    throw new UserError(`the layout ${path} wants a task`, {
      hint: 'claude-tmux up LAYOUT "what is to be done"',
      exitCode: EXIT.usage,
    });
  const task = await context.ask('What is the task? ');
  if (task === '') throw new UserError('no task was given', { hint: 'nothing was changed', exitCode: EXIT.usage });
  return task;
}
