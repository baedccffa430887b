import { lstat, rm } from 'node:fs/promises';
import { readAgents } from '../agent/agentFacts.ts';
import { UserError } from '../base/errors.ts';
import type { Mirror } from '../git/mirror.ts';
import { switchBranch } from '../git/switchBranch.ts';
import { readTreeRisks } from '../git/treeRisks.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { TreeStep } from '../plan/step.ts';
import { sortTaskRisks, type TaskRisks } from '../status/taskRisks.ts';
import { describeRisk } from '../status/treeRisk.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import type { Context } from './context.ts';
import { readOwnProcesses } from './ownProcesses.ts';
import type { FleetPlace } from './readEvidence.ts';

type BeginStep = Extract<TreeStep, { kind: 'begin-task' }>;

interface Beginning {
  readonly step: BeginStep;
  readonly fleet: FleetPlace;
  /** Null for a worktree. */
  readonly mirror: Mirror | null;
  readonly onLine: (line: string) => void;
  readonly onLacking: (words: string) => void;
}

/**
 * Puts the tree on its next task's branch and takes away what the last conversation left in the session's folder, so that its launch file
 * starts a new one. Looks at the tree and the agent once more right before. Throws a UserError, and has done nothing then.
 */
export async function beginTask(
  context: Context,
  { step, fleet, mirror, onLine, onLacking }: Beginning,
): Promise<string> {
  const { spec, pane, basePath, checkout } = step;
  await refuseAgent(context, { pane, fleet });
  const { refused } = await readTaskRisks(context, spec, fleet);
  if (refused.length > 0)
    throw new UserError(`the next task of "${pane}" was not begun: it has ${refused.map(describeRisk).join('; ')}`, {
      hint: 'commit, stash or undo that, then give the task again: claude-tmux task',
    });
  const said = await switchBranch({
    spec,
    basePath,
    mirror,
    checkout,
    env: context.env,
    onLine,
    onLacking,
    signal: context.signal,
  });
  const files = sessionPaths(fleetPaths(context.store, fleet.record.uuid), pane);
  for (const file of [files.session, files.prompted, files.exit, files.answer]) await rm(file, { force: true });
  return said;
}

/** What stands in the way of another task in this tree. */
export async function readTaskRisks(context: Context, spec: TreeSpec, fleet: FleetPlace): Promise<TaskRisks> {
  if ((await lstat(spec.path)).isSymbolicLink())
    throw new UserError(`"${spec.path}" is a link to somewhere else`, {
      hint: 'a task begins in a clone that is really there: move it back',
    });
  const own = await readOwnProcesses(context, fleet, spec.path);
  const base = spec.base.kind === 'branch' ? spec.base.name : null;
  return sortTaskRisks(
    await readTreeRisks(spec.path, {
      base,
      include: [],
      checkout: null,
      remote: null,
      mayStand: (pid) => own.has(pid),
      env: context.env,
    }),
  );
}

/** An agent that was started meanwhile (a key in its pane) is at work where it is. */
async function refuseAgent(
  context: Context,
  { pane, fleet: { record } }: { readonly pane: string; readonly fleet: FleetPlace },
): Promise<void> {
  const sessions = record.sessions.filter(({ id }) => id === pane);
  const agents = await readAgents({
    paths: fleetPaths(context.store, record.uuid),
    sessions,
    env: context.env,
    home: context.home,
  });
  if (agents[pane]?.alive === true)
    throw new UserError(`the next task of "${pane}" was not begun: its agent runs`, {
      hint: 'give the task again: claude-tmux task',
    });
}
