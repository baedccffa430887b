import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { output, run } from '../support/run.ts';
import { ROOT } from '../support/sources.ts';
import { bound, makeListener, makeScene, shows, type PluginScene } from './scene.ts';

let scene: PluginScene;

beforeEach(async () => {
  scene = await makeScene();
});
afterEach(() => scene.dispose());

/** A checkout of the plugin as TPM would clone it; `build` gives it the program of this one. */
function makeClone(name: string, { build }: { readonly build: boolean }): string {
  const folder = scene.sandbox.path(name);
  mkdirSync(folder);
  for (const part of ['claude-tmux.tmux', 'tmux-plugin', 'layouts', 'package.json', ...(build ? ['dist'] : [])])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  return folder;
}

/** A folder of programs in which nothing is found but what the plugin's scripts need, and `more`. */
async function pathOf(...more: string[]): Promise<string> {
  const folder = scene.sandbox.path('path');
  mkdirSync(folder);
  for (const program of ['sh', 'env', 'dirname', 'readlink', 'tmux', 'sed', 'tail', 'sleep', 'cat', ...more]) {
    symlinkSync(
      (await output('sh', ['-c', 'command -v "$1"', 'sh', program], { env: scene.sandbox.env })).trim(),
      join(folder, program),
    );
  }
  return folder;
}

const right = () => scene.tmux.run('show-options', '-gv', 'status-right');
const hidden = (name: string) => scene.tmux.run('show-environment', '-gh', name);

