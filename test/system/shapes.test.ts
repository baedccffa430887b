import { mkdir, readFile, readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
afterEach(() => bench.dispose());

const workspace = (...parts: string[]): string => bench.sandbox.path('home', 'workspaces', 'shop', ...parts);
const text = (pane: string): Promise<string> => bench.tmux.run('capture-pane', '-p', '-J', '-t', pane);

describe('isolation', () => {
  test('worktree: trees of the checkout, on branches of their own', async () => {
    bench = await makeBench();
    await bench.layout(SHOP.replace('strategy:', 'isolation: worktree\nstrategy:'));
    await bench.ok('up', 'shop.yaml', '--yes');
    expect((await bench.sessions()).map((session) => session.branch)).toEqual([
      'feature/fe',
      'feature/be',
      'feature/fe',
    ]);
    expect(await bench.git(bench.checkout, 'worktree', 'list')).toContain(workspace('be'));
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    // Standing in a tree of the fleet is standing in the fleet.
    expect(await bench.ct(['up'], { cwd: workspace('be') })).toMatchObject({
      code: 0,
      stderr: '"shop" is up: nothing to do\n',
    });
  });

  test('shared: everybody in the checkout itself, no clone and no branch', async () => {
    bench = await makeBench();
    await bench.layout(
      'name: shop\nstrategy: component\nisolation: shared\npanes:\n  - {name: A, component: web}\n  - {name: B, component: web, run: "pwd; sleep 1000"}\n',
    );
    await bench.ok('up', 'shop.yaml', '--yes');
    const sessions = await bench.sessions();
    expect(sessions.map((session) => [session.path, session.branch])).toEqual([
      [bench.checkout, 'main'],
      [bench.checkout, 'main'],
    ]);
    await eventually(async () => expect(await text(sessions[1]?.pane ?? '')).toContain(bench.checkout));
    expect(await readdir(bench.sandbox.path('home'))).not.toContain('workspaces');
  });

  test('stage: each branch starts from the tip of the one before', async () => {
    bench = await makeBench();
    await bench.layout(
      'name: shop\nstrategy: stage\npanes:\n  - {name: Plan, id: plan, stage: plan}\n  - {name: Build, id: build, stage: implement}\n',
    );
    await bench.ok('up', 'shop.yaml', '--yes', '--only', 'plan');
    await writeFile(workspace('plan', 'PLAN.md'), 'first this');
    await bench.git(workspace('plan'), 'add', '.');
    await bench.git(workspace('plan'), 'commit', '-qm', 'The plan');
    const { stderr } = await bench.ok('up', 'shop.yaml', '--yes');
    expect(stderr).toMatch(/not active/);
    expect(await readFile(workspace('build', 'PLAN.md'), 'utf8')).toBe('first this');
    expect((await bench.sessions()).map((session) => session.branch)).toEqual(['shop/plan', 'shop/implement']);
  });
});

describe('what a new clone is given', () => {
  test('identity and further remotes, ignored files, links, setup, variables and the folder to start in', async () => {
    bench = await makeBench();
    await bench.git(bench.checkout, 'config', 'user.email', 'ann@example.com');
    await bench.git(bench.checkout, 'remote', 'add', 'fork', 'https://example.com/ann/shop.git');
    await writeFile(join(bench.checkout, '.env'), 'KEY=1');
    await mkdir(join(bench.checkout, 'node_modules', 'x'), { recursive: true });
    await writeFile(join(bench.checkout, 'node_modules', 'x', 'index.js'), '');
    await bench.layout(
      SHOP.replace(
        'component: backend',
        'component: backend\n    dir: web\n    env: {TOKEN: "${SECRET}"}\n    setup: ["echo $TOKEN > set-up.txt"]',
      ).replace('strategy:', 'include: [.env]\nlink: [node_modules]\nstrategy:'),
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes'], { env: { SECRET: 's3cret' } });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('user.email = ann@example.com');
    expect(ended.stderr).not.toContain('s3cret');
    expect(await bench.git(workspace('be'), 'config', 'user.email')).toBe('ann@example.com');
    expect(await bench.git(workspace('be'), 'remote', 'get-url', 'fork')).toBe('https://example.com/ann/shop.git');
    expect(await readFile(workspace('be', '.env'), 'utf8')).toBe('KEY=1');
    expect(await readlink(workspace('be', 'node_modules'))).toBe(join(bench.checkout, 'node_modules'));
    await eventually(async () => expect(await readFile(workspace('be', 'set-up.txt'), 'utf8')).toBe('s3cret\n'));
    const pane = (await bench.sessions())[1]?.pane ?? '';
    await eventually(async () => expect(await text(pane)).toContain(`folder: ${workspace('be', 'web')}`));
    const plans = await Promise.all(
      ['text', 'json', 'sh'].map((format) =>
        bench.ct(['plan', 'shop.yaml', '--format', format], { env: { SECRET: 's3cret' } }),
      ),
    );
    for (const { stdout } of plans) expect(stdout).not.toContain('s3cret');
  });

  test('a folder that the tree does not have is told, and the other sessions start', async () => {
    bench = await makeBench();
    await bench.layout(SHOP.replace('component: backend', 'component: backend\n    dir: nowhere'));
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`pane "be" cannot start: its folder ${workspace('be', 'nowhere')} is not there`);
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, 'exited', 'running']),
    );
  });

  test('work of the checkout is said to stay behind, and --from-here brings it and leaves the checkout as it is', async () => {
    bench = await makeBench();
    await bench.layout(SHOP);
    await writeFile(join(bench.checkout, 'pushed-not.txt'), 'committed');
    await bench.git(bench.checkout, 'add', 'pushed-not.txt');
    await bench.git(bench.checkout, 'commit', '-qm', 'local');
    await writeFile(join(bench.checkout, 'README.md'), '# half done\n');
    await writeFile(join(bench.checkout, 'note.txt'), 'untracked');
    const before = await bench.git(bench.checkout, 'status', '--porcelain');
    expect((await bench.ok('up', 'shop.yaml', '--yes', '--only', 'fe')).stderr).toContain(
      'has 1 uncommitted change, 1 untracked file, 1 unpushed commit that the clones will not have',
    );
    await bench.ok('up', 'shop.yaml', '--yes', '--from-here');
    expect(await readdir(workspace('be'))).toEqual(expect.arrayContaining(['pushed-not.txt', 'note.txt']));
    expect(await bench.git(workspace('be'), 'status', '--porcelain')).toBe(before);
    expect(await bench.git(bench.checkout, 'status', '--porcelain')).toBe(before);
    expect(await readdir(workspace('fe'))).not.toContain('note.txt');
  });
});

