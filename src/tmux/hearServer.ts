import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnvironment } from '../base/childEnvironment.ts';
import { isNoServer } from './readServer.ts';
import { parseServerView, type ServerView, VIEW_COMMANDS } from './serverView.ts';
import { tmuxArgv, type Environment, type TmuxServer } from './tmux.ts';

interface Hearing {
  readonly env: Environment;
  /** The `wait-for` channel that the server's hooks signal. */
  readonly channel: string;
  readonly onView: (view: ServerView) => void;
  readonly signal: AbortSignal;
}

/** A burst (a terminal that is being resized) is one look. In milliseconds. */
const BURST_MS = 60;
/** A server that answers, but not with a view (it has no session, it is ending). In milliseconds. */
const AGAIN_MS = 2000;
const END = 'END OF VIEW';

/**
 * Gives a view of the server, and a new one after each signal on the channel, until the server ends (resolves) or `signal` aborts.
 *
 * One tmux client prints the view and then waits in `wait-for`, so a look costs one process and waiting none. The view is taken by
 * the client that waits: of two signals without a waiter the second takes the first back (3.3a), but what they told of is seen by
 * then. The client ends with the server, which is how its end is known.
 */
export async function hearServer(server: TmuxServer, hearing: Hearing): Promise<void> {
  for (;;) {
    if (hearing.signal.aborted) return;
    const ended = await lookAndWait(server, hearing);
    if (ended.isGone) return;
    await pause(ended.code === 0 ? BURST_MS : AGAIN_MS, undefined, { signal: hearing.signal }).catch(() => undefined);
  }
}

interface Ended {
  readonly code: number | null;
  readonly isGone: boolean;
}

function lookAndWait(server: TmuxServer, { env, channel, onView, signal }: Hearing): Promise<Ended> {
  const commands = [...VIEW_COMMANDS, ['display-message', '-p', END], ['wait-for', channel]];
  // `-u`: without a UTF-8 locale, which a watcher started by a hook may lack, tmux prints `_` for every other character (3.3a).
  const [program = 'tmux', ...args] = tmuxArgv(
    server,
    commands.flatMap((command, at) => [...(at === 0 ? [] : [';']), ...command]),
  );
  return new Promise((resolve) => {
    const child = spawn(program, ['-u', ...args], {
      cwd: '/',
      env: childEnvironment('server', env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = (): boolean => child.kill('SIGTERM');
    const stderr: Buffer[] = [];
    let text = '';
    signal.addEventListener('abort', stop);
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (text.endsWith(`\n${END}\n`)) return;
      text += part;
      const view = text.endsWith(`\n${END}\n`) ? parseServerView(text.slice(0, -END.length - 2)) : null;
      if (view !== null) onView(view);
    });
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    const end = (code: number | null, words: string): void => {
      signal.removeEventListener('abort', stop);
      resolve({
        code,
        isGone: isNoServer({ code: code ?? 1, stdout: '', stderr: words }) || /lost server|server exited/.test(words),
      });
    };
    child.once('error', (error) => end(null, error.message));
    child.once('close', (code) => end(code, Buffer.concat(stderr).toString()));
  });
}
