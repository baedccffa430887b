import { pasted, pastedFor } from '../base/pasted.ts';
import { lstatSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readLiveProcess } from '../store/identityFile.ts';
import { dropForeignLock } from '../store/lock.ts';
import { compareMachines, type Machine, readMachine } from '../store/machine.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import { readProgramName, readVariable } from '../store/process.ts';
import { isNoServer, isSocketThere } from '../tmux/readServer.ts';
import { resolveSocket } from '../tmux/socket.ts';
import { runTmux, type TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';

/**
 * Why a fleet is not this machine's to look at or to change: it was brought up on another machine, or in another pid namespace, and none of
 * its processes can be seen. Null for a fleet of this machine, also after a reboot. The words follow the fleet's name.
 */
export async function whyAway(
  context: Context,
  { machine, socket }: Pick<FleetRecord, 'machine' | 'socket'>,
): Promise<string | null> {
  if (machine === null) return null;
  const here = await readMachine();
  const where = compareMachines(machine, here);
  if (where === 'here' || where === 'rebooted') return null;
  if (where === 'restarted' && (await isDead({ socket }, context))) return null;
  return `lives ${describePlace(machine, here)}, whose processes cannot be seen from here`;
}

/** Throws a UserError for a fleet of another machine. */
export async function refuseAway(context: Context, record: FleetRecord): Promise<void> {
  const why = await whyAway(context, record);
  if (why === null) return;
  throw new UserError(`"${record.name}" ${why}`, {
    hint: `use claude-tmux there; when nothing of it runs there any more, it moves to this machine with: ${pasted`up ${record.name} --move-here`}`,
  });
}

/** Removes the locks that processes of a fleet's last machine have left: the user says that nothing runs there any more. */
export async function moveHere(context: Context, record: FleetRecord): Promise<void> {
  if ((await whyAway(context, record)) !== null)
    await dropForeignLock(fleetPaths(context.store, record.uuid).hooksLock);
}

function describePlace(there: Machine, here: Machine): string {
  return there.boot === here.boot
    ? `in another pid namespace (a container) of this machine, on "${there.host}"`
    : `on another machine, "${there.host}"`;
}

/** True when a socket is there and no process listens on it: what had its panes has ended, in whatever namespace of this boot. */
async function isDead(server: TmuxServer, { env }: Context): Promise<boolean> {
  return (
    lstatSync(server.socket, { throwIfNoEntry: false }) !== undefined &&
    isNoServer(await runTmux(server, ['display-message', '-p', '1'], { env }))
  );
}

/** Throws a UserError when `-L` or `-S` name a tmux server other than the one a fleet was brought up on, or when its agents run in another one. */
export async function refuseElsewhere(context: Context, record: FleetRecord): Promise<void> {
  await refuseAway(context, record);
  const isNamed = context.socket.name !== undefined || context.socket.path !== undefined;
  const named = isNamed
    ? resolveSocket({ ...context.socket, env: context.env, uid: context.uid, cwd: context.cwd })
    : record.socket;
  if (named !== record.socket) throw onOtherServer(record, { socket: record.socket, named });
  await refuseOtherServer(context, record, { server: { socket: record.socket }, pid: null });
}

interface Chosen {
  readonly server: TmuxServer;
  /** Its process; null when it was not asked, or none runs. */
  readonly pid: number | null;
}

/**
 * Throws a UserError when live agents of the fleet run in a tmux server other than this one: what is made here would stand beside them. After
 * the server of an agent has ended, the agent ends too, or its pane says that it does not: such an agent is no obstacle here.
 */
export async function refuseOtherServer(context: Context, record: FleetRecord, { server, pid }: Chosen): Promise<void> {
  const isChosen = (one: Host): boolean =>
    pid === null ? one.socket === server.socket && isSocketThere(one) : one.pid === pid;
  const host = await findHost(context, record, isChosen);
  if (host === null) return;
  if (!isSocketThere(host)) {
    throw new UserError(
      `"${record.name}" runs in the tmux server with pid ${host.pid}, whose socket "${host.socket}" is gone`,
      { hint: `this makes the socket again, then give the command again: ${pastedFor`kill -USR1 ${host.pid}`}` },
    );
  }
  if (host.socket !== server.socket) throw onOtherServer(record, { socket: host.socket, named: server.socket });
  const aside = `${host.socket}.other`;
  throw new UserError(
    `"${record.name}" runs in the tmux server with pid ${host.pid}, and another server has taken its socket "${host.socket}"`,
    {
      hint: `this puts the other one's socket aside and brings the fleet's back: ${pastedFor`mv ${host.socket} ${aside} && kill -USR1 ${host.pid}`}`,
    },
  );
}

/** A command never changes where a fleet lives while its agents live elsewhere. */
export function onOtherServer(
  { name }: FleetRecord,
  { socket, named }: { readonly socket: string; readonly named: string },
): UserError {
  return new UserError(`"${name}" runs on the tmux server at "${socket}", not on the one at "${named}"`, {
    hint: `name its server: ${pasted`up -S ${socket} ${name}`}; or take it down there first: ${pasted`down -S ${socket} ${name}`}`,
  });
}

/** A server that is just ending takes its agents along in a moment. In milliseconds. */
const ENDING_MS = 2000;

/** A tmux server in which agents of the fleet run while none runs in the one that was chosen; null when there is none. */
async function findHost(
  context: Context,
  record: FleetRecord,
  isChosen: (host: Host) => boolean,
): Promise<Host | null> {
  for (const deadline = Date.now() + ENDING_MS; ;) {
    const hosts = await readHosts(context, record);
    const [host] = hosts;
    if (host === undefined || hosts.some(isChosen)) return null;
    if (Date.now() >= deadline) return host;
    await pause(50);
  }
}

interface Host {
  readonly socket: string;
  readonly pid: number;
}

/** The tmux servers that run and in which live agents of the fleet were started, each once. Empty where the system does not show it (macOS). */
async function readHosts(context: Context, { uuid, sessions }: FleetRecord): Promise<readonly Host[]> {
  const paths = fleetPaths(context.store, uuid);
  const found = await Promise.all(
    sessions.map(async ({ id }) => readHost([sessionPaths(paths, id).starting, sessionPaths(paths, id).pid])),
  );
  const hosts = found.filter((host) => host !== null);
  return hosts.filter(({ pid }, at) => hosts.findIndex((other) => other.pid === pid) === at);
}

/** From `TMUX` (SOCKET,PID,SESSION) of the launch file's shell, else of its program; null when neither lives, or its server does not. */
async function readHost(identities: readonly string[]): Promise<Host | null> {
  for (const path of identities) {
    const live = await readLiveProcess(path);
    const [, socket, pid] = /^(.+),(\d+),/.exec(live === null ? '' : (readVariable(live.pid, 'TMUX') ?? '')) ?? [];
    if (socket === undefined || pid === undefined) continue;
    return /tmux|: s/.test((await readProgramName(Number(pid))) ?? '') ? { socket, pid: Number(pid) } : null;
  }
  return null;
}
