import { chmod, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstNotice, readClaudeVersion } from '../../src/agent/claudeVersion.ts';
import { eventsKnownTo, HOOK_EVENTS, olderVersion } from '../../src/agent/hookEvents.ts';
import { hooksFile, writePlugin } from '../../src/agent/plugin.ts';
import { type FleetPaths, fleetPaths, type StorePaths, storePaths } from '../../src/store/paths.ts';
import { output } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { PACKAGE_ROOT } from './launchedPane.ts';

let sandbox: Sandbox;
let store: StorePaths;
let fleet: FleetPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  store = storePaths(sandbox.env, sandbox.home);
  fleet = fleetPaths(store, 'f1');
});
afterEach(async () => sandbox.dispose());

describe('the plugin folder', () => {
  it('registers every event of 2.1.197, and nothing that runs through a shell', async () => {
    await writePlugin(fleet, { packageRoot: PACKAGE_ROOT, version: '1.2.3', claude: '2.1.197' });
    const file: unknown = JSON.parse(await readFile(`${fleet.plugin}/hooks/hooks.json`, 'utf8'));
    const entry = (args: readonly string[], timeout: number) => [
      {
        hooks: [
          { type: 'command', command: `${fleet.plugin}/hook.sh`, args: [args[0], fleet.inbox, args[1]], timeout },
        ],
      },
    ];
    expect(file).toMatchObject({
      hooks: {
        SessionEnd: entry(['SessionEnd', 'names'], 1),
        Stop: entry(['Stop', 'whole'], 5),
        PermissionRequest: entry(['PermissionRequest', 'asked'], 5),
      },
    });
    expect(file).toHaveProperty('hooks', Object.fromEntries(HOOK_EVENTS.map(({ name }) => [name, expect.anything()])));
    expect(JSON.parse(await readFile(`${fleet.plugin}/.claude-plugin/plugin.json`, 'utf8'))).toMatchObject({
      name: 'claude-tmux',
      version: '1.2.3',
    });
  });

  it('for a version without "args" has a command that becomes the hook, whatever is in the paths', async () => {
    const hook = sandbox.path("a 'b' $c", 'hook');
    await mkdir(sandbox.path("a 'b' $c"));
    await writeFile(hook, '#!/bin/sh\nprintf "%s|" "$PPID" "$@"\n');
    await chmod(hook, 0o700);
    const file = JSON.stringify(hooksFile({ hook, inbox: "/in 'box'", claude: '2.1.138' }));
    const { Stop } = (JSON.parse(file) as { hooks: Record<string, [{ hooks: [{ command: string }] }]> }).hooks;
    expect(await output('/bin/sh', ['-c', Stop?.[0].hooks[0].command ?? ''], { env: sandbox.env })).toBe(
      `${process.pid}|Stop|/in 'box'|whole|`,
    );
    expect(file).not.toContain('"args"');
  });
});

describe('events', () => {
  const names = (claude: string | null) => eventsKnownTo(claude).map(({ name }) => name);

  it('are those the version knows; an unknown version gets the oldest', () => {
    expect(names('2.1.197')).toEqual(HOOK_EVENTS.map(({ name }) => name));
    expect(names('3.0.0')).toEqual(names('2.1.197'));
    expect(names('2.1.147')).not.toContain('PostToolBatch');
    expect(names('2.1.76')).toEqual(expect.arrayContaining(['Elicitation', 'PostCompact', 'PermissionRequest']));
    expect(names('2.1.76')).not.toContain('StopFailure');
    expect(names('2.0.44')).toEqual(names('2.0.43'));
    expect(names('2.0.42')).toEqual(names(null));
    expect(names(null)).toEqual([
      'SessionStart',
      'SessionEnd',
      'UserPromptSubmit',
      'PreToolUse',
      'PostToolUse',
      'Notification',
      'Stop',
      'SubagentStop',
      'PreCompact',
    ]);
  });

  it.each([
    ['2.1.9', '2.1.10', '2.1.9'],
    ['2.1.197', '2.0.300', '2.0.300'],
    ['2.1.197', null, null],
    ['2.1.197', '2.1.197', '2.1.197'],
  ])('of a fleet with %s and %s are those of %s', (a, b, older) => {
    expect(olderVersion(a, b)).toBe(older);
    expect(olderVersion(b, a)).toBe(older);
  });
});

