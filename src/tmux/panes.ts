import { ProgramError } from '../base/errors.ts';
import { runTmux, type Environment, type TmuxResult, type TmuxServer } from './tmux.ts';

/** What a pane shows, without colours; lines end in `\n`. */
export async function capturePane(server: TmuxServer, paneId: string, env: Environment): Promise<string> {
  return (await must(server, ['capture-pane', '-p', '-t', paneId], env)).stdout;
}

/** A pane's screen with its colours, where its cursor is (from 0), and the tmux mode that lies over it (`copy-mode`, `tree-mode`); '' for none. */
export interface PaneScreen {
  readonly text: string;
  readonly cursor: { readonly x: number; readonly y: number };
  readonly mode: string;
}

/** What the pane's program shows, whatever mode lies over it; screen and cursor are of one moment. */
export async function readScreen(server: TmuxServer, paneId: string, env: Environment): Promise<PaneScreen> {
  const { stdout } = await must(
    server,
    [
      'display-message',
      '-p',
      '-t',
      paneId,
      '#{cursor_x} #{cursor_y} #{pane_mode}',
      ';',
      'capture-pane',
      '-e',
      '-p',
      '-t',
      paneId,
    ],
    env,
  );
  const [, x = '0', y = '0', mode = '', text = ''] = /^(\d+) (\d+) (\S*)\n([^]*)$/.exec(stdout) ?? [];
  return { text, cursor: { x: Number(x), y: Number(y) }, mode };
}

/** Ends a session and the windows that it shares with grouped ones (`attach --grouped`): their programs get SIGHUP. */
export async function killSession(server: TmuxServer, sessionId: string, env: Environment): Promise<void> {
  const { stdout } = await must(server, ['list-sessions', '-F', '#{session_id} #{session_group}'], env);
  const sessions = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .map(([id = '', group = '']) => ({ id, group }));
  const group = sessions.find(({ id }) => id === sessionId)?.group ?? '';
  const grouped = group === '' ? [] : sessions.filter((session) => session.group === group && session.id !== sessionId);
  const targets = [...grouped.map(({ id }) => id), sessionId];
  await must(
    server,
    targets.flatMap((id, index) => [...(index === 0 ? [] : [';']), 'kill-session', '-t', id]),
    env,
  );
}

/** Shows a line in the attached clients, for a command whose own terminal is gone; no client is no error. */
export async function showMessage(server: TmuxServer, text: string, env: Environment): Promise<void> {
  await runTmux(server, ['display-message', text.replaceAll('#', '##')], { env });
}

/** Ends one pane; its program gets SIGHUP. */
export async function killPane(server: TmuxServer, paneId: string, env: Environment): Promise<void> {
  await must(server, ['kill-pane', '-t', paneId], env);
}

/** Ends what a pane runs with SIGHUP and lets its launch file only offer to start it again; place and options stay. */
export async function holdPane(
  server: TmuxServer,
  pane: { readonly paneId: string; readonly launchFile: string },
  env: Environment,
): Promise<void> {
  await must(server, ['respawn-pane', '-k', '-t', pane.paneId, '--', 'sh', pane.launchFile, 'hold'], env);
}

interface PanePlace {
  readonly sessionId: string;
  readonly windowId: string;
  readonly paneId: string;
  /** The client that is to show it; null when none is attached here. */
  readonly client: string | null;
}

/** Makes a pane the active one, keeping its window's zoom, and shows it on a client. */
export async function selectPane(server: TmuxServer, place: PanePlace, env: Environment): Promise<void> {
  const show = place.client === null ? [] : ['switch-client', '-c', place.client, '-t', place.sessionId, ';'];
  await must(
    server,
    [
      ...show,
      'select-window',
      '-t',
      `${place.sessionId}:${place.windowId}`,
      ';',
      'select-pane',
      '-Z',
      '-t',
      place.paneId,
    ],
    env,
  );
}

async function must(server: TmuxServer, args: readonly string[], env: Environment): Promise<TmuxResult> {
  const result = await runTmux(server, args, { env });
  if (result.code !== 0) throw new ProgramError({ argv: ['tmux', ...args], code: result.code, stderr: result.stderr });
  return result;
}
