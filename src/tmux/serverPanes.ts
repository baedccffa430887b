import { ProgramError } from '../base/errors.ts';
import { printedText } from './printedText.ts';
import { isNoServer } from './readServer.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** A pane of any session of a server. */
export interface ServerPane {
  /** `%3`. */
  readonly paneId: string;
  /** `@1`. */
  readonly windowId: string;
  /** `$0`. */
  readonly sessionId: string;
  /** Pid of the pane's first process. */
  readonly pid: number;
  readonly sessionName: string;
}

/** Every pane of the server, each once, whoever made it; empty when no server runs. */
export async function readServerPanes(server: TmuxServer, env: Environment): Promise<readonly ServerPane[]> {
  const args = [
    'list-panes',
    '-a',
    '-F',
    '#{pane_id} #{window_id} #{session_id} #{pane_pid} #{version} #{session_name}',
  ];
  const result = await runTmux(server, args, { env });
  if (isNoServer(result)) return [];
  if (result.code !== 0) throw new ProgramError({ argv: ['tmux', ...args], code: result.code, stderr: result.stderr });
  const panes = result.stdout.split('\n').flatMap(parsePane);
  // A window that is linked, or shared by grouped sessions, is listed with each of them.
  return panes.filter((pane, at) => panes.findIndex((other) => other.paneId === pane.paneId) === at);
}

function parsePane(line: string): ServerPane[] {
  const match = /^(%\d+) (@\d+) (\$\d+) (\d+) (\S+) (.*)$/.exec(line);
  if (!match) return [];
  const [, paneId = '', windowId = '', sessionId = '', pid = '', version = '', name = ''] = match;
  return [{ paneId, windowId, sessionId, pid: Number(pid), sessionName: printedText(name, version) }];
}
