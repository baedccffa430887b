import type { Context } from '../apply/context.ts';
import { runsInPane } from '../apply/ownPane.ts';
import { readGuests } from '../apply/readGuests.ts';
import { findProgram } from '../agent/findProgram.ts';
import { UserError } from '../base/errors.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import type { Plan } from '../plan/step.ts';
import { decide, describeRefusal } from '../status/decide.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { refuseLost } from './lostConversations.ts';
import type { PlannedFleet } from './planFleet.ts';
import type { Before } from './upOptions.ts';

/** Those in whose clone another Claude works; else those whose conversation is lost. */
export async function refuseSome(
  context: Context,
  planned: PlannedFleet,
  { loaded: { record }, wanted }: Omit<Before, 'planned'>,
): ReturnType<typeof refuseLost> {
  const guests = await refuseGuests(context, planned, record);
  if (guests.length > 0) return { refused: guests, resumed: new Map() };
  return refuseLost(context, {
    planned,
    record,
    ids: startedPanes(planned.plan, planned.layout).map(({ id }) => id),
    yes: wanted.yes,
  });
}

/** Ids of sessions that may not start, because another Claude works in their clone; each is said. */
async function refuseGuests(
  context: Context,
  { plan, layout }: PlannedFleet,
  record: FleetRecord | null,
): Promise<readonly string[]> {
  const guests = await readGuests(context, { layout, record, panes: startedPanes(plan, layout) });
  for (const { id, pid, path } of guests)
    context.talk(
      `claude-tmux: "${id}" was not started: another Claude (pid ${pid}) works in its clone ${path}; end it, then run the same command again`,
    );
  return guests.map(({ id }) => id);
}

export function refuseProblems({ problems }: Plan): void {
  const [first, ...others] = problems;
  if (first !== undefined)
    throw new UserError(['nothing was done:', first, ...others].join(others.length === 0 ? ' ' : '\n  '));
}

/** A pane that is started again ends what runs in it: this very command, when it was given in that pane's shell. */
export async function refuseOwnPane({ plan, snapshot }: PlannedFleet): Promise<void> {
  const panes = snapshot.tmux.session?.windows.flatMap((window) => window.panes) ?? [];
  for (const step of plan.steps) {
    if (step.kind !== 'respawn-pane' || !(await runsInPane(panes.find(({ id }) => id === step.paneId)?.pid ?? null)))
      continue;
    const { message, hint } = describeRefusal('respawn', step.pane, {
      decision: decide('respawn', { state: 'exited', circumstances: ['ownPane'] }),
    });
    throw new UserError(message, { hint });
  }
}

/** The agents' programs must be there before anything is made: a pane that only says "not found" helps nobody. */
export async function checkPrograms(context: Context, { plan, layout }: PlannedFleet): Promise<void> {
  const started = startedPanes(plan, layout);
  for (const pane of started) {
    const program = pane.work.kind === 'agent' ? pane.work.command[0] : undefined;
    if (program === undefined || (await findProgram(program, context)) !== null) continue;
    const hint =
      pane.work.kind === 'agent' && pane.work.isClaude
        ? 'install Claude Code (npm install -g @anthropic-ai/claude-code), or set `claude: {command: …}` in the layout'
        : 'install it, or set `claude: {command: …}` in the layout';
    throw new UserError(`the program "${program}" of pane "${pane.id}" is not on PATH`, { hint });
  }
}
