import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { bringUp } from './bringUp.ts';
import { changeFleet } from './changeFleet.ts';
import { pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Starts a session that waits or has ended, its conversation resumed; one that runs is left alone. */
export async function start(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  await refuseInsideAgent(context, 'start', fleet);
  const { id } = session;
  const yes = options['yes'] === true;
  return changeFleet(context, fleet, { what: `starting "${id}"`, yes }, async (loaded) => {
    if (!loaded.read.layout.panes.some((pane) => pane.id === id))
      throw new UserError(`session "${id}" is no longer in the layout`, { hint: 'put it back to start it' });
    const { code } = await bringUp(context, loaded, {
      only: [id],
      start: [id],
      fromHere: false,
      noPrompt: false,
      yes,
      attach: false,
    });
    return code;
  });
}
