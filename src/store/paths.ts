import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { ownFolderKey } from './machine.ts';

/** The process environment, as it comes in from the command line's composition. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where this user's files are; `v1` is the version of the folder's shape, each file carries its own besides. */
export interface StorePaths {
  readonly state: string;
  readonly cache: string;
  readonly config: string;
  readonly fleets: string;
  readonly servers: string;
  readonly locks: string;
  /** Turns that panes wait for: few agents start at a time, two setups run at a time. */
  readonly gates: string;
  readonly trust: string;
  /** What the user answered about Claude Code in each repository's clones. */
  readonly consents: string;
}

export interface FleetPaths {
  readonly root: string;
  readonly record: string;
  /** One folder for each session: its launch file and what the launch file leaves behind. */
  readonly launch: string;
  /** The same of sessions that were closed, by their slot. */
  readonly closed: string;
  readonly inbox: string;
  readonly journal: string;
  /** What the events of the inbox come to, and the lock of who folds them. */
  readonly hooks: string;
  readonly hooksLock: string;
  /** The plugin folder given to claude. */
  readonly plugin: string;
  readonly logs: string;
  /** Names the folder of the tmux server that shows the fleet (`ServerPaths.root`), for the hook. */
  readonly server: string;
}

/** The files of one tmux server's watcher. */
export interface ServerPaths {
  readonly root: string;
  /** Held by the one watcher. */
  readonly lock: string;
  /** Who that is: pid, start time and boot, a line each. */
  readonly pid: string;
  /** Starts a watcher: `sh start.sh`; whoever finds it gone runs this. */
  readonly start: string;
  /** The watcher answers here; a Unix socket. */
  readonly socket: string;
  /** What it had to say, cut when it grows. */
  readonly log: string;
}

/** The files of one session of a fleet; see launchFile.ts for who writes which. */
export interface SessionPaths {
  readonly root: string;
  /** What the pane runs: `sh start.sh`. */
  readonly launch: string;
  readonly prompt: string;
  readonly settings: string;
  readonly pid: string;
  /** Who starts the program, from the launch file's first moment on; older than what the program left when it has started. */
  readonly starting: string;
  readonly exit: string;
  readonly session: string;
  readonly prompted: string;
  /** Its time is when the user was last seen looking at the pane. */
  readonly seen: string;
  /** The id typed into a pane that asks for a claude.ai/code session. */
  readonly answer: string;
  /** What the pane does before its program runs: who, and what; empty when it is past that. */
  readonly stage: string;
  /** Setup commands of the tree that is this session's. */
  readonly setup: string;
  /** The session's own variables as it was started with them, as JSON. */
  readonly variables: string;
  /** Names, a line each, the sessions of the fleet whose agents ended as soon as they were started, since one last did not. */
  readonly wall: string;
}

/** XDG folders; a relative value is ignored, as the XDG Base Directory specification says. */
export function storePaths(env: Env, home: string): StorePaths {
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, fallback), 'claude-tmux');
  };
  const state = join(xdg('XDG_STATE_HOME', '.local/state'), 'v1');
  return {
    state,
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    config: xdg('XDG_CONFIG_HOME', '.config'),
    fleets: join(state, 'fleets'),
    servers: join(state, 'servers'),
    locks: join(state, 'locks'),
    gates: join(state, 'gates'),
    trust: join(state, 'trust.json'),
    consents: join(state, 'consents.json'),
  };
}

export function fleetPaths(store: StorePaths, uuid: string): FleetPaths {
  const root = join(store.fleets, safeName(uuid));
  return {
    root,
    record: join(root, 'fleet.json'),
    launch: join(root, 'launch'),
    closed: join(root, 'closed'),
    inbox: join(root, 'inbox'),
    journal: join(root, 'journal'),
    hooks: join(root, 'hooks.json'),
    hooksLock: join(root, 'hooks.lock'),
    plugin: join(root, 'plugin'),
    logs: join(root, 'logs'),
    server: join(root, 'server'),
  };
}

/** By the socket's path (a tmux server has no other name that outlives it), for each machine and pid namespace that shares the home. */
export function serverPaths(store: StorePaths, socket: string): ServerPaths {
  return serverFiles(join(store.servers, `${ownServersPrefix()}${shortHash(socket, 10)}`));
}

/** What the folders of this machine's servers begin with, in a home that others may share. */
export function ownServersPrefix(): string {
  return shortHash(ownFolderKey(), 6);
}

/** A socket's path is short: 16 digits in all. */
function shortHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** The files in the folder of one server. */
export function serverFiles(root: string): ServerPaths {
  return {
    root,
    lock: join(root, 'watch.lock'),
    pid: join(root, 'pid'),
    start: join(root, 'start.sh'),
    socket: join(root, 'watch.sock'),
    log: join(root, 'watch.log'),
  };
}

export function sessionPaths(fleet: FleetPaths, id: string): SessionPaths {
  const root = join(fleet.launch, safeName(id));
  return {
    root,
    launch: join(root, 'start.sh'),
    prompt: join(root, 'prompt'),
    settings: join(root, 'settings.json'),
    pid: join(root, 'pid'),
    starting: join(root, 'starting'),
    exit: join(root, 'exit'),
    session: join(root, 'session'),
    prompted: join(root, 'prompted'),
    seen: join(root, 'seen'),
    answer: join(root, 'answer'),
    stage: join(root, 'stage'),
    setup: join(root, 'setup.sh'),
    variables: join(root, 'variables.json'),
    wall: join(fleet.root, 'wall'),
  };
}

/** Ids become folder names; a name that would leave its folder is our bug, the layout's rules refuse it long before. */
function safeName(name: string): string {
  if (name === '' || name.startsWith('.') || name.includes('/') || name.includes('\u0000'))
    throw new Error(`not a name for a folder: ${JSON.stringify(name)}`);
  return name;
}
