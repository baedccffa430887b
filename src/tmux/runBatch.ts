import { prepareSocketFolder } from './socket.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** What one step of a batch made or acted on. */
export interface Made {
  readonly paneId: string;
  readonly windowId: string;
  readonly sessionId: string;
}

export interface BatchResult {
  /** By step id. A step that is not here did not come about. */
  readonly made: ReadonlyMap<number, Made>;
  /** tmux's own words, one for each command that was refused; in the batch's order. */
  readonly errors: readonly string[];
}

/** Fifty panes take about 0.2 s; this is for a machine that swaps. */
const TIMEOUT_MS = 60_000;

/**
 * Gives tmux a batch on stdin, starting the server when there is none. A batch that tmux cannot parse runs nothing at all; of
 * one it can, every line is tried. Never repeated by itself: half of it may stand.
 */
export async function runBatch(server: TmuxServer, text: string, env: Environment): Promise<BatchResult> {
  prepareSocketFolder(server.socket, process.getuid?.() ?? 0);
  const { stdout, stderr, code } = await runTmux(server, ['start-server', ';', 'source-file', '-'], {
    env,
    input: text,
    timeoutMs: TIMEOUT_MS,
  });
  const made = new Map(stdout.split('\n').flatMap(parseStep));
  // tmux 3.3a tells what it refused to run on stderr, and what it could not parse (`-:5: unknown command: …`) on stdout.
  const unparsed = stdout.split('\n').filter((line) => /^-:\d+: /.test(line));
  const errors = [...unparsed, ...stderr.split('\n')].map((line) => line.trim()).filter((line) => line !== '');
  return { made, errors: errors.length > 0 || code === 0 ? errors : [`tmux ended with exit code ${code}`] };
}

function parseStep(line: string): [number, Made][] {
  const [, id, paneId, windowId, sessionId] = /^STEP (\d+) (%\d+) (@\d+) (\$\d+)$/.exec(line) ?? [];
  if (id === undefined || paneId === undefined || windowId === undefined || sessionId === undefined) return [];
  return [[Number(id), { paneId, windowId, sessionId }]];
}
