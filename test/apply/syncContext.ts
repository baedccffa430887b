import type { Context } from '../../src/apply/context.ts';
import type { FleetRecord, SessionRecord } from '../../src/store/fleetRecord.ts';
import { writeFleet } from '../../src/store/fleets.ts';
import { storePaths } from '../../src/store/paths.ts';
import type { SyncScene } from '../git/syncFixture.ts';

/** A context in which nobody can be asked; it is a quarter past midnight in 1970. */
export function quietContext({ shop }: SyncScene): Context {
  const { env, home } = shop.sandbox;
  const none = (): void => undefined;
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is there to answer'));
  return {
    env,
    cwd: home,
    home,
    user: 'me',
    uid: 1000,
    platform: process.platform,
    version: '0',
    packageRoot: home,
    node: process.execPath,
    program: '/nonexistent',
    store: storePaths(env, home),
    terminal: null,
    talkColumns: null,
    cores: 2,
    interactive: true,
    hasKeyboard: false,
    color: { out: false, talk: false },
    socket: {},
    signal: new AbortController().signal,
    out: none,
    talk: none,
    draw: none,
    readInput: () => Promise.resolve(''),
    openScreen: () => {
      throw new Error('there is no screen');
    },
    ask: nobody,
    askYes: nobody,
    now: () => 1_000_000,
    newId: () => 'id',
  };
}

/** A recorded fleet of one session, `api`, in the scene's clone; it is not up. */
export async function recordFleet(
  context: Context,
  scene: SyncScene,
  more: Partial<SessionRecord> = {},
): Promise<FleetRecord> {
  const { origin, checkout, path } = scene.shop;
  const session: SessionRecord = {
    id: 'api',
    number: 1,
    name: 'Api',
    renamedFrom: null,
    key: null,
    color: 'blue',
    kind: 'agent',
    isClaude: true,
    path: scene.tree,
    owner: 'api',
    branch: 'feature/api',
    base: null,
    baseOf: null,
    launchHash: 'h',
    conversation: null,
    account: null,
    port: null,
    task: null,
    nextTask: null,
    syncedAt: null,
    syncWhenIdle: null,
    dependsOn: [],
    ...more,
  };
  const fleet: FleetRecord = {
    version: 1,
    uuid: 'a1',
    name: 'shop',
    session: 'shop',
    machine: null,
    socket: path('no-server'),
    strategy: 'component',
    repo: origin,
    checkout,
    layout: path('a.yaml'),
    workspace: path('work space'),
    task: null,
    mcpServers: null,
    localSettings: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    added: [],
    closed: [],
    sessions: [session],
  };
  await writeFleet(context.store, fleet);
  return fleet;
}
