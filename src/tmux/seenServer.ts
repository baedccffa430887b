import { UserError } from '../base/errors.ts';
import { readProgramName } from '../store/process.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** A tmux server that answers and whose process cannot be seen: no pid that it names means anything here. */
export class UnseenServer extends UserError {
  constructor({ socket }: TmuxServer, pid: number) {
    super(
      `the tmux server at "${socket}" runs in another pid namespace (a container, or this is one): its process ${pid} is not one of this one's`,
      { hint: 'use claude-tmux on the side where that server runs, or another server with -L or -S' },
    );
  }
}

/** Throws UnseenServer unless the process with the server's pid is a tmux. A socket that two namespaces share lets one talk to the other's server. */
export async function refuseUnseen(server: TmuxServer, pid: number): Promise<void> {
  if (process.platform !== 'linux') return;
  const name = await readProgramName(pid);
  // The server calls itself `PROGRAM: server`; a name of 15 bytes may have cut that off.
  if (name === null || !/tmux|: s/.test(name)) throw new UnseenServer(server, pid);
}

/** The same for a server that is yet to be asked; nothing for one that does not run. */
export async function refuseUnseenServer(server: TmuxServer, env: Environment): Promise<void> {
  const { code, stdout } = await runTmux(server, ['display-message', '-p', '#{pid}'], { env });
  if (code === 0 && /^\d+$/.test(stdout.trim())) await refuseUnseen(server, Number(stdout));
}
