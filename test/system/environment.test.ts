import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { output, run } from '../support/run.ts';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
let servers: Server[];
beforeEach(async () => {
  bench = await makeBench();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) server.close();
  await bench.dispose();
});

const OWN = `
name: shop
strategy: component
ports: {base: 4100, step: 1}
env: {WHO: "layout", FROM_UP: "\${GIVEN}"}
panes:
  - {name: "Web", id: web, component: frontend, run: "env > seen.pane; exec sh", branch: feature/web, setup: ["env > seen.setup"], env: {WHO: "pane"}}
  - {name: "Agent", id: agent, component: backend, claude: {command: [agent-claude, claude]}}
`;

async function listen(path: string): Promise<string> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

async function seen(id: string, file: string): Promise<readonly string[]> {
  const path = join((await bench.ok('path', id)).stdout.trim(), file);
  return eventually(async () => {
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines.some((line) => line.startsWith('PATH='))).toBe(true);
    return lines;
  });
}

test('the layout’s env, taken at up, and the port are in every surface: pane, agent, setup, exec, shell', async () => {
  await writeFile(bench.sandbox.path('bin', 'agent-claude'), '#!/bin/sh\nenv > seen.pane\nexec "$@"\n', {
    mode: 0o755,
  });
  await bench.layout(OWN);
  expect(await bench.ct(['up', 'shop.yaml', '--yes', '--detach'], { env: { GIVEN: 'at-up' } })).toMatchObject({
    code: 0,
  });
  for (const [id, who, port] of [
    ['web', 'pane', '4100'],
    ['agent', 'layout', '4101'],
  ] as const) {
    const own = [`WHO=${who}`, 'FROM_UP=at-up', `CLAUDE_TMUX_PORT=${port}`];
    expect(await seen(id, 'seen.pane')).toEqual(expect.arrayContaining(own));
    expect(
      (await bench.ct(['exec', id, '--', 'env'], { env: { GIVEN: 'later', WHO: 'caller' } })).stdout.split('\n'),
    ).toEqual(expect.arrayContaining(own));
    const shell = bench.sandbox.path('bin', 'my-shell');
    await writeFile(shell, '#!/bin/sh\nenv\n', { mode: 0o755 });
    expect((await bench.ct(['shell', id], { env: { SHELL: shell } })).stdout.split('\n')).toEqual(
      expect.arrayContaining(own),
    );
  }
  expect(await seen('web', 'seen.setup')).toEqual(
    expect.arrayContaining(['WHO=pane', 'FROM_UP=at-up', 'CLAUDE_TMUX_PORT=4100']),
  );
});

const PLAIN = `
name: shop
strategy: component
panes:
  - {name: "Web", id: web, component: frontend, run: "env > seen.pane; exec sh", branch: feature/web}
`;

test('no repository of the caller reaches exec', async () => {
  await bench.layout(PLAIN);
  await bench.ok('up', 'shop.yaml', '--yes', '--detach');
  const env = {
    GIT_DIR: join(bench.checkout, '.git'),
    GIT_INDEX_FILE: join(bench.checkout, '.git', 'index'),
    GIT_WORK_TREE: bench.checkout,
  };
  expect((await bench.ct(['exec', 'web', '--', 'git', 'rev-parse', '--git-dir'], { env })).stdout.trim()).toBe('.git');
});

/** Git's way of running us: what it prints, the environment it makes. */
const WAYS: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['a post-commit hook', [['commit', '-q', '--allow-empty', '-m', 'with a hook']]],
  [
    'rebase -x',
    [
      ['commit', '-q', '--allow-empty', '-m', 'one'],
      ['-c', 'core.hooksPath=/dev/null', 'rebase', '-q', '-x', './up.sh', 'HEAD~1'],
    ],
  ],
  [
    'bisect run',
    [
      ['commit', '-q', '--allow-empty', '-m', 'one'],
      ['commit', '-q', '--allow-empty', '-m', 'two'],
      ['bisect', 'start', 'HEAD', 'HEAD~2'],
      ['bisect', 'run', './up.sh'],
    ],
  ],
  [
    'an alias in a linked worktree',
    [
      ['worktree', 'add', '-q', '../linked'],
      ['-C', '../linked', 'up'],
    ],
  ],
];

