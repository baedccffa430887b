import { ProgramError } from '../base/errors.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** Gives tmux a batch of lines on stdin and resolves to what they print. Every line is tried; throws when one was refused. Starts no server. */
export async function changeServer(server: TmuxServer, text: string, env: Environment): Promise<string> {
  const { code, stdout, stderr } = await runTmux(server, ['source-file', '-'], { env, input: text });
  // tmux 3.3a says what it refused to run on stderr, and what it could not parse (`-:5: unknown command: …`) on stdout.
  const unparsed = /^-:\d+: .*/m.exec(stdout)?.[0];
  if (code !== 0 || stderr !== '' || unparsed !== undefined)
    throw new ProgramError({
      argv: ['tmux', '-S', server.socket, 'source-file', '-'],
      code,
      stderr: unparsed ?? stderr,
    });
  return stdout;
}