describe('--from-here', () => {
  test('takes a checkout without an origin and on no branch as it stands', async () => {
    bench = await makeBench();
    await bench.layout(SHOP);
    await bench.git(bench.checkout, 'remote', 'remove', 'origin');
    await bench.git(bench.checkout, 'checkout', '-q', '--detach');
    await bench.git(bench.checkout, 'commit', '-q', '--allow-empty', '-m', 'On no branch');
    await writeFile(join(bench.checkout, 'note.txt'), 'untracked');
    await bench.ok('up', 'shop.yaml', '--yes', '--from-here');
    expect(await bench.git(workspace('be'), 'log', '-1', '--format=%s')).toBe('On no branch');
    expect(await readdir(workspace('be'))).toContain('note.txt');
  });

  test('that failed is tried again by the same command, and no agent starts without the work', async () => {
    bench = await makeBench();
    await bench.layout(SHOP);
    await writeFile(join(bench.checkout, 'note.txt'), 'untracked');
    await writeFile(join(bench.checkout, '.git', 'info', 'attributes'), 'note.txt filter=broken\n');
    for (const [key, value] of [
      ['clean', 'false'],
      ['required', 'true'],
    ] as const)
      await bench.git(bench.checkout, 'config', '--global', `filter.broken.${key}`, value);
    for (let times = 0; times < 2; times++) {
      const ended = await bench.ct(['up', 'shop.yaml', '--yes', '--from-here']);
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('could not be brought to') as unknown });
      expect(await bench.tmux.run('list-panes', '-a', '-F', '#{@claude_tmux_id}')).not.toMatch(/fe|be/);
    }
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain(
      'note: the clone of "be" never got the work that --from-here was to bring',
    );
    await bench.git(bench.checkout, 'config', '--global', '--remove-section', 'filter.broken');
    await bench.ok('up', 'shop.yaml', '--yes', '--from-here');
    for (const id of ['fe', 'be']) expect(await readdir(workspace(id))).toContain('note.txt');
    expect((await bench.ok('plan', 'shop.yaml', '--from-here')).stdout).toContain('nothing to do');
  });

  test('is refused before anything is made while the checkout has files in conflict', async () => {
    bench = await makeBench();
    await bench.layout(SHOP);
    for (const branch of ['theirs', 'ours']) {
      await bench.git(bench.checkout, 'checkout', '-q', '-b', branch, 'origin/main');
      await writeFile(join(bench.checkout, 'README.md'), branch);
      await bench.git(bench.checkout, 'commit', '-qam', branch);
    }
    await expect(bench.git(bench.checkout, 'merge', 'theirs')).rejects.toThrow();
    const ended = await bench.ct(['up', 'shop.yaml', '--yes', '--from-here']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('has files in conflict in the middle of a merge: "README.md"');
    expect(await readdir(bench.sandbox.path('home'))).not.toContain('workspaces');
    await bench.ok('up', 'shop.yaml', '--yes');
  });
});

