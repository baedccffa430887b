import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellWord } from '../../src/base/shellText.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { run } from '../support/run.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
let terminal: PrivateTmux;

beforeAll(async () => {
  bench = await makeBench({ processes: true });
  // A terminal for what needs one: a pane of another server.
  terminal = startTmux(bench.sandbox);
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
  await eventually(async () =>
    expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
});
afterAll(async () => {
  await terminal.dispose();
  await bench.dispose();
});

const clone = (id: string): string => bench.sandbox.path('home', 'workspaces', 'shop', id);

/** Starts the program in a terminal of its own; returns its pane. */
async function inTerminal(...args: readonly string[]): Promise<string> {
  const words = [process.execPath, resolve('dist/claude-tmux.cjs'), ...args].map(shellWord).join(' ');
  const environment = Object.entries(bench.env)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ');
  return terminal.run(
    'new-session',
    '-d',
    '-P',
    '-F',
    '#{pane_id}',
    '-x',
    '150',
    '-y',
    '40',
    '-c',
    bench.checkout,
    `env -u TMUX -u TMUX_PANE ${environment} ${words}; sleep 100`,
  );
}

const clients = async (): Promise<string[]> =>
  (await bench.tmux.run('list-clients', '-F', '#{client_width}x#{client_height} #{session_name}'))
    .split('\n')
    .filter((line) => line !== '');

describe('status', () => {
  test('counts changes, staged and untracked files, commits ahead, and names an operation in progress', async () => {
    await writeFile(join(clone('be'), 'README.md'), '# changed\n');
    await writeFile(join(clone('be'), 'new.txt'), 'new');
    await bench.git(clone('be'), 'add', 'README.md');
    await bench.git(clone('be'), 'commit', '-qm', 'one');
    await writeFile(join(clone('be'), 'web/index.html'), '<b>');
    await bench.git(clone('be'), 'add', 'web/index.html');
    expect((await bench.sessions())[1]).toMatchObject({
      id: 'be',
      branch: 'feature/be',
      changes: 2,
      staged: 1,
      untracked: 1,
      conflicts: 0,
      ahead: 1,
      behind: 0,
      operation: null,
      error: null,
    });
    await writeFile(join(clone('be'), '.git', 'MERGE_HEAD'), await bench.git(clone('be'), 'rev-parse', 'HEAD'));
    expect((await bench.sessions())[1]?.operation).toBe('merge');
    await bench.git(clone('be'), 'reset', '-q', '--hard', 'origin/main');
    await bench.git(clone('be'), 'clean', '-qfd');
  });

  test('prints text and Markdown of the same', async () => {
    expect((await bench.ok('status')).stdout).toMatch(
      /^shop \(component\)\n {2}1 {2}Frontend - Dark Mode {2}✓ done +\S+ {2}feature\/fe {2}clean +I was told\.\n/,
    );
    expect((await bench.ok('status', 'shop', '--format', 'markdown')).stdout).toContain(
      '| 2 | Backend - Auth API | done | feature/be | clean |',
    );
  });

  test('one clone that cannot be read has an error and spoils no other', async () => {
    await bench.git(bench.sandbox.root, '-C', clone('be'), 'status');
    await run('mv', [join(clone('be'), '.git'), join(clone('be'), '.hidden')], { env: bench.env });
    const ended = await bench.ct(['status', '--json']);
    await run('mv', [join(clone('be'), '.hidden'), join(clone('be'), '.git')], { env: bench.env });
    expect(ended.code).toBe(1);
    const sessions =
      (JSON.parse(ended.stdout) as { fleets: { sessions: { error: string | null; changes: number | null }[] }[] })
        .fleets[0]?.sessions ?? [];
    expect(sessions.map(({ error, changes }) => [error !== null, changes])).toEqual([
      [false, 0],
      [true, null],
      [false, 0],
    ]);
  });
});

describe('work in a clone without its pane', () => {
  test('path, exec, diff and shell act in the clone', async () => {
    expect((await bench.ok('path', 'fe')).stdout).toBe(`${clone('fe')}\n`);
    expect((await bench.ok('path', '2')).stdout).toBe(`${clone('be')}\n`);
    expect((await bench.ok('path', 'ser')).stdout).toBe(`${clone('fe')}\n`);
    const ended = await bench.ct(['exec', 'fe', '--', 'sh', '-c', 'pwd; exit 7']);
    expect(ended).toMatchObject({ code: 7, stdout: `${clone('fe')}\n` });
    expect((await bench.ok('exec', '--all', '--', 'git', 'branch', '--show-current')).stdout).toBe(
      'feature/fe\nfeature/be\n',
    );
    await writeFile(join(clone('fe'), 'README.md'), '# Dark\n');
    expect((await bench.ok('diff', 'fe')).stdout).toContain('+# Dark');
    expect((await bench.ok('diff', 'fe', '--stat')).stdout).toContain('README.md | 2 +-');
    await bench.git(clone('fe'), 'checkout', '-q', '--', '.');
    expect((await bench.ct(['shell', 'be'], { input: 'pwd\n' })).stdout).toContain(clone('be'));
  });

  test('exec --all goes on where a program is not there, and says where', async () => {
    await writeFile(join(clone('be'), 'only-here.sh'), '#!/bin/sh\necho it runs\n', { mode: 0o755 });
    const ended = await bench.ct(['exec', '--all', './only-here.sh']);
    expect(ended).toMatchObject({ code: 1, stdout: 'it runs\n' });
    expect(ended.stderr).toContain(`"./only-here.sh" cannot be run in ${clone('fe')}`);
    await rm(join(clone('be'), 'only-here.sh'));
  });

  test('diff shows new files too, and leaves nothing in the clone', async () => {
    await writeFile(join(clone('fe'), 'new "page".html'), '<p>new</p>\n');
    await writeFile(join(clone('fe'), 'README.md'), '# Dark\n');
    const before = await bench.git(clone('fe'), 'status', '--porcelain');
    const { stdout } = await bench.ok('diff', 'fe');
    expect(stdout).toContain('+<p>new</p>');
    expect(stdout).toContain('+# Dark');
    expect((await bench.ok('diff', 'fe', '--stat')).stdout).toContain('2 files changed');
    expect(await bench.git(clone('fe'), 'status', '--porcelain')).toBe(before);
    await bench.git(clone('fe'), 'checkout', '-q', '--', '.');
    await bench.git(clone('fe'), 'clean', '-qfd');
  });

  test('who stands in a folder that is gone can still ask, and is told where a folder is needed', async () => {
    const gone = bench.sandbox.path('gone');
    await mkdir(gone);
    const inGone = (...args: readonly string[]): ReturnType<typeof run> =>
      run(
        'sh',
        [
          '-c',
          'cd gone && rmdir ../gone && exec "$@"',
          'sh',
          process.execPath,
          resolve('dist/claude-tmux.cjs'),
          ...args,
        ],
        { env: bench.env, cwd: bench.sandbox.root },
      );
    expect(await inGone('path', 'fe')).toMatchObject({ code: 0, stdout: `${clone('fe')}\n` });
    await mkdir(gone);
    const ended = await inGone('new');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(gone);
  });

  test('an unknown session names the nearest one', async () => {
    const ended = await bench.ct(['path', 'sevrer']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('did you mean "server"');
  });
});

describe('on the screen', () => {
  test('attach shows the fleet; a grouped client of another size leaves its size alone', async () => {
    await inTerminal('attach', '-S', bench.tmux.socket, 'shop');
    await eventually(async () => expect(await clients()).toEqual(['150x40 shop']));
    const size = await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_width}x#{window_height}');
    await inTerminal('attach', '-S', bench.tmux.socket, '--grouped', 'shop');
    await eventually(async () => expect(await clients()).toHaveLength(2));
    expect(await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_width}x#{window_height}')).toBe(
      size,
    );
    await terminal.run('kill-server');
    await eventually(async () => expect(await clients()).toEqual([]));
    await eventually(async () =>
      expect((await bench.tmux.run('list-sessions', '-F', '#{session_name}')).split('\n').sort()).toEqual([
        'mine',
        'shop',
      ]),
    );
    terminal = startTmux(bench.sandbox);
  });

  test('go selects the session and shows the fleet', async () => {
    await inTerminal('go', '-S', bench.tmux.socket, 'be');
    await eventually(async () => expect(await clients()).toEqual(['150x40 shop']));
    expect(await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{@claude_tmux_id}')).toBe('be');
    await bench.ok('go', 'fe');
    expect(await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{@claude_tmux_id}')).toBe('fe');
    await terminal.run('kill-server');
    await eventually(async () => expect(await clients()).toEqual([]));
    terminal = startTmux(bench.sandbox);
  });

  test('rename changes the label everywhere and up leaves it so', async () => {
    const hostile = 'Front;#(touch pwned) #[fg=red]"$(id)";';
    await bench.ok('rename', 'fe', hostile);
    expect((await bench.sessions())[0]?.name).toBe(hostile);
    const pane = (await bench.sessions())[0]?.pane ?? '';
    expect(await bench.tmux.run('show-options', '-pv', '-t', pane, '@claude_tmux_name')).toBe(hostile);
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    expect((await bench.sessions())[0]?.name).toBe(hostile);
    await bench.ok('rename', 'fe', 'Frontend - Dark Mode');
  });

  test('restart ends the agent and resumes its conversation', async () => {
    const before = (await bench.sessions())[0];
    const pid = await bench.tmux.run('display-message', '-p', '-t', before?.pane ?? '', '#{pane_pid}');
    await bench.ok('restart', 'fe');
    await eventually(async () =>
      expect((await bench.sessions())[0]).toMatchObject({
        pane: before?.pane,
        agent: { state: AT_REST, session_id: before?.agent.session_id },
      }),
    );
    expect(await bench.tmux.run('display-message', '-p', '-t', before?.pane ?? '', '#{pane_pid}')).not.toBe(pid);
    expect(await bench.tmux.run('capture-pane', '-p', '-J', '-t', before?.pane ?? '')).toContain('(resumed)');
  });
});

describe('down', () => {
  test('ends the session alone: clones, conversations and the other sessions stay, and up brings it back', async () => {
    const ids = (await bench.sessions()).map((session) => session.agent.session_id);
    await bench.ok('down', 'shop');
    expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    expect((await bench.ok('ls')).stdout).toMatch(/^shop +down, 3 sessions/);
    expect(await bench.git(clone('fe'), 'branch', '--show-current')).toBe('feature/fe');
    await bench.ok('up', 'shop.yaml');
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
    );
    expect((await bench.sessions()).map((session) => session.agent.session_id)).toEqual(ids);
  });

  test('asks before it ends a turn; without a terminal it refuses', async () => {
    const pane = (await bench.sessions())[1]?.pane ?? '';
    await bench.tmux.run('send-keys', '-t', pane, '-l', '/work 60');
    await bench.tmux.run('send-keys', '-t', pane, 'Enter');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('working'));
    const refused = await bench.ct(['down', 'shop']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('"be" is working; down ends its turn');
    await bench.ok('down', 'shop', '--yes');
  });
});
