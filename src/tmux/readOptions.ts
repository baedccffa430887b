import { ProgramError } from '../base/errors.ts';
import type { ServerOptions, ServerReading } from '../doctor/server.ts';
import { askServer } from './askServer.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** `tmux 3.3a`, as the program on the PATH says; throws a UserError when there is none. */
export async function readTmuxProgram(server: TmuxServer, env: Environment): Promise<string> {
  const { stdout, stderr } = await runTmux(server, ['-V'], { env });
  return stdout.trim() || stderr.trim();
}

/** What a server is set to, in one process. A server that cannot be asked is a `problem` and not "none". */
export async function readOptions(
  server: TmuxServer,
  env: Environment,
): Promise<Pick<ServerReading, 'options' | 'problem'>> {
  try {
    const answers = await askServer(server, QUERIES, env);
    return { options: answers && parseOptions(answers.printed), problem: null };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return {
      options: null,
      problem: { message: `the tmux server at "${server.socket}" cannot be asked: ${error.stderr.trim()}`, hint: null },
    };
  }
}

/** `-q`: an older tmux does not have them all. */
const QUERIES = [
  `display-message -p '#{version}'`,
  'show-options -gqv status',
  'show-options -gqv status-interval',
  'show-options -gqv status-right-length',
  'show-options -sqv focus-events',
  'show-options -gwqv allow-passthrough',
  'show-environment -g PATH',
  'show-environment -g XDG_STATE_HOME',
  `list-clients -F '#{client_control_mode} #{client_utf8} #{client_name}'`,
];

function parseOptions(printed: readonly string[]): ServerOptions {
  const [
    version = '',
    status = '',
    statusInterval = '',
    statusRightLength = '',
    focusEvents = '',
    allowPassthrough = '',
    path = '',
    stateHome = '',
    clients = '',
  ] = printed;
  return {
    version,
    status,
    statusInterval,
    statusRightLength,
    focusEvents,
    allowPassthrough,
    path: valueOf(path),
    stateHome: valueOf(stateHome),
    asciiClients: clients.split('\n').flatMap((line) => /^0 0 (.+)$/.exec(line)?.[1] ?? []),
  };
}

/** `PATH=/usr/bin`; a variable that is taken away is printed as `-PATH`. */
function valueOf(line: string): string {
  return /^\w+=(.*)$/s.exec(line)?.[1] ?? '';
}
