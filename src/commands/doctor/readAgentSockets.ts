import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Context } from '../../apply/context.ts';
import type { MachineReading } from '../../doctor/machine.ts';
import type { LookedAtFleet } from './lookAtFleets.ts';

/** How long an agent may take to answer, in milliseconds. */
const PATIENCE_MS = 1000;

/** Who has an SSH_AUTH_SOCK at which no process listens: this shell, and sessions that run (by /proc, where there is one). */
export async function readDeadAgents(
  { env }: Context,
  fleets: readonly LookedAtFleet[],
): Promise<MachineReading['deadAgents']> {
  const running = fleets.flatMap(({ evidence }) =>
    evidence.flatMap(({ session, facts }) =>
      facts?.alive === true && facts.pid !== null ? [{ who: `session "${session.id}"`, pid: facts.pid }] : [],
    ),
  );
  const sockets = await Promise.all(running.map(async ({ who, pid }) => ({ who, path: await socketOf(pid) })));
  const all = [{ who: 'this shell', path: env['SSH_AUTH_SOCK'] ?? '' }, ...sockets].filter(({ path }) => path !== '');
  const answers = new Map(
    await Promise.all(
      [...new Set(all.map(({ path }) => path))].map(async (path) => [path, await listens(path)] as const),
    ),
  );
  return all.filter(({ path }) => answers.get(path) === false);
}

/** The one that a process was started with; '' for none, or where it cannot be read. */
async function socketOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return (
    text
      .split('\0')
      .find((line) => line.startsWith('SSH_AUTH_SOCK='))
      ?.slice('SSH_AUTH_SOCK='.length) ?? ''
  );
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE_MS, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
