import { mkdir, symlink, writeFile, chmod, readdir } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

const workspace = (...parts: string[]): string => bench.sandbox.path('home', 'workspaces', 'shop', ...parts);

/** No fleet on the screen, none recorded: nothing half-done is left. */
async function expectNothingDone(): Promise<void> {
  expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
  expect((await bench.ok('ls', '--json')).stdout).toContain('"fleets": []');
}

/** A folder with links to the programs that the run needs, but for `without`. */
async function pathWithout(...without: readonly string[]): Promise<string> {
  const folder = bench.sandbox.path('few');
  await mkdir(folder);
  for (const program of ['sh', 'git', 'tmux', 'node', 'ls', 'cat', 'env', 'stty', 'dd', 'sleep', 'rm', 'mv', 'date']) {
    if (!without.some((name) => name === program))
      await symlink(realpathSync(await which(program)), join(folder, program));
  }
  return folder;
}

async function which(program: string): Promise<string> {
  for (const folder of (bench.env['PATH'] ?? '').split(':')) {
    if ((await readdir(folder).catch((): string[] => [])).includes(program)) return join(folder, program);
  }
  throw new Error(`no ${program} here`);
}

describe('what is missing on the machine', () => {
  test('no tmux: one sentence with the install command', async () => {
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], { env: { PATH: await pathWithout('tmux') } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/tmux is not installed[^]*install/);
  });

  test('a tmux that is too old is refused by its version', async () => {
    const folder = await pathWithout('tmux');
    await writeFile(
      join(folder, 'tmux'),
      '#!/bin/sh\ncase " $* " in *" -V "*) echo "tmux 3.1c"; exit 0 ;; esac\necho "error connecting to /x (No such file or directory)" >&2\nexit 1\n',
    );
    await chmod(join(folder, 'tmux'), 0o755);
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], { env: { PATH: folder } });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/3\.1c.*3\.2a/s);
  });

  test('no git: one sentence with the install command', async () => {
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], { env: { PATH: await pathWithout('git') } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/git is not installed[^]*install/);
    await expectNothingDone();
  });

  test('a git that is too old is refused by its version, before anything is made', async () => {
    const folder = await pathWithout('git');
    await writeFile(
      join(folder, 'git'),
      `#!/bin/sh\ncase " $* " in *" version "*) echo "git version 2.17.1"; exit 0 ;; esac\nexec ${realpathSync(await which('git'))} "$@"\n`,
      { mode: 0o755 },
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], {
      env: { PATH: `${folder}:${bench.env['PATH'] ?? ''}` },
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/claude-tmux needs git 2\.25 or newer; this is 2\.17\.1\n[^]*install/i);
    await expectNothingDone();
  });

  test('no claude: named with its pane before anything is made', async () => {
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], { env: { PATH: await pathWithout() } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/the program "claude" of pane "fe" is not on PATH\n {2}install Claude Code/);
    await expectNothingDone();
    expect(await readdir(bench.sandbox.path('home'))).not.toContain('workspaces');
  });
});

describe('repositories that cannot be cloned', () => {
  test.each([
    ['unreachable', (b: Bench) => b.sandbox.path('nowhere.git'), /nowhere\.git/],
    ['refused over ssh', () => 'ssh://git@127.0.0.1:1/x.git', /127\.0\.0\.1/],
  ])('%s: git says why, nothing is left', async (_what, repo, said) => {
    await bench.layout(SHOP.replace('strategy:', `repo: ${repo(bench)}\nstrategy:`));
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(said);
    expect(ended.stderr).toContain('no session could be brought up');
    await expectNothingDone();
  });

  test('empty: says so', async () => {
    const empty = bench.sandbox.path('empty.git');
    await bench.git(bench.sandbox.root, 'init', '-q', '--bare', empty);
    await bench.layout(SHOP.replace('strategy:', `repo: ${empty}\nstrategy:`));
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/empty|no (commit|branch)/);
    await expectNothingDone();
  });

  test('without the base branch: names the nearest one', async () => {
    await bench.layout(SHOP.replace('strategy:', 'base: mian\nstrategy:'));
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/no branch "mian"[^]*did you mean "main"/);
    await expectNothingDone();
  });

  test('one bad base spoils only its session; the next up makes it', async () => {
    await bench.layout(SHOP.replace('component: backend', 'component: backend\n    base: release'));
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('brought up without be');
    expect((await bench.sessions()).map((session) => session.id)).toEqual(['fe', 'server']);
    await bench.git(bench.remote, 'branch', 'release', 'main');
    await bench.ok('up', 'shop.yaml', '--yes');
    expect((await bench.sessions()).map((session) => session.id)).toEqual(['fe', 'be', 'server']);
  });
});

