import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingOf } from '../../src/tmux/keyBindings.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { run, type Ended } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

const PROGRAM = join(ROOT, 'dist', 'claude-tmux.cjs');

/** A private tmux server into which the plugin of this checkout is loaded, as a configuration would. */
export interface PluginScene {
  readonly sandbox: Sandbox;
  readonly tmux: PrivateTmux;
  /** Runs the root's file, `file`, in the server and waits until its load is through. */
  readonly load: (file?: string) => Promise<void>;
  /** The built program on this server. */
  readonly ct: (...args: string[]) => Promise<Ended>;
  /** Everything that uninstalling promises to leave as it was. */
  readonly dump: () => Promise<string>;
  /** A terminal of 100 × 30 that shows the server: a pane of a second one. */
  readonly attach: (...flags: string[]) => Promise<PrivateTmux>;
  readonly dispose: () => Promise<void>;
}

export async function makeScene({ config }: { readonly config?: string } = {}): Promise<PluginScene> {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build');
  const sandbox = await makeSandbox();
  const tmux = startTmux(sandbox, config === undefined ? {} : { config });
  await tmux.run('new-session', '-d', '-s', 'mine', '-x', '100', '-y', '30', 'sleep 100000');
  return {
    sandbox,
    tmux,
    load: async (file = join(ROOT, 'claude-tmux.tmux')) => {
      await tmux.run('set-environment', '-gu', 'claude_tmux_plugin');
      await tmux.run('run-shell', `'${file.replaceAll("'", `'\\''`).replaceAll('#', '##')}'`);
      await eventually(async () => tmux.run('show-environment', '-gh', 'claude_tmux_plugin'), { within: 30_000 });
    },
    ct: (command = '', ...args) =>
      run(process.execPath, [PROGRAM, command, '-S', tmux.socket, ...args], { env: sandbox.env, cwd: sandbox.root }),
    dump: async () =>
      (
        await Promise.all(
          [
            ['show-options', '-g'],
            ['show-options', '-gw'],
            ['show-options', '-s'],
            ['show-hooks', '-g'],
            ['show-hooks', '-gw'],
            ['list-keys'],
            ['list-keys', '-N'],
            ['show-environment', '-gh'],
          ].map((args) => tmux.run(...args)),
        )
      ).join('\n====\n'),
    attach: async (...flags) => {
      const terminal = startTmux(sandbox);
      await terminal.run(
        'new-session',
        '-d',
        '-x',
        '100',
        '-y',
        '30',
        `env -u TMUX tmux -S '${tmux.socket}' ${flags.join(' ')} attach-session`,
      );
      await terminal.run('set-option', '-g', 'status', 'off');
      return terminal;
    },
    dispose: () => sandbox.dispose(),
  };
}

/** Waits until a terminal shows a text; gives all it shows. */
export function shows(terminal: PrivateTmux, text: string): Promise<string> {
  return eventually(
    async () => {
      const screen = await terminal.run('capture-pane', '-p');
      if (!screen.includes(text)) throw new Error(`the screen does not show "${text}":\n${screen}`);
      return screen;
    },
    { within: 30_000 },
  );
}

/** A program at `path` that writes down what it is asked, a line a call, and does it; gives a reader of those lines. */
export function makeListener(path: string, log: string): () => readonly string[] {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(path, 0o755);
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
}

/** The line that tmux prints for a key of the prefix table, '' when it is free. All are asked for: tmux 3.7 prints nothing of a single one. */
export async function bound(tmux: PrivateTmux, key: string): Promise<string> {
  return bindingOf(key, await tmux.run('list-keys')) ?? '';
}
