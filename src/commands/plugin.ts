import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { word } from '../base/tmuxText.ts';
import { messageTo } from '../plugin/messageTo.ts';
import { sessionsMenu } from '../plugin/sessionsMenu.ts';
import { changeServer } from '../tmux/changeServer.ts';
import { readServer } from '../tmux/readServer.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { agreeInPane } from './agreeInPane.ts';
import { namedServer } from './fleetServer.ts';
import { loadPlugin } from './loadPlugin.ts';
import { next } from './next.ts';
import { readReport, status } from './status.ts';
import type { Options } from './commandSpec.ts';

/** What the scripts of tmux-plugin/ ask for, each on behalf of the client or of the pane in which a key was pressed. */
export async function plugin(
  context: Context,
  [action = '', client = '', page = '1']: readonly string[],
  options: Options,
): Promise<number> {
  const given = options['folder'];
  const folder = typeof given === 'string' ? given : join(context.packageRoot, 'tmux-plugin');
  switch (action) {
    case 'load':
      return loadPlugin(context, folder);
    case 'next':
      return tellClient(context, client, next);
    case 'menu':
      return tellClient(context, client, (quiet) => showMenu(quiet, { client, page: Number(page), folder }));
    case 'dashboard':
      return status(context, [], { all: true, follow: true });
    case 'agree':
      return agreeInPane(context, { folder: client, cwd: page });
    default:
      throw new UserError(`the plugin knows no "${action}"`, {
        hint: 'it is load, next, menu, dashboard or agree',
        exitCode: EXIT.usage,
      });
  }
}

/** Runs a command whose talk nobody would see: what it says last, or why it could not be done, appears in the client's status line. */
async function tellClient(context: Context, client: string, run: (quiet: Context) => Promise<number>): Promise<number> {
  const said: string[] = [];
  const quiet = { ...context, talk: (text: string) => void said.push(text) };
  const code = await run(quiet).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    said.push(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    return error.exitCode;
  });
  const text = said.at(-1);
  if (text !== undefined) await changeServer(namedServer(context), messageTo(client, text), context.env);
  return code;
}

interface Wanted {
  readonly client: string;
  readonly page: number;
  readonly folder: string;
}

async function showMenu(context: Context, { client, page, folder }: Wanted): Promise<number> {
  const server = namedServer(context);
  const [report, { clients }] = await Promise.all([
    readReport(context, { given: undefined, all: true, whole: false }),
    readServer(server, { uuid: null, session: '', env: context.env }),
  ]);
  const shown = clients.find(({ name }) => name === client);
  if (!shown) throw new UserError(`no terminal "${client}" is attached`, { exitCode: EXIT.usage });
  const fleets = report.fleets.filter(({ socket }) => socket === server.socket);
  await openMenu(server, sessionsMenu({ fleets, client: shown, page, folder, now: context.now() }), context);
  return EXIT.done;
}

/** `display-menu` comes back when the menu is closed; behind `if-shell -b` nobody waits for that, and its text is expanded no further. */
async function openMenu(server: TmuxServer, menu: string, { env }: Context): Promise<void> {
  await changeServer(server, `if-shell -b true ${word(menu)}\n`, env);
}
