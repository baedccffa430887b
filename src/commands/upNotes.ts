import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { plural } from '../base/text.ts';
import { startsClaude, treeOwnerId } from '../layout/layout.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { PlannedFleet } from './planFleet.ts';

/** A pane whose `dir` its tree does not have cannot start; it says so itself, but nobody may be looking. A setup may make it yet. */
export async function missingFolders({ plan, layout }: PlannedFleet, record: FleetRecord): Promise<string[]> {
  const inSetup = plan.steps.flatMap((step) => (step.kind === 'run-setup' ? [step.pane] : []));
  const settled = startedPanes(plan, layout).filter((pane) => !inSetup.includes(treeOwnerId(pane)));
  const found = await Promise.all(
    settled.map(async (pane): Promise<string[]> => {
      const session = record.sessions.find((candidate) => candidate.id === pane.id);
      const folder = session === undefined ? null : join(session.path, pane.dir);
      return folder === null || (await isFolder(folder))
        ? []
        : [
            `pane "${pane.id}" cannot start: its folder ${folder} is not there; mend \`dir\` in the layout, or make the folder`,
          ];
    }),
  );
  return found.flat();
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

export function tellAfter(context: Context, { plan, layout, snapshot }: PlannedFleet): void {
  const made = plan.steps.filter(
    (step) => step.kind === 'create-session' || step.kind === 'create-window' || step.kind === 'create-pane',
  ).length;
  const again = plan.steps.filter((step) => step.kind === 'respawn-pane' || step.kind === 'adopt-pane').length;
  const begun = plan.steps.flatMap((step) => (step.kind === 'begin-task' ? [step.pane] : []));
  const resumed = startedPanes(plan, layout).filter(
    (pane) => startsClaude(pane) && snapshot.agents[pane.id]?.begun === true && !begun.includes(pane.id),
  ).length;
  const parts = [
    made === 0 ? '' : `${plural(made, 'pane')} made`,
    again === 0 ? '' : `${again} started again`,
    resumed === 0 ? '' : `${plural(resumed, 'conversation')} resumed`,
  ].filter((part) => part !== '');
  const setups = plan.steps.flatMap((step) => (step.kind === 'run-setup' ? [step.pane] : []));
  if (setups.length > 0)
    context.talk(`note: the setup of ${setups.join(', ')} runs in the pane, before what that starts`);
  context.talk(`"${plan.fleet}" is up${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`);
}
