import type { BarVariable } from '../../src/bar/bar.ts';
import { word } from '../../src/base/tmuxText.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

/** A private tmux server with a bar, and terminals of any width that look at it. */
export interface BarScreen {
  readonly sandbox: Sandbox;
  readonly tmux: PrivateTmux;
  /** Sets the variables and redraws the status lines. */
  publish(variables: readonly BarVariable[]): Promise<void>;
  /** Attaches a terminal of this width; resolves when it shows the session. */
  show(columns: number, session?: string): Promise<Terminal>;
  dispose(): Promise<void>;
}

export interface Terminal {
  /** The last lines of what is on the screen: the status lines. */
  status(lines: number): Promise<string[]>;
  /** The same with colours and attributes as escape sequences. */
  painted(lines: number): Promise<string[]>;
  /** Gives it another width. */
  resize(columns: number): Promise<void>;
  /** Sends a left click on a cell, both from 1. */
  click(column: number, row: number): Promise<void>;
}

const ROWS = 8;

/** `config` is the inner server's; its session `lab` has the windows 0 to `windows` - 1. */
export async function makeBarScreen({
  config = '',
  windows = 1,
}: { readonly config?: string; readonly windows?: number } = {}): Promise<BarScreen> {
  const sandbox = await makeSandbox();
  const tmux = startTmux(sandbox, { config: `set -g status-interval 1\n${config}` });
  await tmux.run('new-session', '-d', '-s', 'lab', '-x', '100', '-y', String(ROWS), 'sleep 1000');
  for (let at = 1; at < windows; at++) await tmux.run('new-window', '-d', '-t', '=lab:', 'sleep 1000');
  return {
    sandbox,
    tmux,
    publish: (variables) => publish({ sandbox, tmux }, variables),
    show: (columns, session = 'lab') => show({ sandbox, tmux }, columns, session),
    dispose: () => sandbox.dispose(),
  };
}

async function publish(
  { sandbox, tmux }: Pick<BarScreen, 'sandbox' | 'tmux'>,
  variables: readonly BarVariable[],
): Promise<void> {
  const lines = variables.map(
    ({ scope, name, value }) =>
      `set-environment ${scope === null ? '-gh' : `-h -t ${word(scope)}`} ${name} ${word(value)}`,
  );
  const { code, stderr } = await run('tmux', ['-S', tmux.socket, 'source-file', '-'], {
    env: sandbox.env,
    input: `${lines.join('\n')}\n`,
  });
  if (code !== 0 || stderr !== '') throw new Error(`tmux refused the variables: ${stderr}`);
}

async function show(
  { sandbox, tmux }: Pick<BarScreen, 'sandbox' | 'tmux'>,
  columns: number,
  session: string,
): Promise<Terminal> {
  const outer = startTmux(sandbox, { config: 'set -g status off\nset -g escape-time 0\n' });
  await outer.run(
    'new-session',
    '-d',
    '-s',
    'eye',
    '-x',
    String(columns),
    '-y',
    String(ROWS),
    `env -u TMUX tmux -S ${tmux.socket} attach-session -t ${session}`,
  );
  const capture = async (lines: number, ...more: string[]) => {
    // A redraw shows what was set just before; the screen behind it is never further back than this.
    await tmux.run('refresh-client', '-S').catch(() => '');
    const text = await outer.run('capture-pane', '-p', '-N', ...more, '-t', '=eye:');
    return text
      .split('\n')
      .slice(-lines)
      .map((line) => line.trimEnd());
  };
  const isThisWide = (wanted: number) =>
    eventually(async () => {
      if (!(await tmux.run('list-clients', '-F', '#{client_width}')).split('\n').includes(String(wanted)))
        throw new Error(`no client is ${wanted} wide yet`);
    });
  await isThisWide(columns);
  return {
    status: (lines) => capture(lines),
    painted: (lines) => capture(lines, '-e'),
    resize: async (wanted) => {
      await outer.run('resize-window', '-t', '=eye:', '-x', String(wanted));
      await isThisWide(wanted);
    },
    click: async (column, row) => {
      await outer.run('send-keys', '-t', '=eye:', '-l', `\u001b[<0;${column};${row}M\u001b[<0;${column};${row}m`);
    },
  };
}
