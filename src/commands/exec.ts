import type { Context } from '../apply/context.ts';
import { runHere } from '../apply/runHere.ts';
import { EXIT, UserError } from '../base/errors.ts';
import type { SessionRecord } from '../store/fleetRecord.ts';
import { ownVariablesOf } from './ownEnvironment.ts';
import { pickFleet, pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Runs a command in a session's clone (`exec api -- npm test`), or with `--all` in each clone one after the other. */
export async function exec(context: Context, args: readonly string[], options: Options): Promise<number> {
  const all = options['all'] === true;
  const [given = ''] = args;
  const { fleet: fleetName, command } = withFleet(all ? args : args.slice(1), options['fleet']);
  if (command.length === 0)
    throw new UserError('no command to run', {
      hint: 'claude-tmux exec SESSION -- COMMAND, or exec --all -- COMMAND',
      exitCode: EXIT.usage,
    });
  if (!all) {
    const { fleet, session } = await pickSession(context, given, fleetName);
    return runHere(command, { cwd: session.path, env: context.env, own: ownVariablesOf(context, fleet, session) });
  }
  const fleet = await pickFleet(context, fleetName);
  let worst = 0;
  for (const session of oneForEachTree(fleet.sessions)) {
    if (context.signal.aborted) break;
    context.talk(`== ${session.id} (${session.path})`);
    const code = await runHere(command, {
      cwd: session.path,
      env: context.env,
      own: ownVariablesOf(context, fleet, session),
    }).catch((error: unknown) => tellOnly(context, error));
    if (code !== null && code !== 0) context.talk(`== ${session.id}: exit code ${code}`);
    if (code !== 0) worst = 1;
  }
  return worst;
}

interface Parsed {
  readonly fleet: string | undefined;
  readonly command: readonly string[];
}

/** What follows the session is passed on as it is, except `-f FLEET` before the `--` (`exec api -f shop -- make`). */
function withFleet(words: readonly string[], given: unknown): Parsed {
  const fleet = typeof given === 'string' ? given : undefined;
  const [first, second, third] = words;
  if ((first === '-f' || first === '--fleet') && second !== undefined && third === '--')
    return { fleet: second, command: words.slice(3) };
  return { fleet, command: first === '--' ? words.slice(1) : words };
}

/** What cannot be started in one clone (a script that only another branch has) is run in the others all the same. */
function tellOnly(context: Context, error: unknown): null {
  if (!(error instanceof UserError)) throw error;
  context.talk(`claude-tmux: ${error.message}`);
  return null;
}

function oneForEachTree(sessions: readonly SessionRecord[]): SessionRecord[] {
  return sessions.filter((session, at) => sessions.findIndex((other) => other.path === session.path) === at);
}
