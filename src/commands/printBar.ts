import type { Context } from '../apply/context.ts';
import { readBarStyle } from '../apply/readBarStyle.ts';
import { readStatus, readTree, type StatusReading } from '../apply/readStatus.ts';
import { findStrays, readStrayStatus } from '../apply/readStrays.ts';
import { renderBar } from '../bar/renderBar.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { asJobOutput } from '../base/tmuxText.ts';
import type { FleetStatus } from '../status/report.ts';
import { namedServer, recordedServer } from './fleetServer.ts';
import { knownFleets, findFleet } from './pick.ts';

interface BarRequest {
  /** Name of the one fleet; undefined means all that this tmux server shows. */
  readonly given: string | undefined;
  /** `--width` as written. */
  readonly width: string | boolean | undefined;
}

/**
 * The bar's text for `#(claude-tmux status --format tmux)`, on one line. It exits with 0 whatever the sessions' trees are: that is
 * on the bar as unknown, and a bar has no other place for it.
 */
export async function printBar(context: Context, { given, width }: BarRequest): Promise<number> {
  const cells = parseWidth(width);
  const [style, fleets] = await Promise.all([
    readBarStyle(context, namedServer(context)),
    given === undefined ? everywhere(context) : one(context, given),
  ]);
  context.out(`${asJobOutput(renderBar(fleets, { width: cells, style, now: context.now() }))}\n`);
  return 0;
}

/** tmux's own `status-right-length`. */
const USUAL_CELLS = 40;

function parseWidth(width: BarRequest['width']): number {
  if (width === undefined) return USUAL_CELLS;
  if (typeof width === 'string' && /^\d{1,4}$/.test(width)) return Number(width);
  throw new UserError(`--width takes a number of cells, not "${String(width)}"`, {
    hint: 'for example --width 60',
    exitCode: EXIT.usage,
  });
}

async function one(context: Context, given: string): Promise<readonly FleetStatus[]> {
  const record = await findFleet(context, given);
  return (await readStatus(context, [{ record, server: recordedServer(record) }], readHere(context))).fleets;
}

function readHere(context: Context): StatusReading {
  return { treeOf: (path, base) => readTree(context, path, base), onlyUp: true };
}

/** What the watcher would publish: the fleets that are up on this server, and the Claude sessions of none. */
async function everywhere(context: Context): Promise<readonly FleetStatus[]> {
  const server = namedServer(context);
  const known = await knownFleets(context);
  const here = known.filter((record) => recordedServer(record).socket === server.socket);
  const [{ fleets }, strays] = await Promise.all([
    readStatus(
      context,
      here.map((record) => ({ record, server })),
      readHere(context),
    ),
    findStrays(context, server, known),
  ]);
  return [
    ...fleets.filter(({ sessions }) => sessions.some(({ pane }) => pane !== null)),
    ...(await readStrayStatus(context, server, strays)),
  ];
}
