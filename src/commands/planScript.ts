import { join } from 'node:path';
import { callerAccount } from '../agent/claudeFolders.ts';
import { readLaunchBody, renderLaunchFile } from '../agent/launchFile.ts';
import { launchSpec, promptOf } from '../agent/session.ts';
import type { Context } from '../apply/context.ts';
import { HOOKS, IDENTITY, REMOTES } from '../git/carried.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import type { Pane } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import { sessionIdOf } from '../plan/adopt.ts';
import { emitBatch } from '../plan/batch.ts';
import { refuseScript, renderScript, type ScriptFile } from '../plan/script.ts';
import { markOf, nameVariables, type ScriptVariable } from '../plan/scriptVariables.ts';
import { isPaneStep, type Step } from '../plan/step.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import type { LoadedFleet } from './loadFleet.ts';
import type { PlannedFleet } from './planFleet.ts';
import { newRecord } from './newRecord.ts';
import { nextRecord } from './keepRecord.ts';

interface ScriptRequest {
  readonly loaded: LoadedFleet;
  readonly planned: PlannedFleet;
  readonly noPrompt: boolean;
}

/** The plan as a script, with the launch files it needs (without hooks) and the fleet's record, so that this program knows the fleet afterwards. */
export async function planScript(context: Context, { loaded, planned, noPrompt }: ScriptRequest): Promise<string> {
  const { plan, server, snapshot } = planned;
  if (plan.problems.length > 0) return refuseScript(plan);
  const record = await nextRecord(context, loaded.record ?? newRecord(context, loaded, server), {
    loaded,
    planned,
    newId: () => context.newId(),
  });
  const body = await readLaunchBody(context.packageRoot);
  const panes = Object.values(plan.panes).filter((pane) =>
    plan.steps.some((step) => 'hold' in step && step.pane === pane.id),
  );
  const variables = nameVariables(
    Object.values(plan.panes).filter(
      (pane) => panes.includes(pane) || plan.steps.some((step) => step.kind === 'run-setup' && step.pane === pane.id),
    ),
  );
  const files = panes.flatMap((pane) =>
    filesOf(context, {
      pane,
      record,
      body,
      noPrompt,
      variables: variables.filter((variable) => variable.pane === pane.id),
    }),
  );
  const launchFiles = Object.fromEntries(
    panes.map((pane) => [pane.id, sessionPaths(fleetPaths(context.store, record.uuid), pane.id).launch]),
  );
  const steps = plan.steps.filter(isPaneStep);
  const batch = emitBatch({
    plan: { ...plan, steps },
    uuid: record.uuid,
    launchFiles,
    startFolder: record.sessions[0]?.path ?? context.home,
    version: snapshot.tmux.version,
    sessionId: sessionIdOf(plan, snapshot),
  });
  const trees = plan.steps.map((step) => withoutStranger(step, loaded.world.checkout));
  return renderScript({
    plan: { ...plan, steps: trees },
    files: [recordFile(context, record), ...files],
    batch,
    socket: server.socket,
    variables,
    carried: { identity: IDENTITY, hooks: HOOKS, remotes: REMOTES },
  });
}

/** Nothing is carried over from a checkout of another repository. */
function withoutStranger(step: Step, checkout: World['checkout']): Step {
  if (
    step.kind !== 'make-clone' ||
    checkout === null ||
    isSameRepository(checkout.origin ?? checkout.root, step.spec.repo)
  )
    return step;
  return { ...step, checkout: null };
}

function recordFile(context: Context, record: FleetRecord): ScriptFile {
  return {
    path: fleetPaths(context.store, record.uuid).record,
    text: `${JSON.stringify(record, null, 2)}\n`,
    variables: [],
  };
}

interface PaneFiles {
  readonly pane: Pane;
  readonly record: FleetRecord;
  readonly body: string;
  readonly noPrompt: boolean;
  /** Those of this pane. */
  readonly variables: readonly ScriptVariable[];
}

function filesOf(context: Context, { pane, record, body, noPrompt, variables }: PaneFiles): ScriptFile[] {
  const session = record.sessions.find((candidate) => candidate.id === pane.id);
  if (!session) return [];
  const input = sessionInput(context, { pane, record, body, noPrompt, variables, session });
  const spec = launchSpec(input);
  const text = promptOf(input);
  const prompt = spec.promptFile === null || text === null ? [] : [{ path: spec.promptFile, text, variables: [] }];
  return [
    {
      path: sessionPaths(fleetPaths(context.store, record.uuid), pane.id).launch,
      text: renderLaunchFile(spec, body),
      variables,
    },
    ...prompt,
  ];
}

function sessionInput(
  context: Context,
  { pane, record, session, body, noPrompt, variables }: PaneFiles & { readonly session: SessionRecord },
): Parameters<typeof launchSpec>[0] {
  return {
    fleet: fleetPaths(context.store, record.uuid),
    pane: { ...pane, env: Object.fromEntries(variables.map((variable) => [variable.name, markOf(variable)])) },
    cwd: join(session.path, pane.dir),
    conversation: session.conversation,
    account: session.account ?? callerAccount(context),
    login: { names: [], passedOver: [] },
    port: session.port,
    sendPrompt: !noPrompt,
    hooks: false,
    mcpServers: [],
    setup: null,
    startsAtOnce: 1,
    gates: context.store.gates,
    env: context.env,
    home: context.home,
    runFile: '',
    body,
  };
}
