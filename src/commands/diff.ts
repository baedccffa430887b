import type { Context } from '../apply/context.ts';
import { childEnvironment } from '../base/childEnvironment.ts';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { diffArgs, withNewFiles } from '../git/diff.ts';
import { readOwnPrograms } from '../git/run/overrides.ts';
import { showGit } from '../git/run/terminal.ts';
import { ownVariablesOf } from './ownEnvironment.ts';
import { findSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Shows what a session changed since its branch left the base, uncommitted work and new files included. */
export async function diff(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await findSession(context, given, options['fleet']);
  if (session.owner === null)
    throw new UserError(`session "${session.id}" works in your own checkout ${session.path}`, {
      hint: 'git diff there shows its changes',
    });
  const args = await diffArgs(session.path, { base: session.base, env: context.env });
  const at = args.indexOf('--');
  const stat = options['stat'] === true ? ['--stat'] : [];
  const { keys } = await readOwnPrograms(session.path, context.env);
  if (keys.length > 0)
    context.talk(`not run, because only the configuration of ${session.path} names it: ${oneLine(keys.join(', '))}`);
  const shown = [...args.slice(0, at), ...stat, ...args.slice(at)];
  return withNewFiles(session.path, context.env, (set) =>
    showGit(shown, {
      cwd: session.path,
      env: { ...childEnvironment('here', context.env), ...ownVariablesOf(context, fleet, session) },
      set,
    }),
  );
}
