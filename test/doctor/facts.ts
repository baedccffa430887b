import type { DoctorFacts } from '../../src/doctor/diagnose.ts';
import type { FleetReading } from '../../src/doctor/fleets.ts';
import type { HookedSession } from '../../src/doctor/hooks.ts';
import type { MachineReading } from '../../src/doctor/machine.ts';
import type { PluginReading } from '../../src/doctor/plugin.ts';
import type { ProgramFacts } from '../../src/doctor/programs.ts';
import type { ServerOptions } from '../../src/doctor/server.ts';
import type { WatcherReading } from '../../src/doctor/watcher.ts';
import type { PluginFacts } from '../../src/plugin/facts.ts';
import { FRAGMENT, LOADED } from '../../src/plugin/names.ts';

export const NOW = 1_800_000_000_000;

/** A machine on which everything is as it should be, but for what is given. */
export interface Differences {
  readonly programs?: Partial<ProgramFacts>;
  readonly claude?: Partial<ProgramFacts['claude'][number]>;
  readonly options?: Partial<ServerOptions>;
  readonly plugin?: Partial<PluginFacts>;
  readonly program?: PluginReading['program'];
  readonly watcher?: Partial<WatcherReading>;
  readonly fleet?: Partial<FleetReading>;
  readonly session?: Partial<HookedSession>;
  readonly folder?: Partial<DoctorFacts['hooks']['folders'][number]>;
  readonly machine?: Partial<MachineReading>;
  readonly state?: Partial<MachineReading['state']>;
  readonly rest?: Partial<DoctorFacts>;
}

export function factsWith(given: Differences): DoctorFacts {
  return {
    programs: {
      own: '1.2.3',
      node: '20.20.2',
      git: 'git version 2.39.5',
      tmux: 'tmux 3.3a',
      platform: 'linux',
      claude: [{ command: 'claude', path: '/bin/claude', version: '2.1.197', lacks: [], ...given.claude }],
      ...given.programs,
    },
    server: { socket: '/tmp/s', problem: null, program: 'tmux 3.3a', options: { ...OPTIONS, ...given.options } },
    plugin: {
      facts: { ...PLUGIN, ...given.plugin },
      program: given.program ?? { path: '/bin/claude-tmux', version: '1.2.3' },
      own: '1.2.3',
    },
    watcher: { ...WATCHER, ...given.watcher },
    fleets: [{ ...FLEET, ...given.fleet }],
    recordProblems: [],
    hooks: {
      everywhere: [],
      sessions: [{ ...SESSION, ...given.session }],
      folders: [{ fleet: 'shop', path: '/state/plugin', isWhole: true, unknown: [], ...given.folder }],
    },
    machine: { ...MACHINE, state: { ...MACHINE.state, ...given.state }, ...given.machine },
    chain: [{ id: 'hook', what: 'the hook runs', ms: 4, problem: null }],
    ...given.rest,
  };
}

const OPTIONS: ServerOptions = {
  version: '3.3a',
  status: 'on',
  statusInterval: '15',
  statusRightLength: '40',
  focusEvents: 'on',
  allowPassthrough: 'on',
  path: '/bin',
  stateHome: '',
  asciiClients: [],
};

const PLUGIN: PluginFacts = {
  options: {},
  statusRight: `${FRAGMENT}%H:%M`,
  placedElsewhere: false,
  bindings: {},
  variables: { [LOADED]: 'N A F' },
  hooks: ['client-attached[9138]', 'session-created[9138]'],
};

const WATCHER: WatcherReading = {
  wanted: 'a fleet is up',
  switchedOff: false,
  process: { pid: 7, life: 'runs' },
  answer: { program: '1.2.3', trees: 2, polled: [], ms: 5 },
  own: '1.2.3',
  hasHooks: true,
  heartbeat: NOW / 1000 - 20,
  log: [],
  logPath: '/state/watch.log',
};

const FLEET: FleetReading = {
  name: 'shop',
  socket: '/tmp/s',
  isUp: true,
  isHere: true,
  clones: [],
  living: [],
  layoutProblem: null,
  problem: null,
};

const SESSION: HookedSession = {
  fleet: 'shop',
  id: 'fe',
  settings: [],
  switches: [],
  isSilent: false,
  problems: [],
  isTrusted: true,
  folder: '/ws',
};

const MACHINE: MachineReading = {
  inotify: { watches: 100_000, instances: 128 },
  watchProblem: null,
  state: { path: '/state', problem: null, free: 50_000_000_000, isOpen: false },
  relativeXdg: [],
  stateHome: { here: '', server: '' },
  locale: 'C.UTF-8',
  noColor: false,
  deadAgents: [],
};