async function eachInTurn<T, R>(values: readonly T[], ask: (value: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (const value of values) answers.push(await ask(value));
  return answers;
}

describe('the version of Claude Code', () => {
  const ask = (...command: string[]) =>
    readClaudeVersion({
      command,
      env: { ...sandbox.env, PATH: `${sandbox.path('bin')}:${sandbox.env.PATH ?? ''}` },
      cwd: sandbox.root,
      store,
    });
  const asked = async () => (await readFile(sandbox.path('asked'), 'utf8')).length;

  /** A program that says its version and notes that it was asked. */
  async function install(name: string, says: string): Promise<void> {
    await mkdir(sandbox.path('bin'), { recursive: true });
    await writeFile(
      sandbox.path(name),
      `#!/bin/sh\nprintf . >>'${sandbox.path('asked')}'\n[ "$1" = --version ] || shift\n${says}\n`,
      { mode: 0o755 },
    );
    await rm(sandbox.path('bin', 'claude'), { force: true });
    await symlink(sandbox.path(name), sandbox.path('bin', 'claude'));
  }

  it('is asked once for a program, and again when the program is another', async () => {
    await install('v1', 'echo "2.1.197 (Claude Code)"');
    expect([await ask('claude'), await ask('claude')]).toEqual(['2.1.197', '2.1.197']);
    expect(await asked()).toBe(1);
    await install('v2', 'echo "2.1.200 (Claude Code)"');
    expect(await ask('claude')).toBe('2.1.200');
    await utimes(sandbox.path('v2'), 1, 1);
    expect(await ask('claude')).toBe('2.1.200');
    expect(await asked()).toBe(3);
  });

  it('that nobody has tried is noted once', async () => {
    const notices = await eachInTurn(['2.1.332', '9.0.0', '9.0.0', '9.0.1', '9.0.0', null], (version) =>
      firstNotice(store, version),
    );
    expect(notices.map((notice) => notice?.slice(0, 26) ?? null)).toEqual([
      null,
      'Claude Code 9.0.0 is newer',
      null,
      'Claude Code 9.0.1 is newer',
      null,
      null,
    ]);
  });

  it('that a wrapper keeps to itself is told with its own first words', async () => {
    await install(
      'direnv',
      "echo >&2; echo 'direnv: error /w/.envrc is blocked. Run `direnv allow` to approve its content' >&2; echo more >&2; exit 1",
    );
    const said: string[] = [];
    const env = { ...sandbox.env, PATH: `${sandbox.path('bin')}:${sandbox.env.PATH ?? ''}` };
    expect(
      await readClaudeVersion({
        command: ['claude', 'exec', '.', 'claude'],
        env,
        cwd: sandbox.root,
        store,
        onSilent: (words) => said.push(words),
      }),
    ).toBe(null);
    expect(said).toEqual(['direnv: error /w/.envrc is blocked. Run `direnv allow` to approve its content']);
  });

  it('of a program behind a wrapper is asked each time', async () => {
    await install('v1', 'echo "$1 2.1.5" | grep -q -- --version && echo 2.1.5');
    expect([await ask('claude', '--'), await ask('claude', '--')]).toEqual(['2.1.5', '2.1.5']);
    expect(await asked()).toBe(2);
  });

  it.each([
    ['says something else', 'echo unknown'],
    ['fails', 'echo 2.1.197; exit 3'],
  ])('of a program that %s is unknown, and that is not kept', async (_name, says) => {
    await install('v1', says);
    expect([await ask('claude'), await ask('claude')]).toEqual([null, null]);
    expect(await asked()).toBe(2);
  });

  it('of a program that is not there is unknown', async () => {
    expect(await ask('no-such-claude')).toBe(null);
  });
});
