import type { Context } from '../apply/context.ts';
import { findSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Prints the folder a session works in: `cd "$(claude-tmux path api)"`. */
export async function path(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { session } = await findSession(context, given, options['fleet']);
  context.out(`${session.path}\n`, 'exact');
  return 0;
}
