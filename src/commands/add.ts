import type { Context } from '../apply/context.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { slug } from '../base/text.ts';
import type { Strategy } from '../layout/layout.ts';
import { STRATEGY_FACTS } from '../layout/strategies.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readFleet, writeFleet } from '../store/fleets.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { bringUp } from './bringUp.ts';
import { changeFleet, type KnownFleet } from './changeFleet.ts';
import { reloadFleet } from './loadFleet.ts';
import { pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';
import { wayOn } from './wayOn.ts';

type AddedPane = Readonly<Record<string, string>> & { readonly id: string };

/** One more session in a fleet, as if its layout had it; the fleet's record keeps it, and `up` brings it back. */
export async function add(context: Context, words: readonly string[], options: Options): Promise<number> {
  const name = words.join(' ').trim();
  const fleet = await pickFleet(context, textOf(options, 'fleet'));
  await refuseInsideAgent(context, 'add', fleet);
  const yes = options['yes'] === true;
  return changeFleet(context, fleet, { what: `adding to "${fleet.name}"`, yes }, async (loaded) => {
    const pane = describePane(name, { options, strategy: loaded.read.layout.strategy, taken: takenIds(loaded) });
    const record = { ...loaded.record, added: [...loaded.record.added, pane] };
    const whole = { ...(await readWith(context, record, name)), record };
    // Written first: killed from here on, the next `up` makes what is missing of it.
    await writeFleet(context.store, record);
    return bringIn(context, { whole, before: loaded.record, pane, yes });
  });
}

function textOf(options: Options, key: string): string | undefined {
  const value = options[key];
  return typeof value === 'string' ? value : undefined;
}

/** Options that say what a layout's pane says, by the pane's key. */
const KEYS = ['component', 'task', 'priority', 'stage', 'branch', 'prompt', 'run', 'in', 'teleport'] as const;

interface Described {
  readonly options: Options;
  readonly strategy: Strategy;
  readonly taken: ReadonlySet<string>;
}

/** The session in the form of a layout's pane. Under a strategy that needs a key, one is found where that is possible. */
function describePane(name: string, { options, strategy, taken }: Described): AddedPane {
  const id = textOf(options, 'id') ?? freeId(slug(name) || 'session', taken);
  if (taken.has(id))
    throw new UserError(`this fleet has a session "${id}" already`, {
      hint: 'give another id: --id NAME',
      exitCode: EXIT.usage,
    });
  const written = Object.fromEntries(
    KEYS.flatMap((key) => (textOf(options, key) === undefined ? [] : [[key, textOf(options, key) ?? '']])),
  );
  const key = written[strategy] ?? (written['run'] === undefined ? DEFAULT_KEYS[strategy](id) : null);
  if (key === null && written['run'] === undefined) throw keyIsMissing(name, strategy);
  return { name, id, ...(key === null ? {} : { [strategy]: key }), ...written };
}

/** A stage is a place in a pipeline: there is no middle one to take. */
const DEFAULT_KEYS: Readonly<Record<Strategy, (id: string) => string | null>> = {
  component: (id) => id,
  task: () => 'feature',
  priority: () => 'medium',
  stage: () => null,
};

function keyIsMissing(name: string, strategy: Strategy): UserError {
  const known = Object.keys(STRATEGY_FACTS[strategy].keys).join('|');
  return new UserError(`"${name}" needs its ${strategy}: the fleet has the strategy "${strategy}"`, {
    hint: `add --${strategy} ${known}`,
    exitCode: EXIT.usage,
  });
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted;
  for (let count = 2; taken.has(id); count++) id = `${wanted}-${count}`;
  return id;
}

/** Those of sessions that left the layout too: their clones are still there. */
function takenIds({ record, read }: KnownFleet): ReadonlySet<string> {
  return new Set([
    ...record.sessions.map(({ id }) => id),
    ...record.closed.map(({ session }) => session.id),
    ...read.layout.panes.map(({ id }) => id),
    ...record.added.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
  ]);
}

/** The layout with the new session in it; what is wrong is said of that session and not of the file. */
async function readWith(
  context: Context,
  record: FleetRecord,
  name: string,
): Promise<Awaited<ReturnType<typeof reloadFleet>>> {
  try {
    return await reloadFleet(context, record);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    const problems = error.diagnostics.filter(({ severity }) => severity === 'error');
    const hint = problems[0]?.hint;
    throw new UserError(`"${name}" cannot be added: ${problems.map(({ message }) => message).join('; ')}`, {
      exitCode: EXIT.usage,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

interface BringingIn {
  readonly whole: KnownFleet;
  /** The record without the new session. */
  readonly before: FleetRecord;
  readonly pane: AddedPane;
  readonly yes: boolean;
}

/** What could not be made is taken out of the record again, or every later `up` would try it. */
async function bringIn(context: Context, { whole, before, pane, yes }: BringingIn): Promise<number> {
  try {
    const { code } = await bringUp(context, whole, {
      only: [pane.id],
      fromHere: false,
      noPrompt: false,
      yes,
      attach: false,
    });
    context.talk(`"${pane.id}" is added`);
    return code;
  } catch (error) {
    const now = (await readFleet(context.store, before.uuid)) ?? before;
    if (now.sessions.some(({ id }) => id === pane.id)) wayOn(error, before.name);
    await writeFleet(context.store, { ...now, added: before.added }).catch((second: unknown) =>
      wayOn(second, before.name),
    );
    throw error;
  }
}
