import { ProgramError } from '../base/errors.ts';
import { isNoServer } from './readServer.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** The uuids of the fleets that a tmux server shows; none when no server runs. Throws ProgramError when it cannot be asked. */
export async function readFleetsUp(server: TmuxServer, env: Environment): Promise<ReadonlySet<string>> {
  const args = ['list-sessions', '-F', '#{s/[^0-9a-fA-F-]/?/:@claude_tmux_fleet}'];
  const result = await runTmux(server, args, { env });
  if (isNoServer(result) || /^no (sessions|current target)/m.test(result.stderr)) return new Set();
  if (result.code !== 0) throw new ProgramError({ argv: ['tmux', ...args], code: result.code, stderr: result.stderr });
  return new Set(result.stdout.split('\n').filter((uuid) => uuid !== ''));
}
