import { join } from 'node:path';
import type { Account } from '../agent/claudeFolders.ts';
import { paneEnvironment, type Login } from '../agent/environment.ts';
import { renderSetupFile, type LaunchSetup } from '../agent/launchFile.ts';
import { setupMarkPath } from '../git/setupMark.ts';
import { treeOwnerId, type Pane } from '../layout/layout.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { makeFolder, writeFileAtomic } from '../store/file.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import type { Context } from './context.ts';

interface Setups {
  /** All of the plan's. */
  readonly panes: readonly Pane[];
  /** Those whose launch files are written. */
  readonly starting: readonly Pane[];
  readonly record: FleetRecord;
  /** As they were before the plan was carried out. */
  readonly trees: Snapshot['trees'];
  /** The account that each pane starts in, by id. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly login: Login;
}

/** Writes the setup of every tree that starting panes work in and that is not set up; resolves to them by the id of the tree's owner. */
export async function writeSetups(
  context: Context,
  { panes, starting, record, trees, accounts, login }: Setups,
): Promise<ReadonlyMap<string, LaunchSetup>> {
  const owners = new Set(starting.map(treeOwnerId));
  const pending = panes.filter((pane) => owners.has(pane.id) && isPending(pane, trees));
  if (pending.length > 0) await makeFolder(fleetPaths(context.store, record.uuid).logs);
  const written = await Promise.all(
    pending.map((pane) => writeOne(context, pane, { record, account: accounts[pane.id] ?? '', login })),
  );
  return new Map(written.flat());
}

/** A tree that was not there has just been made. */
function isPending({ tree }: Pane, trees: Snapshot['trees']): boolean {
  if (tree.kind !== 'own' || tree.spec.setup.length === 0) return false;
  const state = trees[tree.spec.path];
  return state?.kind !== 'ready' || !state.setupDone;
}

async function writeOne(
  context: Context,
  pane: Pane,
  { record, account, login }: { readonly record: FleetRecord; readonly account: Account; readonly login: Login },
): Promise<[string, LaunchSetup][]> {
  if (pane.tree.kind !== 'own') return [];
  const { path, setup } = pane.tree.spec;
  const paths = fleetPaths(context.store, record.uuid);
  const files = sessionPaths(paths, pane.id);
  const done = await setupMarkPath(path);
  if (done === null) return [];
  const port = record.sessions.find(({ id }) => id === pane.id)?.port ?? null;
  const text = renderSetupFile({
    cwd: path,
    commands: setup,
    ...paneEnvironment({ env: context.env, account, own: pane.env, port, login, files }),
  });
  await writeFileAtomic(files.setup, text, { durable: false });
  return [[pane.id, { file: files.setup, done, log: join(paths.logs, `${pane.id}.setup.log`) }]];
}
