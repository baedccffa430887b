import { pasted } from '../base/pasted.ts';
import { join } from 'node:path';
import { callerAccount } from '../agent/claudeFolders.ts';
import type { Context } from '../apply/context.ts';
import { findStrays } from '../apply/readStrays.ts';
import { readEvidence } from '../apply/readEvidence.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { oneLine, plural } from '../base/text.ts';
import { readCheckout } from '../git/checkout.ts';
import { savedLayoutText, type SavedSession } from '../layout/savedLayout.ts';
import type { AgentWork } from '../layout/layout.ts';
import { STATES } from '../status/states.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { namedServer, recordedServer } from './fleetServer.ts';
import { layoutNow, readWorld } from './loadFleet.ts';
import { knownFleets } from './pick.ts';
import { shippedLayouts } from './places.ts';
import { layoutFileName, trustOwn, writeLayout } from './writeLayout.ts';

/** Writes a layout from the Claude sessions that run now in this tmux server, of fleets or not; never over a file that exists. */
export async function save(context: Context, [name = 'saved']: readonly string[]): Promise<number> {
  const file = layoutFileName(name);
  const { sessions, commands } = await runningSessions(context);
  if (sessions.length === 0)
    throw new UserError('no Claude session runs in this tmux server', {
      hint: 'another server is named with -L or -S',
    });
  const path = join(context.cwd, file);
  const text = savedLayoutText({
    name: file.replace(/\.ya?ml$/, ''),
    schemaPath: join(shippedLayouts(context), 'layout.schema.json'),
    sessions,
  });
  await writeLayout(path, text, 'save');
  await trustOwn(context, path, await readWorld(context, context.cwd)).catch((error: unknown) => {
    // One that needs a mend first is looked at then.
    if (!(error instanceof LayoutError)) throw error;
  });
  context.out(`${path}\n`, 'exact');
  if (commands.length > 0)
    context.talk(`note: left out, because no agent runs in them: ${commands.join(', ')}; add each with \`run:\``);
  context.talk(`${plural(sessions.length, 'session')} saved; ${pasted`plan ${name}`} shows what \`up\` of it would do`);
  return EXIT.done;
}

interface Running {
  readonly sessions: readonly SavedSession[];
  /** Names of the panes that run a command. */
  readonly commands: readonly string[];
}

async function runningSessions(context: Context): Promise<Running> {
  const server = namedServer(context);
  const fleets = (await knownFleets(context)).filter((record) => recordedServer(record).socket === server.socket);
  const evidence = (
    await Promise.all(
      fleets.map(async (record) => {
        const [all, works] = await Promise.all([readEvidence(context, { record, server }), readWorks(context, record)]);
        return all.map((one) => ({ ...one, work: works.get(one.session.id) ?? null }));
      }),
    )
  ).flat();
  const commands = evidence
    .filter(({ session, pane }) => pane !== null && !session.isClaude)
    .map(({ session }) => oneLine(session.name));
  // What does not run is not saved: a layout is made of what one sees at work.
  const ours = evidence
    .filter(({ session, pane, verdict }) => pane !== null && session.isClaude && STATES[verdict.state].lives)
    .map(({ session, work }) => ({ ...session, work }));
  const strays = await findStrays(context, server, fleets);
  const others = strays.map(({ entry, account, cwd }) => ({
    id: null,
    name: entry.name ?? cwd,
    key: null,
    color: null,
    path: cwd,
    account,
    work: null,
  }));
  const sessions = await Promise.all(
    [...ours, ...others].map(async ({ id, name, key, color, path, account, work }): Promise<SavedSession> => {
      const checkout = await readCheckout(path, context.env);
      return {
        id,
        name: oneLine(name).slice(0, 200),
        key,
        color,
        path: checkout?.root ?? path,
        repo: checkout?.origin ?? null,
        branch: checkout?.branch ?? null,
        work,
        account: account === callerAccount(context) || account === '' ? null : account,
      };
    }),
  );
  return { sessions, commands };
}

/** How the fleet's layout starts each agent, by id; nothing where the layout cannot be read any more. */
async function readWorks(context: Context, record: FleetRecord): Promise<ReadonlyMap<string, AgentWork>> {
  const panes = (await layoutNow(context, record))?.panes ?? [];
  return new Map(panes.flatMap(({ id, work }) => (work.kind === 'agent' ? [[id, work]] : [])));
}
