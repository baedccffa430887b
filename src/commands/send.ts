import type { Context } from '../apply/context.ts';
import { EXIT, ProgramError, UserError } from '../base/errors.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { deliverText, type Delivery, type Outcome } from './deliverText.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet, pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Pastes a prompt into a session, or with `--all` into each that can take one. Exit code 1 when one did not get it. */
export async function send(context: Context, args: readonly string[], options: Options): Promise<number> {
  const all = options['all'] === true;
  const words = (all ? args : args.slice(1)).join(' ');
  const text = words === '-' ? (await context.readInput()).trimEnd() : words;
  if (text.trim() === '')
    throw new UserError('there is no text to send', {
      hint: 'claude-tmux send SESSION TEXT, or send --all TEXT; TEXT is - for standard input',
      exitCode: EXIT.usage,
    });
  const { fleet, sessions } = await targets(context, { all, given: args[0] ?? '', fleetName: options['fleet'] });
  await refuseInsideAgent(context, 'send', fleet);
  const server = recordedServer(fleet);
  const outcomes = await Promise.all(
    sessions.map(async (session) => {
      const outcome = await attempt(context, { fleet, server, session, text });
      if ('refusal' in outcome) context.talk(`claude-tmux: ${outcome.refusal.message}\n  ${outcome.refusal.hint}`);
      else context.talk(`${outcome.given ? '' : 'claude-tmux: '}"${session.id}" ${outcome.words}`);
      return outcome.given;
    }),
  );
  return outcomes.every(Boolean) ? EXIT.done : EXIT.notDone;
}

interface Targets {
  readonly fleet: FleetRecord;
  readonly sessions: readonly SessionRecord[];
}

async function targets(
  context: Context,
  { all, given, fleetName }: { readonly all: boolean; readonly given: string; readonly fleetName: unknown },
): Promise<Targets> {
  if (!all) {
    const { fleet, session } = await pickSession(context, given, fleetName);
    return { fleet, sessions: [session] };
  }
  const fleet = await pickFleet(context, typeof fleetName === 'string' ? fleetName : undefined);
  return { fleet, sessions: fleet.sessions.filter((session) => session.kind === 'agent') };
}

/** Trouble with one session (its pane was closed just now) is told of that one, and the others get the text. */
async function attempt(context: Context, delivery: Delivery): Promise<Outcome> {
  try {
    return await deliverText(context, delivery);
  } catch (error) {
    if (error instanceof ProgramError || error instanceof UserError)
      return { given: false, words: `could not be given it: ${error.message}` };
    throw error;
  }
}
