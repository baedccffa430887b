import type { Context } from '../apply/context.ts';
import { runHere } from '../apply/runHere.ts';
import { ownVariablesOf } from './ownEnvironment.ts';
import { pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Opens the user's shell in the folder a session works in. */
export async function shell(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  const program = context.env['SHELL'];
  return runHere([program !== undefined && program !== '' ? program : '/bin/sh'], {
    cwd: session.path,
    env: context.env,
    own: ownVariablesOf(context, fleet, session),
  });
}
