import { readFile } from 'node:fs/promises';
import { startTmux } from '../../support/privateTmux.ts';
import type { Environment, Sandbox } from '../../support/sandbox.ts';

/** A program on a terminal of its own: a pane of a tmux server that has nothing to do with the fleet's. */
export interface Terminal {
  /** What is on the screen, lines that were broken at the edge joined. */
  screen(): Promise<string>;
  /** Keys by tmux's names: `Enter`, `Escape`, `Down`. */
  press(...keys: string[]): Promise<void>;
  /** Exit code as a shell gives it (128 and more: a signal); null while the program runs. */
  exitCode(): Promise<number | null>;
}

/** tmux 3.3a does not always know how a pane's program ended (`pane_dead_status` stays empty). */
const RUN = '"$@"; echo "$?" >"$0.new"; mv "$0.new" "$0"';

interface TerminalOptions {
  readonly cwd: string;
  /** On top of the sandbox's. */
  readonly env?: Environment;
}

/** Opens a terminal of 140×40 on which `argv` runs; it ends with the sandbox. */
export async function openTerminal(
  sandbox: Sandbox,
  argv: readonly string[],
  { cwd, env = {} }: TerminalOptions,
): Promise<Terminal> {
  const tmux = startTmux(sandbox, { config: 'set -g remain-on-exit on\nset -g history-limit 5000\n' });
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const code = `${tmux.socket}.exit`;
  // The program must not see that its terminal is a tmux pane.
  await tmux.run(
    'new-session',
    '-d',
    '-s',
    't',
    '-x',
    '140',
    '-y',
    '40',
    '-c',
    cwd,
    'env',
    '-u',
    'TMUX',
    '-u',
    'TMUX_PANE',
    ...variables,
    'sh',
    '-c',
    RUN,
    code,
    ...argv,
  );
  return {
    screen: () => tmux.run('capture-pane', '-p', '-J', '-S', '-', '-t', 't:'),
    press: async (...keys) => {
      await tmux.run('send-keys', '-t', 't:', ...keys);
    },
    exitCode: async () => {
      const text = await readFile(code, 'utf8').catch(() => '');
      return text === '' ? null : Number(text);
    },
  };
}
