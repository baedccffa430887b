import { mkdir, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import { AT_REST, makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
afterEach(() => bench.dispose());

const workspace = (...parts: string[]): string => bench.sandbox.path('home', 'workspaces', 'shop', ...parts);

describe('plan --format sh', () => {
  test('really runs, and gives the fleet that up gives', async () => {
    bench = await makeBench();
    await bench.layout(
      SHOP.replace(
        'component: backend',
        'component: backend\n    env: {TOKEN: "${SECRET}", QUOTED: "it\'s"}\n    setup: ["echo $TOKEN > set-up.txt"]',
      ),
    );
    const script = (await bench.ct(['plan', 'shop.yaml', '--format', 'sh'], { env: { SECRET: 's3cret' } })).stdout;
    const look = async (): Promise<unknown> => {
      await eventually(async () =>
        expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
      );
      const sessions = await bench.sessions();
      const trees = await Promise.all(
        ['fe', 'be'].map(async (id) => [
          await bench.git(workspace(id), 'status', '--porcelain=v2', '--branch'),
          await bench.git(workspace(id), 'remote', '-v'),
          await bench.git(workspace(id), 'config', 'user.email'),
        ]),
      );
      const panes = await bench.tmux.run(
        'list-panes',
        '-s',
        '-t',
        '=shop',
        '-F',
        '#{window_index}.#{pane_index} #{window_name} #{@claude_tmux_id} #{@claude_tmux_name} #{@claude_tmux_color} #{pane_width}x#{pane_height}',
      );
      return {
        trees,
        panes,
        sessions: sessions.map(({ id, number, name, branch, path, changes }) => ({
          id,
          number,
          name,
          branch,
          path,
          changes,
        })),
      };
    };
    await bench.ct(['up', 'shop.yaml', '--yes'], { env: { SECRET: 's3cret' } });
    const made = await look();
    await bench.ok('down', 'shop', '--yes');
    await run('rm', ['-rf', workspace(), bench.sandbox.path('home', '.local', 'state')], { env: bench.env });
    const unset = await run('sh', [], { env: { ...bench.env, QUOTED: "it's" }, cwd: bench.checkout, input: script });
    expect(unset.code).not.toBe(0);
    expect(unset.stderr).toContain('TOKEN');
    const ran = await run('sh', [], {
      env: { ...bench.env, TOKEN: 's3cret', QUOTED: "it's" },
      cwd: bench.checkout,
      input: script,
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(await look()).toEqual(made);
    expect((await bench.ct(['up', 'shop.yaml', '--yes'], { env: { SECRET: 's3cret' } })).stderr).toContain(
      'nothing to do',
    );
  });
});

describe('plan --format sh gives each tree what up gives it', () => {
  /** Names that a shell, a line reader and git's quoting trip over. */
  const NAMES = [
    'two  words',
    ' edges ',
    'a "quote"',
    "it's",
    'new\nline',
    'last newline\n',
    'ümläut',
    '-dash',
    '$(touch pwned)',
    'back\\slash',
    'star*',
  ];

  /** Everything below a folder but git's own files: names and contents. */
  async function filesBelow(folder: string): Promise<Record<string, string>> {
    const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
      (entry) => !`${entry.parentPath}/`.startsWith(join(folder, '.git/')) && !entry.isDirectory(),
    );
    const pairs = await Promise.all(
      found.map(
        async (entry) =>
          [
            relative(folder, join(entry.parentPath, entry.name)),
            entry.isSymbolicLink()
              ? `-> ${await readlink(join(entry.parentPath, entry.name))}`
              : await readFile(join(entry.parentPath, entry.name), 'utf8'),
          ] as const,
      ),
    );
    return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  async function lookAt(id: string): Promise<unknown> {
    const tree = workspace(id);
    const settings = await bench.git(
      tree,
      'config',
      '--local',
      '--get-regexp',
      '^(remote|user|author|committer|commit|core\\.(sshcommand|hookspath))',
    );
    return {
      files: await filesBelow(tree),
      settings: settings.split('\n').sort(),
      status: await bench.git(tree, 'status', '--porcelain=v2', '--branch'),
      head: await bench.git(tree, 'rev-parse', 'HEAD'),
    };
  }

  /** Runs `up`, looks, takes everything away, runs the script instead, looks again. */
  async function compare({
    options = [],
    given = {},
  }: {
    readonly options?: readonly string[];
    readonly given?: Record<string, string>;
  }): Promise<readonly [up: unknown, script: unknown]> {
    const planned = await bench.ct(['plan', 'shop.yaml', '--format', 'sh', ...options], { env: { SECRET: 's3cret' } });
    expect(planned.code).toBe(0);
    await bench.ct(['up', 'shop.yaml', '--yes', ...options], { env: { SECRET: 's3cret' } });
    // Setups run in the panes.
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).not.toContain('starting'),
    );
    const made = [await lookAt('fe'), await lookAt('be')];
    await bench.ok('down', 'shop', '--yes');
    await run('rm', ['-rf', workspace(), bench.sandbox.path('home', '.local', 'state')], { env: bench.env });
    const script = bench.sandbox.path('up.sh');
    await writeFile(script, planned.stdout);
    expect(await run('sh', [script], { env: { ...bench.env, ...given }, cwd: bench.sandbox.root })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const checked = await run(
      'sh',
      ['-c', 'command -v shellcheck >/dev/null || exit 0; shellcheck "$1"', 'sh', script],
      { env: bench.env },
    );
    expect(checked.stdout).toBe('');
    return [made, [await lookAt('fe'), await lookAt('be')]];
  }

  test('its own value of a variable that others have too, in its setup and in its pane', async () => {
    bench = await makeBench();
    const own = (id: string, value: string): string =>
      `\n    env: {TOKEN: "${value}", SAME: "\${SECRET}", EMPTY: ""}\n    setup: ['printf "%s" "$TOKEN $SAME" > ${id}.txt; cat']`;
    await bench.layout(
      SHOP.replace('component: frontend', `component: frontend${own('fe', 'one')}`).replace(
        'component: backend',
        `component: backend${own('be', "t'wo\\n")}`,
      ),
    );
    const [up, script] = await compare({
      given: { TOKEN: 'of nobody', TOKEN_FOR_FE: 'one', TOKEN_FOR_BE: "t'wo\n", SAME: 's3cret', EMPTY: '' },
    });
    expect(script).toEqual(up);
    expect(up).toMatchObject([{ files: { 'fe.txt': 'one s3cret' } }, { files: { 'be.txt': "t'wo\n s3cret" } }]);
    const values = async (id: string): Promise<string> => {
      const pid =
        (await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{@claude_tmux_id} #{pane_pid}'))
          .split('\n')
          .find((line) => line.startsWith(`${id} `))
          ?.split(' ')[1] ?? '';
      const launch =
        (await run('ps', ['-ww', '-o', 'args=', '-p', pid], { env: bench.env })).stdout.trim().split(' ')[1] ?? '';
      return (
        await run(
          'sh',
          [
            '-c',
            'sed -n "/^set_environment() {/,/^}/p" "$1" >"$2"; . "$2"; set_environment; printf "%s|%s|%s." "$TOKEN" "$SAME" "$EMPTY"',
            'sh',
            launch,
            bench.sandbox.path(`${id}.sh`),
          ],
          { env: bench.env },
        )
      ).stdout;
    };
    expect([await values('fe'), await values('be')]).toEqual(['one|s3cret|.', "t'wo\n|s3cret|."]);
  });

  test('identity, signing, hooks, key and further remotes of the checkout', async () => {
    bench = await makeBench();
    await bench.layout(SHOP);
    await mkdir(bench.sandbox.path('src', 'beside the', 'shop'), { recursive: true });
    const set = (...args: string[]): Promise<string> => bench.git(bench.checkout, 'config', ...args);
    await set('user.email', 'ann@example.com');
    await set('author.name', 'Ann  "the" Author');
    await set('committer.email', 'ci@example.com');
    await set('core.sshCommand', 'ssh -i "/keys/a b"');
    await set('core.hooksPath', '.husky');
    await set('remote.origin.pushurl', 'git@example.com:ann/push.git');
    await set('remote.my.fork.url', '../beside the/shop');
    await set('remote.my.fork.fetch', '+refs/heads/*:refs/remotes/my.fork/*');
    await set('--add', 'remote.my.fork.fetch', '+refs/pull/*:refs/pull/*');
    await set('remote.host.url', 'example.com:ann/shop.git');
    await writeFile(
      join(bench.checkout, '.git', 'config'),
      `${await readFile(join(bench.checkout, '.git', 'config'), 'utf8')}[commit]\n\tgpgsign\n`,
    );
    const [up, script] = await compare({});
    expect(script).toEqual(up);
    expect(JSON.stringify(up)).toContain('remote.origin.pushurl git@example.com:ann/push.git');
  });

  test('files whatever their names, work of the checkout, and folders that are linked', async () => {
    bench = await makeBench();
    await writeFile(join(bench.checkout, '.git', 'info', 'exclude'), 'kept/\nlocal*\n');
    for (const folder of ['work', 'kept', 'node_modules', 'node_modules/deep '])
      await mkdir(join(bench.checkout, folder), { recursive: true });
    for (const name of NAMES) {
      for (const folder of ['.', 'work', 'kept', 'node_modules'])
        await writeFile(join(bench.checkout, folder, name), `${folder} ${name}`);
      await writeFile(join(bench.checkout, `local ${name.replaceAll('\n', '')}`), name);
    }
    await bench.git(bench.checkout, 'add', 'work/two  words');
    await writeFile(join(bench.checkout, 'README.md'), Buffer.from([0, 1, 2, 255]));
    await writeFile(join(bench.checkout, 'web', 'index.html'), '<p>  \n \t\n');
    await bench.git(bench.checkout, 'config', 'diff.noprefix', 'true');
    await bench.layout(
      SHOP.replace('strategy:', 'include: ["local*", "node_modules/**"]\nlink: [node_modules, kept]\nstrategy:'),
    );
    const [up, script] = await compare({ options: ['--from-here'] });
    expect(script).toEqual(up);
    expect(up).toMatchObject([
      {
        files: {
          'last newline\n': '. last newline\n',
          node_modules: `-> ${join(bench.checkout, 'node_modules')}`,
          'local star*': 'star*',
        },
      },
      {},
    ]);
  });
});
