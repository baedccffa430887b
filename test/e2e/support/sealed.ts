import { readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionStatus, StatusReport } from '../../../src/status/report.ts';
import { fleetPaths, sessionPaths, storePaths, type SessionPaths } from '../../../src/store/paths.ts';
import { eventually } from '../../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../../support/privateTmux.ts';
import { PROGRAM, startProgram } from '../../support/program.ts';
import type { Ended } from '../../support/run.ts';
import { makeSandbox, type Environment, type Sandbox } from '../../support/sandbox.ts';
import { endTmuxServersIn, mustBeGone } from '../../support/tmuxServers.ts';
import { startMessagesApi, type MessagesApi } from './messagesApi.ts';
import { makeClaudeEnvironment, makeProject, trust, writeHome, type SealedOptions } from './sealedHome.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** A pane as it stands in a layout; JSON is YAML, so any prompt can be written. */
export interface PaneText {
  readonly id: string;
  readonly prompt?: string;
  readonly [key: string]: unknown;
}

/**
 * The real claude, sealed in: a home of its own whose first-start questions are answered, the scripted API on loopback, a project with
 * a remote, and a private tmux server whose environment (which panes inherit) knows nothing of the developer's.
 */
export interface Sealed {
  readonly sandbox: Sandbox;
  readonly env: Environment;
  readonly api: MessagesApi;
  readonly tmux: PrivateTmux;
  /** The checkout in which claude-tmux is run. */
  readonly checkout: string;
  /** Where the clones of the fleet "shop" are. */
  readonly workspace: string;
  /** Runs claude-tmux in the checkout on the private server, without a terminal. */
  ct(args: readonly string[], options?: { readonly env?: Environment }): Promise<Ended>;
  /** As `ct`; throws unless the exit code is 0. */
  ok(...args: string[]): Promise<Ended>;
  /** Runs claude-tmux on a terminal. */
  terminal(args: readonly string[], options?: { readonly env?: Environment }): Promise<Terminal>;
  /** Writes `shop.yaml` (strategy task, bare prompts) with these panes, and further keys of the top level. */
  writeLayout(panes: readonly PaneText[], rest?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Brings up a fleet of one agent and waits until its claude has registered. */
  startAgent(pane: PaneText): Promise<SessionStatus>;
  /** `status --format json`, flat. */
  sessions(): Promise<readonly SessionStatus[]>;
  statusOf(id: string): Promise<SessionStatus>;
  /** Waits until the session is in one of these states. */
  reaches(id: string, ...states: readonly SessionStatus['agent']['state'][]): Promise<SessionStatus>;
  /** Waits until the session's turn is over, looked at (`idle`) or not (`done`). */
  rests(id: string): Promise<SessionStatus>;
  screenOf(id: string): Promise<string>;
  /** Waits until the session's pane shows this text. */
  shows(id: string, text: string): Promise<void>;
  /** Keys by tmux's names, into the pane of a session. */
  press(id: string, ...keys: string[]): Promise<void>;
  /** Types a line into the pane of a session and sends it off. */
  say(id: string, text: string): Promise<void>;
  /** What claude-tmux keeps of a session: launch file, prompt, settings, marks. */
  filesOf(id: string): Promise<SessionPaths>;
  /** Pid of the session's agent, from what its launch file left. */
  pidOf(id: string): Promise<number>;
  /** Lines of a conversation's transcript, parsed; none when there is no transcript. */
  transcript(conversation: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Starts the server again after `tmux.dispose()`. */
  boot(): Promise<void>;
  dispose(): Promise<void>;
}

/** How long a start of several claudes may take on a busy machine, in milliseconds. */
export const PATIENT = { within: 45_000 };

export async function seal(options: SealedOptions = {}): Promise<Sealed> {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build');
  const api = await startMessagesApi();
  const bare = await makeSandbox();
  const sandbox: Sandbox = { ...bare, env: { ...bare.env, ...(await makeClaudeEnvironment(bare, api)) } };
  const { env } = sandbox;
  await writeHome(sandbox, options);
  const checkout = await makeProject(sandbox, options.files ?? {});
  const tmux = startTmux(sandbox);
  const boot: Sealed['boot'] = async () => {
    await tmux.run('new-session', '-d', '-s', 'mine', '-x', '200', '-y', '50', 'sleep 100000');
  };
  await boot();
  const argvOf = ([command = '', ...args]: readonly string[]) => [command, '-S', tmux.socket, ...args];
  const ct: Sealed['ct'] = (args, { env: more = {} } = {}) =>
    startProgram(argvOf(args), { env: { ...env, ...more }, cwd: checkout });
  const ok: Sealed['ok'] = async (...args) => {
    const ended = await ct(args);
    if (ended.code !== 0)
      throw new Error(
        `claude-tmux ${args.join(' ')} ended with ${ended.code ?? 'a signal'}\n${ended.stdout}${ended.stderr}`,
      );
    return ended;
  };
  const fleet = watchFleet({ sandbox, tmux, ok });
  const workspace = join(sandbox.home, 'workspaces', 'shop');
  const writeLayout: Sealed['writeLayout'] = async (panes, rest = {}) => {
    if (options.trusted === true) await trust(sandbox, [checkout, ...panes.map(({ id }) => join(workspace, id))]);
    await writeFile(join(checkout, 'shop.yaml'), layoutText(panes, rest));
  };
  return {
    sandbox,
    env,
    api,
    tmux,
    checkout,
    workspace,
    ct,
    ok,
    terminal: (args, more = {}) =>
      openTerminal(sandbox, [process.execPath, PROGRAM, ...argvOf(args)], { ...more, cwd: checkout }),
    writeLayout,
    startAgent: async (pane) => {
      await writeLayout([pane]);
      await ok('up', 'shop.yaml', '--yes');
      return eventually(async () => {
        const status = await fleet.statusOf(pane.id);
        if (!isTold(status)) throw new Error(`"${pane.id}" has not registered\n${await fleet.screenOf(pane.id)}`);
        return status;
      }, PATIENT);
    },
    ...fleet,
    boot,
    dispose: () => dispose(sandbox, api),
  };
}

/** Claude itself has said something of this session, in its registry or through a hook. */
export function isTold({ agent }: SessionStatus): boolean {
  return agent.source === 'registry' || agent.source === 'hook';
}

function layoutText(panes: readonly PaneText[], rest: Readonly<Record<string, unknown>>): string {
  const whole = panes.map((pane) => ({
    name: `Agent ${pane.id}`,
    task: 'bugfix',
    ...('run' in pane ? {} : { template: 'none' }),
    ...pane,
    ...claudeOf(pane),
  }));
  return JSON.stringify({ name: 'shop', strategy: 'task', ...rest, panes: whole }, null, 2);
}

/** Claude Code 2.1.332 would let most tools pass in its own default mode, and these tests are about what asks. */
function claudeOf(pane: PaneText): object {
  if ('run' in pane || 'task' in pane) return {};
  return { claude: { permission_mode: 'default', ...(pane['claude'] as object | undefined) } };
}

/** Claude draws what a hook has reported within 150 ms, and drops keys for 150 ms more (2.1.332). In milliseconds. */
const DRAWN_MS = 350;

type Fleet = Pick<
  Sealed,
  | 'sessions'
  | 'statusOf'
  | 'reaches'
  | 'rests'
  | 'screenOf'
  | 'shows'
  | 'press'
  | 'say'
  | 'filesOf'
  | 'pidOf'
  | 'transcript'
>;

function watchFleet({ sandbox, tmux, ok }: Pick<Sealed, 'sandbox' | 'tmux' | 'ok'>): Fleet {
  const sessions: Fleet['sessions'] = async () =>
    (JSON.parse((await ok('status', '--format', 'json')).stdout) as StatusReport).fleets.flatMap(
      (fleet) => fleet.sessions,
    );
  const statusOf: Fleet['statusOf'] = async (id) => {
    const found = (await sessions()).find((session) => session.id === id);
    if (!found) throw new Error(`there is no session "${id}"`);
    return found;
  };
  const paneOf = async (id: string): Promise<string> => {
    const { pane } = await statusOf(id);
    if (pane === null) throw new Error(`"${id}" has no pane`);
    return pane;
  };
  const screenOf: Fleet['screenOf'] = async (id) => tmux.run('capture-pane', '-p', '-J', '-t', await paneOf(id));
  const reaches: Fleet['reaches'] = (id, ...states) =>
    eventually(async () => {
      const status = await statusOf(id);
      if (!states.includes(status.agent.state))
        throw new Error(
          `"${id}" is ${status.agent.state} (${status.agent.detail ?? ''}), not ${states.join(' or ')}\n${await screenOf(id)}`,
        );
      return status;
    }, PATIENT);
  const filesOf: Fleet['filesOf'] = async (id) => {
    const store = storePaths(sandbox.env, sandbox.home);
    const [uuid = ''] = await readdir(store.fleets);
    return sessionPaths(fleetPaths(store, uuid), id);
  };
  const shows: Fleet['shows'] = (id, text) =>
    eventually(async () => {
      const screen = await screenOf(id);
      if (!screen.includes(text)) throw new Error(`"${id}" does not show "${text}"\n${screen}`);
    }, PATIENT);
  return {
    sessions,
    statusOf,
    screenOf,
    shows,
    reaches,
    rests: (id) => reaches(id, 'idle', 'done'),
    press: async (id, ...keys) => {
      // A hook tells of a dialog before it is drawn, and keys that come before that are lost: nobody answers what is not there yet.
      await pause(DRAWN_MS);
      await tmux.run('send-keys', '-t', await paneOf(id), ...keys);
    },
    say: async (id, text) => {
      const pane = await paneOf(id);
      await tmux.run('send-keys', '-t', pane, '-l', text);
      // Keys that come together are a paste to claude, and Enter in a paste is a new line.
      await shows(id, text.slice(0, 20));
      await tmux.run('send-keys', '-t', pane, 'Enter');
    },
    filesOf,
    pidOf: async (id) => readPid((await filesOf(id)).pid),
    transcript: async (conversation) => {
      const [file] = await findFiles(
        sandbox.path('home', '.claude', 'projects'),
        new RegExp(`/${conversation}\\.jsonl$`),
      );
      const text = file === undefined ? '' : await readFile(file, 'utf8');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
  };
}

async function findFiles(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.map((name) => join(folder, name)).filter((path) => pattern.test(path));
}

async function readPid(file: string): Promise<number> {
  return Number((await readFile(file, 'utf8')).split('\n', 1)[0]);
}

/** claude runs its SessionEnd hooks after its server has gone, and writes until it ends: the folder is deleted after that. */
async function dispose(sandbox: Sandbox, api: MessagesApi): Promise<void> {
  const registered = await findFiles(join(sandbox.home, '.claude', 'sessions'), /\/\d+\.json$/);
  const launched = await findFiles(sandbox.path('home', '.local', 'state'), /\/launch\/[^/]+\/pid$/);
  const pids = [
    ...registered.map((path) => Number(basename(path, '.json'))),
    ...(await Promise.all(launched.map(readPid))),
  ];
  await endTmuxServersIn([sandbox.root]);
  for (const pid of new Set(pids.filter((number) => number > 1))) await eventually(() => mustBeGone(pid), PATIENT);
  await sandbox.dispose();
  await api.dispose();
}
