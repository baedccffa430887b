import { sessionName } from '../base/tmuxText.ts';
import { tmuxColor } from './color.ts';
import { dependenciesOf } from './dependencies.ts';
import {
  ARRANGEMENTS,
  type Arrange,
  type Layout,
  type NamedArrangement,
  type NotifySettings,
  type Pane,
  type Strategy,
} from './layout.ts';
import { withTask } from './extras.ts';
import { inactiveParts } from './inactive.ts';
import { absolutePath, lastPart, normalizePath, startFolder } from './paths.ts';
import { repoName, resolveRepo } from './repository.ts';
import type { Draft, DraftPane } from './schema.ts';
import { seatPanes } from './seats.ts';
import { STRATEGY_FACTS } from './strategies.ts';
import { list, ownerOf, treeOf, type FleetFrame } from './trees.ts';
import { takeVariables } from './variables.ts';
import { workOf, type PlacedSeat, type PromptTexts, type Prompts } from './work.ts';
import type { World } from './world.ts';

export interface Normal {
  readonly layout: Layout;
  /** The panes in the order of the file, with what was written: rules point there. */
  readonly panes: readonly NormalPane[];
  /** True when a prompt still holds `{{task}}`. */
  readonly asksForTask: boolean;
  /** What the prompts were made of. */
  readonly prompts: Prompts;
}

export interface NormalPane {
  readonly index: number;
  readonly written: DraftPane;
  readonly pane: Pane;
}

/** Decides everything. Never fails: where the draft is wrong it puts a stand-in, and the rules say what is wrong. */
export function normalize(draft: Draft, world: World, texts: PromptTexts): Normal {
  const frame = frameOf(draft, world, texts);
  const decided = frame.seats.map((seat, place) => {
    const placed: PlacedSeat = {
      seat,
      tree: treeOf(seat, frame),
      dependsOn: dependenciesOf(seat, frame),
      owns: list(seat.written.owns),
    };
    const { work, asksForTask, parts } = workOf(placed, frame, texts);
    return {
      index: seat.index,
      written: seat.written,
      asksForTask,
      parts,
      pane: paneOf(placed, frame, { number: place + 1, work }),
    };
  });
  const panes = decided.map(({ pane }) => pane);
  return {
    layout: { ...fleetOf(frame), panes, inactive: inactiveParts(draft, panes) },
    panes: decided.toSorted((a, b) => a.index - b.index),
    asksForTask: decided.some(({ asksForTask }) => asksForTask),
    prompts: Object.fromEntries(decided.flatMap(({ pane, parts }) => (parts === null ? [] : [[pane.id, parts]]))),
  };
}

function frameOf(draft: Draft, world: World, { path, tasks = [], name: known = null }: PromptTexts): FleetFrame {
  const repo = resolveRepo(draft.repo, world);
  const strategy = draft.strategy ?? 'component';
  const name = draft.name ?? known ?? defaultName(repo, path);
  return {
    draft,
    world,
    name,
    strategy,
    isolation: draft.isolation ?? 'clone',
    repo,
    workspace: workspaceOf(draft.workspace ?? '~/workspaces/{name}', name, world),
    seats: seatPanes(draft.panes ?? [], strategy).map((seat) => withTask(seat, tasks)),
  };
}

function defaultName(repo: string, path: string): string {
  const stem = lastPart(path).replace(/\.ya?ml$/, '');
  const project = repoName(repo);
  if (stem === '.claude-tmux') return project;
  return project === '' ? stem : `${project}-${stem}`;
}

function workspaceOf(pattern: string, name: string, world: World): string {
  const written = takeVariables(pattern, world.env).replaceAll('{name}', () => folderName(name));
  return absolutePath(written, startFolder(world), world.home);
}

/** A fleet's name as one folder that no shell stumbles over; 60 characters are at most 240 bytes, a file name has 255. */
function folderName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').replace(/^[ .-]+/, '');
  return (
    Array.from(safe)
      .slice(0, 60)
      .join('')
      .replace(/[ -]+$/, '') || 'fleet'
  );
}

function fleetOf(frame: FleetFrame): Omit<Layout, 'panes' | 'inactive'> {
  const { draft } = frame;
  return {
    name: frame.name,
    session: sessionName(frame.name),
    strategy: frame.strategy,
    isolation: frame.isolation,
    checkout: frame.world.checkout?.root ?? null,
    repo: frame.repo,
    workspace: frame.workspace,
    arrange: arrangeOf(draft.arrange ?? 'auto', frame.strategy),
    ports: draft.ports ? { base: draft.ports.base, step: draft.ports.step ?? 1 } : null,
    notify: notifyOf(draft.notify),
    sync: { strategy: draft.sync?.strategy ?? 'auto' },
    agentsMay: [...new Set(draft.agents_may ?? [])],
  };
}

function arrangeOf(written: string, strategy: Strategy): Arrange {
  if (written === 'auto') return { kind: 'auto', preferred: STRATEGY_FACTS[strategy].arrangement };
  return isArrangement(written) ? { kind: 'named', name: written } : { kind: 'custom', layout: written };
}

/** True for the name of an arrangement (`auto` is none). */
export function isArrangement(written: string): written is NamedArrangement {
  return ARRANGEMENTS.some((name) => name === written);
}

function notifyOf(written: Draft['notify']): NotifySettings {
  const channels = written?.channels?.map((channel) =>
    typeof channel === 'string' ? channel : `command: ${channel.command}`,
  );
  return {
    channels: channels ?? ['desktop', 'bell'],
    after: written?.after ?? 3,
    doneAfter: written?.done_after ?? 60,
    cooldown: written?.cooldown ?? 30,
  };
}

function paneOf(
  { seat, tree, dependsOn, owns }: PlacedSeat,
  frame: FleetFrame,
  place: Pick<Pane, 'number' | 'work'>,
): Pane {
  const { written, defaults } = seat;
  return {
    id: seat.id,
    idWritten: written.id !== undefined,
    number: place.number,
    name: written.name ?? seat.id,
    key: seat.key,
    color: tmuxColor(written.color ?? defaults.color) ?? defaults.color,
    tree,
    dir: dirOf(written.dir ?? ownerOf(seat, frame).written.dir ?? frame.draft.dir ?? ''),
    work: place.work,
    env: envOf({ ...frame.draft.env, ...written.env }, frame.world),
    dependsOn,
    owns,
    urgency: defaults.urgency,
  };
}

function dirOf(written: string): string {
  const path = normalizePath(written);
  return path === '.' ? '' : path;
}

function envOf(written: Readonly<Record<string, string | number | boolean>>, world: World): Record<string, string> {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [name, takeVariables(String(value), world.env)]),
  );
}