describe('files over the layout', () => {
  test("the user's defaults lie under it, an uncommitted local file over it, and the plan says which value came from where", async () => {
    bench = await makeBench();
    await mkdir(bench.sandbox.path('home', '.config', 'claude-tmux'), { recursive: true });
    await writeFile(
      bench.sandbox.path('home', '.config', 'claude-tmux', 'config.yaml'),
      'claude: {model: sonnet}\nworkspace: ~/trees/{name}\n',
    );
    await writeFile(join(bench.checkout, '.claude-tmux.local.yaml'), 'arrange: windows\n');
    await bench.layout(SHOP);
    const { stdout } = await bench.ok('plan', 'shop.yaml');
    expect(stdout).toContain(`in ${bench.sandbox.path('home', 'trees', 'shop')}`);
    expect(stdout).toMatch(/workspace: .*config\.yaml\)/);
    expect(stdout).toMatch(/arrange: windows \(from .*\.claude-tmux\.local\.yaml\)/);
    expect(stdout).toContain('pane be: create-window');
    await bench.ok('up', 'shop.yaml', '--yes');
    const pane = (await bench.sessions())[0]?.pane ?? '';
    await eventually(async () => expect(await text(pane)).toContain('[--model] [sonnet]'));
  });

  test('a task is given on the command line, remembered, and never expanded again', async () => {
    bench = await makeBench();
    await bench.layout(SHOP.replace('Make it dark.', 'Do this: {{task}}'));
    const without = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain('wants a task');
    await bench.ok('up', 'shop.yaml', 'Fix {{prompt}} $(touch pwned)', '--yes');
    const pane = (await bench.sessions())[0]?.pane ?? '';
    await eventually(async () => expect(await text(pane)).toContain('Do this: Fix {{prompt}} $(touch pwned)'));
    await bench.tmux.run('kill-session', '-t', '=shop');
    expect((await bench.ok('up', 'shop.yaml', '--yes')).stderr).toContain('3 panes made');
  });
});

describe("somebody's own tmux", () => {
  test('base-index 1, renumbering, a default shell, hooks and destroy-unattached change nothing, and nothing of theirs is changed', async () => {
    const config = `set -g base-index 1
set -g pane-base-index 1
set -g renumber-windows on
set -g default-command "exec sh -c 'read x'"
set -g remain-on-exit on
set -g status-position top
set -g command-alias[100] split-window='split-window -h'
set-hook -g after-new-window 'split-window -d "sleep 99999"'
`;
    bench = await makeBench({ config });
    await bench.tmux.run(
      'set',
      '-t',
      '=mine:',
      'destroy-unattached',
      'off',
      ';',
      'set',
      '-g',
      'destroy-unattached',
      'on',
    );
    await bench.layout(SHOP);
    const read = async (): Promise<string[]> =>
      Promise.all(
        [
          ['show-options', '-g'],
          ['show-options', '-s'],
          ['show-options', '-gw'],
          ['show-hooks', '-g'],
          ['list-keys'],
          ['list-windows', '-t', '=mine:', '-F', '#{window_id} #{window_panes} #{window_layout}'],
        ].map((args) => bench.tmux.run(...args)),
      );
    const before = await read();
    await bench.ok('up', 'shop.yaml', '--yes');
    expect(await read()).toEqual(before);
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
    );
    expect(
      await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{window_index}.#{pane_index} #{@claude_tmux_id}'),
    ).toBe('1.1 fe\n1.2 be\n1.3 server');
  });
});

describe('shipped layouts', () => {
  test('each one comes up from its name alone', async () => {
    bench = await makeBench();
    const names = (await bench.ok('layouts')).stdout
      .split('\n')
      .filter((line) => line.includes('shipped'))
      .map((line) => line.split(' ')[0] ?? '');
    expect(names.sort()).toEqual([
      'boris',
      'by-component',
      'by-priority',
      'by-stage',
      'by-task',
      'feature-pipeline',
      'frontend-backend',
      'investigate-fix',
      'multi-component',
      'pair',
      'review-prep',
    ]);
    for (const name of names) {
      expect((await bench.ok('validate', name)).stdout).toContain('valid');
      const { stderr } = await bench.ok('up', name, 'Checkout fails with a 500');
      expect(stderr).toMatch(/is up: \d+ panes? made/);
      // A pane whose launch file has not run yet is started once more.
      await eventually(async () => expect((await bench.ok('up', name)).stderr).toContain('nothing to do'));
      await bench.ok('down', `shop-${name}`, '--yes');
    }
    expect((await stat(bench.sandbox.path('home', 'workspaces'))).isDirectory()).toBe(true);
  }, 300_000);
});
