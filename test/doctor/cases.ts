import type { SettingsLevel } from '../../src/doctor/hooks.ts';
import { LOADED, SAID } from '../../src/plugin/names.ts';
import { type Differences, NOW } from './facts.ts';

export const level = (
  kind: SettingsLevel['kind'],
  disableAllHooks: boolean | null,
  managedOnly = false,
): SettingsLevel => ({ path: `/${kind}.json`, kind, disableAllHooks, managedOnly });

/** What is different, and the one finding that comes of it. */
export const CASES: readonly (readonly [string, Differences, RegExp])[] = [
  ['Node 18', { programs: { node: '18.20.0' } }, /^wrong node: .*20 or newer/],
  ['no git', { programs: { git: null } }, /^wrong git: git is not installed/],
  ['git 2.24', { programs: { git: 'git version 2.24.1' } }, /^wrong git: .*2\.25/],
  ['git 2.28', { programs: { git: 'git version 2.28.0' } }, /^note git: .*sync/],
  ['git 2.37', { programs: { git: 'git version 2.37.3 (Apple Git-137)' } }, /^note git: .*merge-tree/],
  ['no claude', { claude: { path: null, version: null } }, /^wrong claude: the program of "claude"/],
  ['a claude without a version', { claude: { version: null } }, /^note claude: .*does not say/],
  [
    'an old claude',
    { claude: { version: '2.0.1', lacks: ['PermissionRequest'] } },
    /^note claude: .*PermissionRequest/,
  ],
  [
    'a server before 3.2a',
    { options: { version: '3.1c' }, rest: { plugin: null, watcher: null } },
    /^wrong tmux-server: .*3\.1c/,
  ],
  [
    'an older server than the program',
    { options: { version: '3.2a' } },
    /^note tmux-server: .*3\.2a, the program 3\.3a/,
  ],
  [
    'no server',
    { rest: { server: { socket: '/tmp/s', program: 'tmux 3.3a', options: null, problem: null } } },
    /^note tmux-server: no tmux server runs at "\/tmp\/s"/,
  ],
  [
    'a server that cannot be reached',
    {
      rest: {
        server: {
          socket: '/tmp/s',
          program: 'tmux 3.3a',
          options: null,
          problem: { message: 'cannot be asked: Permission denied', hint: null },
        },
      },
    },
    /^wrong tmux-server: cannot be asked/,
  ],
  ['status off', { options: { status: 'off' } }, /^note status: `status` is off/],
  ['five status lines', { options: { status: '5' } }, /^note status: .*sixth/],
  ['a status-interval of 0', { options: { statusInterval: '0' } }, /^note status-interval/],
  ['a short status-right', { options: { statusRightLength: '20' } }, /^note status-right-length: .*20/],
  ['focus-events off', { options: { focusEvents: 'off' } }, /^note focus-events/],
  ['allow-passthrough off', { options: { allowPassthrough: 'off' } }, /^note allow-passthrough/],
  [
    'a terminal without UTF-8',
    { options: { asciiClients: ['/dev/pts/3'] } },
    /^note utf-8: the terminal \/dev\/pts\/3/,
  ],
  ['no plugin', { plugin: { variables: {} } }, /^note plugin: .*not loaded/],
  ['a plugin without a program', { plugin: { variables: { [LOADED]: 'hint' } } }, /^wrong plugin: .*no program/],
  [
    'a plugin whose hooks are gone',
    { plugin: { hooks: [] } },
    /^wrong plugin-hooks: .*client-attached\[9138\] and session-created\[9138\]/,
  ],
  [
    'a plugin that finds nothing',
    { program: { path: null, version: null } },
    /^wrong plugin-program: .*finds no program/,
  ],
  [
    'a plugin that finds something else',
    { program: { path: '/bin/false', version: null } },
    /^wrong plugin-program: .*\/bin\/false/,
  ],
  [
    'a plugin of another version',
    { program: { path: '/bin/ct', version: '1.0.0' } },
    /^wrong plugin-program: .*1\.0\.0.*1\.2\.3/,
  ],
  [
    'a key that is taken',
    { plugin: { variables: { [LOADED]: 'A F', [SAID]: 'the key "N" does something else' } } },
    /^note plugin-keys: the key "N"/,
  ],
  ['a theme that replaced status-right', { plugin: { statusRight: '%H:%M' } }, /^wrong bar-place/],
  [
    'auto off and no place',
    { plugin: { statusRight: '%H:%M', options: { '@claude_tmux_auto': 'off' } } },
    /^note bar-place/,
  ],
  [
    'a watcher that was killed',
    { watcher: { process: null, answer: null } },
    /^wrong watcher: no watcher runs, though a fleet is up/,
  ],
  [
    'a watcher that is switched off',
    { watcher: { process: null, answer: null, switchedOff: true } },
    /^wrong watcher: .*CLAUDE_TMUX_WATCH/,
  ],
  [
    'a suspended watcher',
    { watcher: { process: { pid: 7, life: 'suspended' }, answer: null } },
    /^wrong watcher: .*pid 7\) is suspended/,
  ],
  ['a watcher that does not answer', { watcher: { answer: null } }, /^wrong watcher: .*does not answer/],
  [
    'a watcher of another version',
    { watcher: { answer: { program: '1.0.0', trees: 2, polled: [], ms: 5 } } },
    /^wrong watcher: .*version 1\.0\.0/,
  ],
  ['a watcher that runs though it is switched off', { watcher: { switchedOff: true } }, /^note watcher-off/],
  ['a watcher whose hooks are gone', { watcher: { hasHooks: false } }, /^wrong watcher-hooks/],
  [
    'clones that are only polled',
    { watcher: { answer: { program: '1.2.3', trees: 2, polled: ['/ws/fe'], ms: 5 } } },
    /^note watcher-polls: 1 of 2 .*\/ws\/fe/,
  ],
  ['a heartbeat of before', { watcher: { heartbeat: NOW / 1000 - 61 } }, /^wrong heartbeat: .*1m old/],
  ['a heartbeat that is to come', { watcher: { heartbeat: NOW / 1000 + 300 } }, /^wrong heartbeat: .*5m ahead/],
  ['no heartbeat', { watcher: { heartbeat: null } }, /^wrong heartbeat: .*published nothing/],
  [
    'a log',
    { watcher: { log: ['2026-11-25T10:00:00Z no current client'] } },
    /^note watcher-log: .*1 time within a day.*no current client/,
  ],
  ['a fleet on another server', { fleet: { isHere: false } }, /^note fleet: .*another tmux server/],
  [
    'a fleet that cannot be looked at',
    { fleet: { isUp: null, problem: 'the file is damaged' } },
    /^wrong fleet: .*damaged/,
  ],
  [
    'a clone that is gone',
    { fleet: { clones: [{ id: 'fe', path: '/ws/fe', isThere: false, error: null, hooks: null }] } },
    /^wrong clone: .*gone while the fleet is up: \/ws\/fe/,
  ],
  [
    'hooks that do not run in a clone',
    {
      fleet: {
        clones: [
          { id: 'fe', path: '/ws/fe', isThere: true, error: null, hooks: 'hooks are off: core.hooksPath is .husky/_' },
        ],
      },
    },
    /^note hooks-off: in the clone of "fe" \(shop\) hooks are off/,
  ],
  [
    'a clone that is broken',
    { fleet: { clones: [{ id: 'fe', path: '/ws/fe', isThere: true, error: 'not a git repository', hooks: null }] } },
    /^wrong clone: .*not a git repository/,
  ],
  ['a layout with an error', { fleet: { layoutProblem: 'unknown key "x"' } }, /^note layout: .*unknown key "x"/],
  [
    'hooks off for the user',
    { session: { settings: [level('user', true)] } },
    /^wrong hooks-off: "disableAllHooks" in the user settings "\/user\.json".*fe of shop/,
  ],
  [
    'hooks off in the clone',
    { session: { settings: [level('user', null), level('local', true)] } },
    /^wrong hooks-off: .*local settings/,
  ],
  [
    'managed hooks only',
    { session: { settings: [level('user', false), level('managed', null, true)] } },
    /^wrong hooks-off: "allowManagedHooksOnly"/,
  ],
  ['--bare in the layout', { session: { switches: ['--bare'], isSilent: true } }, /^wrong hooks-off: .*holds --bare/],
  [
    'hooks that never spoke',
    { session: { isSilent: true } },
    /^wrong hooks-silent: the hooks of fe of shop have told nothing/,
  ],
  ['a registry that cannot be read', { session: { problems: ['EACCES'] } }, /^wrong hooks-unread: fe of shop: EACCES/],
  ['a workspace without trust', { session: { isTrusted: false } }, /^wrong trust: Claude Code does not trust \/ws /],
  ['hooks that are gone from the disk', { folder: { isWhole: false } }, /^wrong hooks-folder: .*\/state\/plugin/],
  [
    'an event that an older claude does not know',
    { folder: { unknown: ['PostToolBatch'] } },
    /^wrong hooks-unknown: .*PostToolBatch/,
  ],
  ['a full table of watches', { machine: { watchProblem: 'ENOSPC' } }, /^wrong inotify: .*ENOSPC/],
  ['few watches', { machine: { inotify: { watches: 8192, instances: 128 } } }, /^note inotify: .*8192/],
  [
    'few instances',
    { machine: { inotify: { watches: 100_000, instances: 16 } } },
    /^note inotify: .*16 of your programs/,
  ],
  [
    'a state folder that cannot be written',
    { state: { problem: { message: '"/state" cannot be written', hint: null } } },
    /^wrong state-folder: "\/state" cannot be written/,
  ],
  ['a full disk', { state: { free: 1_000_000 } }, /^wrong disk: 1 MB/],
  ['a disk with little room', { state: { free: 400_000_000 } }, /^note disk: 400 MB/],
  ['a state folder for all to see', { state: { isOpen: true } }, /^note state-folder: others/],
  ['a relative XDG folder', { machine: { relativeXdg: ['XDG_CACHE_HOME'] } }, /^note xdg: XDG_CACHE_HOME/],
  [
    'another state folder in tmux',
    { machine: { stateHome: { here: '/a', server: '' } } },
    /^note xdg: XDG_STATE_HOME is "\/a" here and not set in the tmux server/,
  ],
  ['a locale without UTF-8', { machine: { locale: 'C' } }, /^note locale: the locale is "C"/],
  [
    'an agent that has ended',
    { machine: { deadAgents: [{ who: 'session "api"', path: '/tmp/gone' }] } },
    /^note ssh-agent/,
  ],
  ['NO_COLOR', { machine: { noColor: true } }, /^note no-color/],
  [
    'a record that is damaged',
    { rest: { recordProblems: [{ message: 'the fleet record is damaged', hint: null }] } },
    /^wrong record: the fleet record is damaged/,
  ],
  [
    'a link that broke',
    { rest: { chain: [{ id: 'hook', what: 'the hook runs', ms: 4, problem: 'spawn EACCES' }] } },
    /^wrong chain-hook: spawn EACCES/,
  ],
];
