import { writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import { output } from './run.ts';
import type { Sandbox } from './sandbox.ts';
import { endTmuxServer } from './tmuxServers.ts';

/** A tmux server of a sandbox's own. It starts with the first command that starts a server (`new-session`, `start-server`). */
export interface PrivateTmux {
  readonly socket: string;
  /** Runs one tmux command and gives its stdout without the last newline; throws with tmux's words when it ends badly. */
  run(...args: string[]): Promise<string>;
  /** Ends the server and waits for it. */
  dispose(): Promise<void>;
}

let servers = 0;

/** `config` is the text of a tmux configuration file; without it the server reads none (`-f /dev/null`). */
export function startTmux(sandbox: Sandbox, { config }: { readonly config?: string } = {}): PrivateTmux {
  servers += 1;
  const socket = sandbox.path(`s${servers}`);
  mustBePrivate(socket, sandbox);
  const file = config === undefined ? '/dev/null' : sandbox.path(`tmux${servers}.conf`);
  if (config !== undefined) writeFileSync(file, config);
  const run = async (...args: string[]) => {
    const text = await output('tmux', ['-S', socket, '-f', file, ...args, ...(await sizeOf(args, sandbox))], {
      env: sandbox.env,
      cwd: sandbox.root,
    });
    return text.replace(/\n$/, '');
  };
  return { socket, run, dispose: () => endTmuxServer(socket) };
}

/** tmux 3.2a makes a detached window 80×24, whatever `-x` and `-y` of `new-session` say. */
async function sizeOf(args: readonly string[], { env }: Sandbox): Promise<string[]> {
  const valueOf = (flag: string): string | undefined =>
    args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
  const [columns, rows, name] = [valueOf('-x'), valueOf('-y'), valueOf('-s')];
  if (args[0] !== 'new-session' || columns === undefined || rows === undefined) return [];
  ignoresSize ??= output('tmux', ['-V'], { env }).then((version) => version.startsWith('tmux 3.2'));
  if (!(await ignoresSize)) return [];
  const target = name === undefined ? [] : ['-t', `=${name}:`];
  return [
    ';',
    'resize-window',
    ...target,
    '-x',
    columns,
    '-y',
    rows,
    ';',
    'set-option',
    '-uw',
    ...target,
    'window-size',
  ];
}
let ignoresSize: Promise<boolean> | undefined;

/** Refuses to run a test that could reach the user's own server. */
function mustBePrivate(socket: string, { root, env }: Sandbox): void {
  if (!socket.startsWith(root + sep)) throw new Error(`the socket "${socket}" lies outside the sandbox`);
  if (env.TMUX !== undefined || env.TMUX_PANE !== undefined)
    throw new Error('the environment names the tmux server this test was started in');
}