test.each(["with ' quote", 'a#(touch pwned)b', 'with "double" $HOME', 'plain'])(
  'the plugin works from a folder named %j',
  async (name) => {
    const folder = makeClone(name, { build: true });
    const asked = makeListener(scene.sandbox.path('bin', 'listener'), scene.sandbox.path('asked'));
    await scene.load(join(folder, 'claude-tmux.tmux'));
    expect(await hidden('claude_tmux_plugin')).toBe('claude_tmux_plugin=N A F');
    const terminal = await scene.attach();
    await shows(terminal, 'mine');
    await scene.tmux.run('set-option', '-g', '@claude_tmux_bin', scene.sandbox.path('bin', 'listener'));
    // A message stands for 0.75 s, which a busy machine can miss.
    await scene.tmux.run('set-option', '-g', 'display-time', '4000');
    await terminal.run('send-keys', 'C-b', 'N');
    await shows(terminal, 'nobody waits for you');
    expect(asked().filter((line) => line !== 'watch --start')).toEqual([expect.stringMatching(/^plugin next \/dev\//)]);
    await terminal.run('send-keys', 'C-b', 'F');
    await shows(terminal, 'no fleet is recorded');
    expect(existsSync(scene.sandbox.path('pwned'))).toBe(false);
  },
);

test.each([
  ['folder', (link: string) => join(link, 'claude-tmux.tmux'), (folder: string) => folder],
  ['file', (link: string) => link, (folder: string) => join(folder, 'claude-tmux.tmux')],
])('a symbolic link to the %s works as well', async (_what, file, target) => {
  symlinkSync(target(makeClone('clone', { build: true })), scene.sandbox.path('link'));
  await scene.load(file(scene.sandbox.path('link')));
  expect(await bound(scene.tmux, 'N')).toContain(scene.sandbox.path('clone', 'tmux-plugin', 'run.sh'));
});

test('the program of the option wins over the one on PATH, and that over the build beside the plugin', async () => {
  const folder = makeClone('clone', { build: true });
  const onPath = makeListener(scene.sandbox.path('path2', 'claude-tmux'), scene.sandbox.path('onPath'));
  const named = makeListener(scene.sandbox.path('home', 'mine', 'ct'), scene.sandbox.path('named'));
  await scene.tmux.run(
    'set-environment',
    '-g',
    'PATH',
    `${scene.sandbox.path('path2')}:${scene.sandbox.env.PATH ?? ''}`,
  );
  await scene.load(join(folder, 'claude-tmux.tmux'));
  expect(onPath()).toHaveLength(1);
  await scene.tmux.run('set-option', '-g', '@claude_tmux_bin', '~/mine/ct');
  await scene.load(join(folder, 'claude-tmux.tmux'));
  expect({ onPath: onPath().length, named: named().length }).toEqual({ onPath: 1, named: 1 });
});

test('the Node that ran the program last runs it by its path: the PATH of what the program looks for is the user’s', async () => {
  const folder = makeClone('clone', { build: false });
  const beside = scene.sandbox.path('node', 'bin');
  mkdirSync(beside, { recursive: true });
  symlinkSync(process.execPath, join(beside, 'node'));
  for (const name of ['tmux', 'git', 'claude'])
    writeFileSync(join(beside, name), '#!/bin/sh\nexit 99\n', { mode: 0o755 });
  mkdirSync(scene.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1'), { recursive: true });
  writeFileSync(scene.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'node'), join(beside, 'node'));
  mkdirSync(join(folder, 'dist'));
  const seen = scene.sandbox.path('seen');
  writeFileSync(
    join(folder, 'dist', 'claude-tmux.cjs'),
    `#!/usr/bin/env node\nrequire('fs').writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.execPath, process.env.PATH]));\n`,
    { mode: 0o755 },
  );
  const path = await pathOf();
  await run('sh', [join(folder, 'tmux-plugin', 'run.sh'), 'status'], {
    env: { ...scene.sandbox.env, PATH: path, TMUX: `${scene.tmux.socket},0,-1` },
  });
  expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual([process.execPath, path]);
});

test('where PATH has no Node, the one that ran the program last is used', async () => {
  const folder = makeClone('clone', { build: true });
  await scene.tmux.run('set-environment', '-g', 'PATH', await pathOf());
  await scene.load(join(folder, 'claude-tmux.tmux'));
  expect(await hidden('claude_tmux')).toBe('claude_tmux=claude-tmux: no Node found, C-b B builds it');
  expect((await scene.ct('ls')).code).toBe(0);
  await scene.load(join(folder, 'claude-tmux.tmux'));
  expect(await hidden('claude_tmux_plugin')).toBe('claude_tmux_plugin=N A F');
  await expect(hidden('claude_tmux')).rejects.toThrow('unknown variable');
});

test('without a program the bar says so, once, and one key builds it in a window and loads it', async () => {
  const folder = makeClone('clone', { build: false });
  const before = await scene.dump();
  const bin = await pathOf('node', 'cp', 'chmod');
  // Stands for npm: `ci` fetches nothing, `run build` takes the program of this checkout.
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "npm $* in $PWD"\n[ "$1" = ci ] || cp -r '${ROOT}/dist' .\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  await scene.tmux.run('set-environment', '-g', 'PATH', bin);
  for (let times = 0; times < 3; times++) await scene.load(join(folder, 'claude-tmux.tmux'));
  expect((await right()).split('#{E:claude_tmux}')).toHaveLength(2);
  const terminal = await scene.attach();
  await shows(terminal, 'claude-tmux: not built, C-b B builds it');
  await terminal.run('send-keys', 'C-b', 'B');
  const screen = await shows(terminal, 'claude-tmux is built and loaded.');
  expect(screen).toContain(`npm ci in ${folder}`);
  expect(screen).toContain(`npm run build in ${folder}`);
  await eventually(async () => expect(await hidden('claude_tmux_plugin')).toBe('claude_tmux_plugin=N A F'));
  await terminal.run('send-keys', 'Enter');
  await eventually(async () => expect(await scene.tmux.run('list-windows')).not.toContain('claude-tmux'));
  await scene.ct('uninstall-plugin');
  expect(await scene.dump()).toBe(before);
});

test('a build that goes wrong leaves its output on the screen', async () => {
  const folder = makeClone('clone', { build: false });
  const bin = await pathOf('node');
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm error network"\nexit 1\n');
  chmodSync(join(bin, 'npm'), 0o755);
  await scene.tmux.run('set-environment', '-g', 'PATH', bin);
  await scene.load(join(folder, 'claude-tmux.tmux'));
  const terminal = await scene.attach();
  await shows(terminal, 'claude-tmux: not built');
  await terminal.run('send-keys', 'C-b', 'B');
  await shows(terminal, 'npm error network');
  await shows(terminal, 'claude-tmux is not built; what npm says above tells why.');
});

test('a B that the user has bound is left alone: the bar says only what is wrong', async () => {
  const folder = makeClone('clone', { build: false });
  await scene.tmux.run('bind-key', 'B', 'display-message', 'mine');
  await scene.tmux.run('set-environment', '-g', 'PATH', await pathOf());
  await scene.load(join(folder, 'claude-tmux.tmux'));
  expect(await hidden('claude_tmux')).toBe('claude_tmux=claude-tmux: not built');
  expect(await bound(scene.tmux, 'B')).toContain('mine');
});

test('a tmux that is too old gets one sentence and nothing else', async () => {
  const log = scene.sandbox.path('tmux-calls');
  const bin = await pathOf();
  const stand = scene.sandbox.path('old');
  mkdirSync(stand);
  writeFileSync(
    join(stand, 'tmux'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\n[ "$1" != display-message ] || echo 3.1c\n`,
  );
  chmodSync(join(stand, 'tmux'), 0o755);
  const ended = await run(join(ROOT, 'claude-tmux.tmux'), [], {
    env: { ...scene.sandbox.env, PATH: `${stand}:${bin}` },
  });
  expect(ended).toEqual({
    code: 0,
    stdout: 'claude-tmux needs tmux 3.2a or newer; this server is older, so the plugin is not loaded\n',
    stderr: '',
  });
  expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toEqual(['display-message -p #{version}', 'list-clients']);
});
