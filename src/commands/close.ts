import { dirname } from 'node:path';
import { pasted } from '../base/pasted.ts';
import type { Context } from '../apply/context.ts';
import { closeSession } from '../apply/closeSession.ts';
import { mendTreeOf } from '../apply/mendTrees.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import { surveyClosing, type Survey } from '../apply/surveyClosing.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { describeKept, type ClosingStep } from '../status/closing.ts';
import { describeLoss } from '../status/decide.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { recordedServer } from './fleetServer.ts';
import { reloadFleet } from './loadFleet.ts';
import { pickSession, type Picked } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Ends a session and puts its clone away, with a receipt of what it keeps; `undo` brings both back. */
export async function close(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const picked = await pickSession(context, given, options['fleet']);
  await refuseInsideAgent(context, 'close', picked.fleet);
  return closePicked(context, picked, { yes: options['yes'] === true });
}

interface Wanted {
  readonly yes: boolean;
  /** Called after each step; a test ends the process in it. */
  readonly after?: (step: ClosingStep) => void;
}

export function closePicked(context: Context, picked: Picked, wanted: Wanted): Promise<number> {
  const { id } = picked.session;
  return withLock(
    fleetLock(context.store, picked.fleet.name),
    { timeoutMs: 60_000, what: `closing "${id}"` },
    async () => {
      await needRoom(fleetPaths(context.store, picked.fleet.uuid).root);
      const settled = await settleUnderLock(
        context,
        (await readFleet(context.store, picked.fleet.uuid)) ?? picked.fleet,
      );
      const record = await mendTreeOf(context, settled, id);
      const session = record.sessions.find((candidate) => candidate.id === id);
      if (!session) throw new UserError(`"${id}" is closed already`, { hint: `${pasted`undo ${id}`} brings it back` });
      const input = {
        record,
        session,
        server: recordedServer(record),
        include: await readInclude(context, record, id),
      };
      const survey = await surveyClosing(context, input);
      await confirm(context, { session, survey, yes: wanted.yes });
      if (survey.standing !== null) await needRoom(dirname(survey.archive));
      const keeps = await closeSession(context, { ...input, survey, ...(wanted.after ? { after: wanted.after } : {}) });
      tell(context, { session, survey: { ...survey, risks: keeps } });
      return EXIT.done;
    },
  );
}

/** From the layout as it is now; a layout that cannot be read leaves the files that people write by hand. */
async function readInclude(context: Context, record: FleetRecord, id: string): Promise<readonly string[]> {
  try {
    const { read } = await reloadFleet(context, record);
    const tree = read.layout.panes.find((pane) => pane.id === id)?.tree;
    return tree?.kind === 'own' ? tree.spec.include : [];
  } catch (error) {
    if (error instanceof UserError || error instanceof LayoutError) return [];
    throw error;
  }
}

interface Told {
  readonly session: SessionRecord;
  readonly survey: Survey;
}

/** What is merged or pushed goes without a question: the archive holds it all the same. */
async function confirm(context: Context, { session, survey, yes }: Told & { readonly yes: boolean }): Promise<void> {
  const asks = survey.decision.answer === 'ask';
  const kept = describeKept(survey.risks);
  if (yes || (!asks && kept.length === 0)) return;
  if (asks) context.talk(describeLoss('close', session.id, survey.decision));
  if (kept.length > 0) context.talk(`"${session.id}" has work that exists only here:\n${kept.join('\n')}`);
  if (!context.interactive) {
    const why =
      kept.length > 0
        ? 'it has work that exists only here'
        : (survey.decision.reasons[0]?.words ?? 'something runs there');
    throw new UserError(`"${session.id}" was not closed: ${why}`, {
      hint: `${pasted`close ${session.id} --yes`} closes it and keeps its work in its archive`,
    });
  }
  if (
    !(await context.askYes(
      `Close it${survey.standing === null ? '' : `, and keep its work in ${survey.archive}`}? [y/N] `,
    ))
  )
    throw new UserError('nothing was closed');
}

function tell(context: Context, { session, survey }: Told): void {
  const { standing, archive, risks } = survey;
  context.out(
    standing === null
      ? `"${session.id}" is closed; it had no clone of its own\n`
      : `"${session.id}" is closed; its ${standing.kind} is in ${archive}\n`,
  );
  const kept = describeKept(risks);
  if (standing !== null)
    context.out(kept.length === 0 ? '  all its work is merged or pushed\n' : `${kept.join('\n')}\n`);
  context.talk(`${pasted`undo ${session.id}`} brings it back`);
}
