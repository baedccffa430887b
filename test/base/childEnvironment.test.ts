import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { paneEnvironment } from '../../src/agent/environment.ts';
import { renderLaunchFile, type LaunchSpec } from '../../src/agent/launchFile.ts';
import { childEnvironment, classOf, ENVIRONMENTS, SURFACES, type Surface } from '../../src/base/childEnvironment.ts';
import type { VariableClass } from '../../src/base/environmentNames.ts';
import { fleetPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';

/** One caller that is a git hook inside an npm script inside an agent's tool inside a test inside screen over ssh. */
const CALLER: Readonly<Record<string, readonly [VariableClass, string]>> = {
  GIT_DIR: ['repository', '/r/.git'],
  GIT_INDEX_FILE: ['repository', '.git/index'],
  GIT_WORK_TREE: ['repository', '/r'],
  GIT_PREFIX: ['repository', ''],
  GIT_OBJECT_DIRECTORY: ['repository', '/r/o'],
  GIT_CONFIG_PARAMETERS: ['gitRun', "'a.b'='c'"],
  GIT_REFLOG_ACTION: ['gitRun', 'rebase'],
  GIT_EDITOR: ['gitRun', ':'],
  GIT_SEQUENCE_EDITOR: ['gitRun', ':'],
  GIT_AUTHOR_NAME: ['gitRun', 'Somebody'],
  GIT_AUTHOR_DATE: ['gitRun', '@1 +0000'],
  GIT_EXEC_PATH: ['gitRun', '/usr/lib/git-core'],
  GIT_CONFIG_COUNT: ['gitRun', '1'],
  GIT_CONFIG_KEY_0: ['gitRun', 'http.extraHeader'],
  CLAUDECODE: ['session', '1'],
  CLAUDE_CODE_CHILD_SESSION: ['session', '1'],
  CLAUDE_TMUX_SESSION_DIR: ['session', '/s'],
  CLAUDE_TMUX_PORT: ['session', '3001'],
  npm_lifecycle_event: ['packageRun', 'start'],
  npm_config_prefix: ['packageRun', '/p'],
  npm_package_name: ['packageRun', 'x'],
  INIT_CWD: ['packageRun', '/r'],
  NODE_CHANNEL_FD: ['process', '3'],
  PWD: ['process', '/r'],
  OLDPWD: ['process', '/'],
  VITEST: ['testRun', 'true'],
  VITEST_POOL_ID: ['testRun', '1'],
  NODE_ENV: ['testRun', 'test'],
  TMUX: ['terminal', '/tmp/x,1,0'],
  STY: ['terminal', '1.pts'],
  WINDOW: ['terminal', '0'],
  COLUMNS: ['terminal', '80'],
  SSH_AUTH_SOCK: ['login', '/tmp/agent'],
  DISPLAY: ['login', ':1'],
  WAYLAND_DISPLAY: ['login', 'wayland-1'],
  DBUS_SESSION_BUS_ADDRESS: ['login', 'unix:path=/run/bus'],
  PATH: ['path', '/usr/lib/git-core:/r/node_modules/.bin:/usr/bin:/bin'],
  DIRENV_DIFF: ['path', 'eJw'],
  VIRTUAL_ENV: ['path', '/v'],
  GIT_SSH_COMMAND: ['user', 'ssh -i k'],
  NODE_OPTIONS: ['user', '--max-old-space-size=4096'],
  ANTHROPIC_API_KEY: ['user', 'k'],
  CLAUDE_CODE_USE_BEDROCK: ['user', '1'],
  EDITOR: ['user', 'vi'],
};
const ENV = Object.fromEntries(Object.entries(CALLER).map(([name, [, value]]) => [name, value]));
const CLASSES = [...new Set(Object.values(CALLER).map(([of]) => of))];

describe('the class of a variable', () => {
  it.each(Object.entries(CALLER))('%s', (name, [expected]) => {
    expect(classOf(name, ENV)).toBe(expected);
  });

  it('of settings that a git run also sets is the user’s where no git runs us', () => {
    const own = {
      GIT_EDITOR: 'vi',
      GIT_AUTHOR_NAME: 'Me',
      GIT_CONFIG_COUNT: '1',
      NODE_ENV: 'production',
      npm_config_registry: 'https://r',
    };
    expect(Object.keys(own).map((name) => classOf(name, own))).toEqual(Object.keys(own).map(() => 'user'));
  });

  it('covers all that git calls local to a repository', () => {
    const local = execFileSync('git', ['rev-parse', '--local-env-vars'], { encoding: 'utf8' }).trim().split('\n');
    expect(local.length).toBeGreaterThan(10);
    expect(local.filter((name) => !['repository', 'gitRun'].includes(classOf(name, { ...ENV, [name]: 'x' })))).toEqual(
      [],
    );
  });
});

it('every surface says of every class where it comes from, and gets just that', () => {
  const pairs = SURFACES.flatMap((surface) => CLASSES.map((of): [Surface, VariableClass] => [surface, of]));
  expect(pairs).toHaveLength(SURFACES.length * CLASSES.length);
  for (const [surface, of] of pairs) {
    const names = Object.keys(CALLER).filter((name) => CALLER[name]?.[0] === of);
    const got = Object.keys(childEnvironment(surface, ENV)).filter((name) => names.includes(name));
    expect({ surface, of, got }).toEqual({ surface, of, got: ENVIRONMENTS[surface][of] === 'caller' ? names : [] });
  }
});

it('the programs of git and of the caller’s checkout are taken off PATH, but for a PATH that is the user’s own', () => {
  expect(childEnvironment('server', ENV)['PATH']).toBe('/usr/bin:/bin');
  const own = { PATH: '/r/node_modules/.bin:/usr/lib/git-core:/bin' };
  expect(childEnvironment('server', own)['PATH']).toBe(own.PATH);
});

it('the temporary folder of a nix-shell, which it deletes, is not passed on', () => {
  expect(childEnvironment('server', { NIX_BUILD_TOP: '/run/nix', TMPDIR: '/run/nix', TMP: '/mine' })).toEqual({
    TMP: '/mine',
  });
});

/** What a pane's program has when the tmux server has all of CALLER, and its caller nothing but `caller`. */
function inPane(
  caller: Record<string, string>,
  login = { names: [], passedOver: [] as string[] },
): Record<string, string> {
  const files = sessionPaths(fleetPaths(storePaths({}, '/h'), 'f'), 'api');
  const environment = paneEnvironment({ env: caller, own: { MINE: 'own' }, account: '', port: 3002, login, files });
  const spec: LaunchSpec = {
    label: 'x',
    program: 'x',
    cwd: '/',
    ...environment,
    fresh: ['x'],
    resume: null,
    promptFile: null,
    promptMarkedBy: 'hook',
    conversation: null,
    transcripts: null,
    question: null,
    setup: null,
    startsAtOnce: null,
    agreeWith: null,
    gates: '/g',
    files,
  };
  const script = `${renderLaunchFile(spec, '')}\nset_environment\nexec env -0`;
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', script], { env: ENV, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return Object.fromEntries(
    stdout
      .split('\0')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('a pane of a server that was started from anywhere', () => {
  it('has none of what belongs to some process', () => {
    const got = inPane({ PATH: '/usr/bin:/bin', SSH_AUTH_SOCK: '/live' });
    const foreign = Object.entries(CALLER).filter(
      ([name, [of]]) =>
        ENVIRONMENTS.pane[of] === 'out' &&
        !['PWD', 'OLDPWD', 'CLAUDE_TMUX_SESSION_DIR', 'CLAUDE_TMUX_PORT'].includes(name),
    );
    expect(foreign.length).toBeGreaterThan(20);
    expect(foreign.map(([name]) => name).filter((name) => name in got)).toEqual([]);
    expect(got).toMatchObject({
      MINE: 'own',
      CLAUDE_TMUX_PORT: '3002',
      EDITOR: 'vi',
      NODE_OPTIONS: ENV['NODE_OPTIONS'],
      ANTHROPIC_API_KEY: 'k',
      TMUX: ENV['TMUX'],
    });
    expect(got).not.toHaveProperty('STY');
  });

  it('has the login and the PATH of whoever starts it: what they lack is gone, what is passed over is the server’s', () => {
    const got = inPane(
      { PATH: '/usr/bin:/bin', SSH_AUTH_SOCK: '/dead', WAYLAND_DISPLAY: 'wayland-2' },
      { names: [], passedOver: ['SSH_AUTH_SOCK'] },
    );
    expect(got).toMatchObject({ PATH: '/usr/bin:/bin', WAYLAND_DISPLAY: 'wayland-2', SSH_AUTH_SOCK: '/tmp/agent' });
    for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'DIRENV_DIFF', 'VIRTUAL_ENV'])
      expect(got).not.toHaveProperty(name);
  });
});
