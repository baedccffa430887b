import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../agent/claudeFolders.ts';
import { stillApproved } from '../agent/mcp.ts';
import { firstNotice, readClaudeVersion } from '../agent/claudeVersion.ts';
import type { Login } from '../agent/environment.ts';
import { olderVersion } from '../agent/hookEvents.ts';
import { readLaunchBody } from '../agent/launchFile.ts';
import { writePlugin } from '../agent/plugin.ts';
import { writeSession } from '../agent/session.ts';
import { UserError } from '../base/errors.ts';
import { shellWord } from '../base/shellText.ts';
import { treeOwnerId, type Pane } from '../layout/layout.ts';
import { sessionIdOf } from '../plan/adopt.ts';
import { emitBatch } from '../plan/batch.ts';
import { isPaneStep, type Plan } from '../plan/step.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { makeFolder } from '../store/file.ts';
import { placeKey, readMachine } from '../store/machine.ts';
import { fleetPaths } from '../store/paths.ts';
import { runBatch } from '../tmux/runBatch.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
import { readLogin, updateSessionLines } from './login.ts';
import { writeSetups } from './writeSetups.ts';

export interface PanesInput {
  readonly plan: Plan;
  readonly record: FleetRecord;
  readonly server: TmuxServer;
  readonly snapshot: Snapshot;
  /** The Claude account that each pane starts in, by id. */
  readonly accounts: Readonly<Record<string, Account>>;
  /** True when the fleet is shown at the planned size at once. */
  readonly sizeKnown: boolean;
  readonly noPrompt: boolean;
}

/** Puts the panes on the screen in one batch; resolves to a sentence for each that could not be. */
export async function applyPanes(
  context: Context,
  { plan, record, server, snapshot, accounts, sizeKnown, noPrompt }: PanesInput,
): Promise<string[]> {
  const steps = plan.steps.filter(isPaneStep);
  if (steps.length === 0) return [];
  const { tmux } = snapshot;
  // What an earlier start met is no reason now.
  await rm(join(fleetPaths(context.store, record.uuid).root, 'wall'), { force: true });
  const login = readLogin(context, { server, snapshot });
  const launchFiles = await writeLaunches(context, { plan, record, snapshot, accounts, login, noPrompt });
  const renewed = tmux.session === null ? [] : updateSessionLines(context, login, tmux.session.id);
  const text = emitBatch({
    plan: { ...plan, steps },
    uuid: record.uuid,
    launchFiles,
    startFolder: record.sessions[0]?.path ?? context.home,
    version: tmux.version,
    sessionId: sessionIdOf(plan, snapshot),
    sizeKnown,
  });
  const result = await runBatch(server, [...renewed, text].join('\n'), context.env);
  const missing = steps.filter(
    (step) => ('hold' in step || step.kind === 'adopt-session') && !result.made.has(step.id),
  );
  const reasons = result.errors.map((error) => `tmux: ${error}`);
  return [...missing.map((step) => `${step.target} could not be made (${step.kind})`), ...reasons];
}

async function writeLaunches(
  context: Context,
  {
    plan,
    record,
    snapshot,
    accounts,
    login,
    noPrompt,
  }: Omit<PanesInput, 'server' | 'sizeKnown'> & { readonly login: Login },
): Promise<Record<string, string>> {
  const fleet = fleetPaths(context.store, record.uuid);
  const ids = new Set(plan.steps.flatMap((step) => ('hold' in step ? [step.pane] : [])));
  const body = `place_key=${placeKey(await readMachine())}\n${await readLaunchBody(context.packageRoot)}`;
  const panes = Object.values(plan.panes).filter((pane) => ids.has(pane.id));
  const commands = panes.flatMap(claudeCommand);
  if (commands.length > 0) {
    await writePlugin(fleet, {
      packageRoot: context.packageRoot,
      version: context.version,
      claude: await oldestClaude(context, commands),
    });
  }
  const setups = await writeSetups(context, {
    panes: Object.values(plan.panes),
    starting: panes,
    record,
    trees: snapshot.trees,
    accounts,
    login,
  });
  await makeFolder(context.store.gates);
  const written = await Promise.all(
    panes.map(async (pane): Promise<[string, string]> => {
      const session = sessionOf(record, pane);
      const path = await writeSession({
        fleet,
        pane,
        cwd: join(session.path, pane.dir),
        conversation: session.conversation,
        account: accounts[pane.id] ?? '',
        login,
        port: session.port,
        sendPrompt: !noPrompt,
        hooks: true,
        mcpServers: await stillApproved(record.mcpServers ?? [], { tree: session.path, dir: pane.dir }),
        setup: setups.get(treeOwnerId(pane)) ?? null,
        startsAtOnce: startsAtOnce(context),
        gates: context.store.gates,
        env: context.env,
        home: context.home,
        runFile: join(context.packageRoot, 'tmux-plugin', 'run.sh'),
        body,
      });
      return [pane.id, path];
    }),
  );
  return Object.fromEntries(written);
}

function sessionOf(record: FleetRecord, { id }: Pane): SessionRecord {
  const session = record.sessions.find((candidate) => candidate.id === id);
  if (session !== undefined) return session;
  throw new UserError(`session "${id}" is not in the fleet's record`, { hint: 'run the same command again' });
}

/** A starting agent takes a core for seconds and keeps up to 2 GB. */
function startsAtOnce({ cores }: Context): number {
  return Math.max(2, Math.min(4, cores));
}

/** The command of a pane that starts Claude; a placeholder will start `claude`. */
function claudeCommand({ work }: Pane): readonly (readonly string[])[] {
  if (work.kind === 'placeholder') return [['claude']];
  return work.kind === 'agent' && work.isClaude ? [work.command] : [];
}

/** One plugin folder serves all panes, so its events are those that the oldest Claude Code among them knows. */
async function oldestClaude(context: Context, commands: readonly (readonly string[])[]): Promise<string | null> {
  const { env, cwd, store } = context;
  const distinct = [...new Map(commands.map((command) => [JSON.stringify(command), command])).values()];
  const versions = await Promise.all(
    distinct.map((command) =>
      readClaudeVersion({
        command,
        env,
        cwd,
        store,
        onSilent: (words) => context.talk(`note: ${silentClaude(command, words)}`),
      }),
    ),
  );
  for (const version of new Set(versions)) {
    const notice = await firstNotice(store, version);
    if (notice !== null) context.talk(`note: ${notice}`);
  }
  return versions.reduce(olderVersion);
}

/** A wrapper that is not allowed to run yet (direnv, mise) is the usual reason, and then its panes do not start either. */
function silentClaude(command: readonly string[], words: string): string {
  const said = words === '' ? 'it printed none' : words;
  return `${command.map(shellWord).join(' ')} --version does not tell the version of Claude Code: ${said}. All panes get only the hooks that its oldest version knows, so some states show later, until it does and the panes are restarted`;
}
