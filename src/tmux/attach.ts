import { spawn } from 'node:child_process';
import { childEnvironment } from '../base/childEnvironment.ts';
import { onTerminalWhile } from '../store/children.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { emitOwnLine } from '../plan/ownLine.ts';
import { startError, tmuxArgv, type Environment, type TmuxServer } from './tmux.ts';

interface Attachment {
  readonly server: TmuxServer;
  /** `$3`. */
  readonly sessionId: string;
  /** True when our terminal is a pane of that same server: then the client is switched instead of nested. */
  readonly insideSameServer: boolean;
  /** A session of its own on the same windows, at its own place in them, that never resizes what other clients see. */
  readonly grouped: boolean;
  /** Name of the client to switch (`/dev/pts/3`); null lets tmux find the one we stand in. */
  readonly client: string | null;
}

/**
 * argv that shows a session on this terminal.
 *
 * Grouped on tmux 3.2 to 3.7: windows are shared and have one size, so a smaller client shows a part of each (`ignore-size`,
 * it follows the cursor) instead of shrinking them for everybody; alone, it sizes them as any other does. Its session ends
 * with its client. Inside the same server that cannot be had: the flag belongs to the client and would stay on it afterwards.
 */
export function attachArgv({ server, sessionId, insideSameServer, grouped, client }: Attachment): string[] {
  if (grouped && insideSameServer) {
    throw new UserError('a grouped attach needs a terminal outside this tmux server', {
      hint: 'Open another terminal for it, or leave out --grouped: then this client goes to the session.',
      exitCode: EXIT.usage,
    });
  }
  // A group shares windows and no options: the session of its own gets the fleet's line too. An empty target is the new session.
  if (grouped)
    return tmuxArgv(server, [
      'new-session',
      '-f',
      'ignore-size',
      '-t',
      sessionId,
      ';',
      'set-option',
      'destroy-unattached',
      'on',
      ';',
      'if-shell',
      '-F',
      '1',
      emitOwnLine(''),
    ]);
  const here = client === null ? [] : ['-c', client];
  return tmuxArgv(
    server,
    insideSameServer ? ['switch-client', ...here, '-t', sessionId] : ['attach-session', '-t', sessionId],
  );
}

/** Hands the terminal to tmux until its client ends; gives its exit code (null after a signal). UserError when tmux is missing. */
export function runInTerminal(argv: readonly string[], env: Environment): Promise<number | null> {
  const [program = 'tmux', ...args] = argv;
  return onTerminalWhile(
    () =>
      new Promise((resolve, reject) => {
        // TMUX would forbid a client in a pane of another server; TMUX_PANE stays: `switch-client` finds its client by it.
        const child = spawn(program, args, {
          env: { ...childEnvironment('server', env), TMUX_PANE: env['TMUX_PANE'] },
          stdio: 'inherit',
        });
        child.on('error', (cause) => reject(startError(cause, argv)));
        child.on('close', (code) => resolve(code));
      }),
  );
}