describe('places that are taken', () => {
  test('a foreign folder is named and left as it is', async () => {
    await mkdir(workspace('be'), { recursive: true });
    await writeFile(workspace('be', 'diary.txt'), 'mine');
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(workspace('be'));
    expect(await readdir(workspace('be'))).toEqual(['diary.txt']);
    await expectNothingDone();
  });

  test('a clone of the right repository is used as it is', async () => {
    await mkdir(workspace(), { recursive: true });
    await bench.git(bench.sandbox.root, 'clone', '-q', bench.remote, workspace('be'));
    await writeFile(workspace('be', 'work.txt'), 'precious');
    const { stderr } = await bench.ok('up', 'shop.yaml', '--yes');
    expect(stderr).toContain('clone "be" is on branch "main"; the layout says "feature/be". It is used as it is.');
    expect((await bench.sessions())[1]).toMatchObject({ branch: 'main', untracked: 1 });
  });

  test('a workspace that cannot be made is named', async () => {
    await mkdir(bench.sandbox.path('home'), { recursive: true });
    await writeFile(bench.sandbox.path('home', 'workspaces'), 'a file');
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(workspace());
    await expectNothingDone();
  });

  test.runIf(process.platform === 'linux')(
    'a workspace where the system makes no folder is named, and the program ends',
    async () => {
      await bench.layout(SHOP.replace('strategy:', 'workspace: /proc/none/{name}\nstrategy:'));
      const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('the workspace /proc/none/shop cannot be made');
      await expectNothingDone();
    },
  );

  test('a tmux session of that name that is not ours is left alone', async () => {
    await bench.tmux.run('new-session', '-d', '-s', 'shop', 'sleep 1000');
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('a tmux session "shop" exists that is not this fleet\'s');
    expect(await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_start_command}')).toContain(
      'sleep 1000',
    );
  });

  test('the same fleet name with another repository names both', async () => {
    await bench.ok('up', 'shop.yaml', '--yes');
    const other = bench.sandbox.path('remote', 'other.git');
    await bench.git(bench.sandbox.root, 'clone', '-q', '--bare', bench.checkout, other);
    await bench.layout(SHOP.replace('strategy:', `repo: ${other}\nstrategy:`), 'other.yaml');
    const ended = await bench.ct(['up', 'other.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(bench.remote);
    expect(ended.stderr).toContain(other);
  });
});

describe('trust', () => {
  test('a layout in the work tree asks first, shows what it runs, and asks again after a change', async () => {
    const first = await bench.ct(['up', 'shop.yaml']);
    expect(first.code).toBe(2);
    expect(first.stderr).toMatch(
      /shop\.yaml: first `up` of this layout[^]*server: sleep 100000[^]*Make it dark\.[^]*is not trusted yet/,
    );
    await expectNothingDone();
    await bench.ok('up', 'shop.yaml', '--yes');
    await bench.ok('up', 'shop.yaml');
    await bench.layout(SHOP.replace('Make it dark.', 'Delete everything.'));
    const changed = await bench.ct(['up', 'shop.yaml']);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/changed since you trusted it[^]*Delete everything\./);
  });

  test('a layout that hides a shipped name asks, the shipped one does not', async () => {
    expect((await bench.ct(['up', 'pair'])).code).toBe(0);
    await bench.layout(SHOP, 'frontend-backend.yaml');
    expect((await bench.ct(['up', 'frontend-backend'])).stderr).toContain('is not trusted yet');
  });
});

describe('layouts that cannot be used', () => {
  test('every problem at once, exit 2, nothing touched', async () => {
    await bench.layout(
      'strategy: component\npanes:\n  - nmae: A\n    component: web\n  - name: B\n    colour: mauve\n',
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/shop\.yaml:3:5 {2}error\[unknown-key\][^]*did you mean/);
    expect(ended.stderr).toMatch(/shop\.yaml:6:5 {2}error/);
    await expectNothingDone();
  });

  test('an unknown layout names the nearest', async () => {
    const ended = await bench.ct(['up', 'fronted-backend']);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain('did you mean "frontend-backend"');
  });
});