test.each(WAYS)('from %s, up starts a server whose panes commit in their own clone', async (what, steps) => {
  await bench.layout(PLAIN);
  const socket = bench.sandbox.path('tmux', 'fresh');
  const up = `#!/bin/sh\ncd ${bench.checkout} && [ -e ${socket} ] || exec ${process.execPath} ${PROGRAM} up -S ${socket} shop.yaml --yes --detach >up.log 2>&1\n`;
  await writeFile(join(bench.checkout, 'up.sh'), up, { mode: 0o755 });
  await bench.git(bench.checkout, 'config', 'alias.up', `!${join(bench.checkout, 'up.sh')}`);
  if (what.includes('hook')) {
    await mkdir(join(bench.checkout, '.git', 'hooks'), { recursive: true });
    await writeFile(join(bench.checkout, '.git', 'hooks', 'post-commit'), up);
    await chmod(join(bench.checkout, '.git', 'hooks', 'post-commit'), 0o755);
  }
  for (const step of steps) await run('git', step, { env: bench.env, cwd: bench.checkout });
  const clone = join(bench.sandbox.home, 'workspaces', 'shop', 'web');
  await eventually(async () => expect(await readFile(join(clone, 'seen.pane'), 'utf8')).toContain('PATH='));
  const env = await readFile(join(clone, 'seen.pane'), 'utf8');
  expect(env).not.toMatch(
    /^GIT_(DIR|INDEX_FILE|PREFIX|EDITOR|SEQUENCE_EDITOR|AUTHOR_\w+|EXEC_PATH|REFLOG_ACTION|CONFIG_PARAMETERS)=/m,
  );
  expect(env).not.toMatch(/^PATH=.*git-core/m);
  const before = await bench.git(bench.checkout, 'rev-parse', 'HEAD');
  const tmux = (...args: string[]): Promise<string> =>
    output('tmux', ['-S', socket, ...args], { env: bench.sandbox.env });
  await tmux(
    'send-keys',
    '-t',
    '=shop:',
    'git commit -q --allow-empty -m from-pane; git log -1 --format=%s > said',
    'Enter',
  );
  await eventually(async () => expect(await readFile(join(clone, 'said'), 'utf8')).toBe('from-pane\n'));
  expect(await bench.git(clone, 'log', '-1', '--format=%s')).toContain('from-pane');
  expect(await bench.git(bench.checkout, 'rev-parse', 'HEAD')).toBe(before);
  expect(await tmux('show-environment', '-g')).not.toMatch(/^GIT_(DIR|INDEX_FILE|PREFIX)=/m);
});

test('a server that has such variables already gives none of them to a pane', async () => {
  for (const [name, value] of [
    ['GIT_DIR', join(bench.checkout, '.git')],
    ['GIT_INDEX_FILE', 'index'],
    ['GIT_EDITOR', ':'],
    ['GIT_AUTHOR_NAME', 'Somebody'],
    ['npm_lifecycle_event', 'x'],
    ['npm_config_prefix', '/p'],
    ['CLAUDECODE', '1'],
  ] as const) {
    await bench.tmux.run('set-environment', '-g', name, value);
  }
  await bench.layout(PLAIN);
  await bench.ok('up', 'shop.yaml', '--yes', '--detach');
  expect(
    (await seen('web', 'seen.pane')).filter((line) =>
      /^(GIT_(DIR|INDEX_FILE|EDITOR|AUTHOR_NAME)|npm_|CLAUDECODE)/.test(line),
    ),
  ).toEqual([]);
});

test('restart and add have the login of whoever runs them, a key in the pane that of tmux, and a dead agent socket is passed over', async () => {
  const layout = PLAIN.replace('exec sh', 'exec sleep 100000');
  await bench.layout(layout);
  const dead = bench.sandbox.path('dead');
  const live = await listen(bench.sandbox.path('live'));
  const login = async (): Promise<readonly string[]> =>
    (await seen('web', 'seen.pane')).filter((line) => /^(SSH_AUTH_SOCK|WAYLAND_DISPLAY|MY_LOGIN)=/.test(line)).sort();
  await bench.tmux.run('set-option', '-ga', 'update-environment', 'MY_LOGIN');
  await bench.ct(['up', 'shop.yaml', '--yes', '--detach'], {
    env: { SSH_AUTH_SOCK: dead, WAYLAND_DISPLAY: 'w-1', MY_LOGIN: '1' },
  });
  await eventually(async () =>
    expect(await login()).toEqual(expect.arrayContaining(['MY_LOGIN=1', 'WAYLAND_DISPLAY=w-1'])),
  );
  expect(await bench.ct(['restart', 'web', '--yes'], { env: { SSH_AUTH_SOCK: live, MY_LOGIN: '2' } })).toMatchObject({
    code: 0,
  });
  await eventually(async () => expect(await login()).toEqual(['MY_LOGIN=2', `SSH_AUTH_SOCK=${live}`]));
  expect(await bench.ct(['restart', 'web', '--yes'], { env: { SSH_AUTH_SOCK: dead, MY_LOGIN: '3' } })).toMatchObject({
    code: 0,
  });
  await eventually(async () => expect(await login()).toEqual(['MY_LOGIN=3', `SSH_AUTH_SOCK=${live}`]));
  // What attach-session does when somebody comes from another login.
  const newer = await listen(bench.sandbox.path('newer "$x'));
  await bench.tmux.run('set-environment', '-t', '=shop:', 'SSH_AUTH_SOCK', newer);
  await bench.tmux.run('set-environment', '-t', '=shop:', 'UNRELATED', 'x"; touch pwned; "');
  const pane = (await bench.sessions())[0]?.pane ?? '';
  const { process: found } = JSON.parse((await bench.ok('explain', 'web', '--json')).stdout) as {
    process: { pid: number };
  };
  process.kill(found.pid, 'SIGTERM');
  await eventually(async () => expect(await bench.tmux.run('capture-pane', '-p', '-t', pane)).toContain('run again'));
  await bench.tmux.run('send-keys', '-t', pane, 'r');
  await eventually(async () => expect(await login()).toEqual(['MY_LOGIN=3', `SSH_AUTH_SOCK=${newer}`]));
});
