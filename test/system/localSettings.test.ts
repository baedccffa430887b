import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTerminal } from '../e2e/support/terminal.ts';
import { eventually } from '../support/eventually.ts';
import { endTmuxServersIn } from '../support/tmuxServers.ts';
import { makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
const NAME = '.claude/settings.local.json';
const ALLOWED = '{"permissions":{"allow":["Bash(npm test:*)"]}}\n';
const SAID = 'is not carried over without your yes';

beforeEach(async () => {
  bench = await makeBench();
  await writeFile(join(bench.checkout, '.git', 'info', 'exclude'), `${NAME}\n`);
  await put(join(bench.checkout, NAME), ALLOWED);
  await bench.layout(SHOP);
});
afterEach(async () => {
  await endTmuxServersIn([bench.sandbox.root]);
  await bench.dispose();
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const inClone = (id: string): string => bench.sandbox.path('home', 'workspaces', 'shop', id, NAME);
/** Trusts the layout without saying yes to anything else: `--yes` on an `up` that makes no clone. */
const trust = (): Promise<unknown> =>
  put(bench.sandbox.path('home', '.config', 'claude-tmux', 'layouts', 'mine.yaml'), SHOP);

describe('what the user allowed Claude in the checkout', () => {
  test('comes into each new clone with --yes, and later into those that are added, without being asked for again', async () => {
    await bench.ok('up', 'shop.yaml', '--yes');
    for (const id of ['fe', 'be']) expect(await readFile(inClone(id), 'utf8')).toBe(ALLOWED);
    expect((await bench.sessions()).map(({ changes }) => changes)).toEqual([0, 0, 0]);
    await writeFile(inClone('fe'), '{"mine":true}\n');
    const added = await bench.ok('add', 'Docs', '--component', 'docs');
    expect(added.stderr).not.toContain(SAID);
    expect(await readFile(inClone('docs'), 'utf8')).toBe(ALLOWED);
    expect(await readFile(inClone('fe'), 'utf8')).toBe('{"mine":true}\n');
  });

  test('is not carried over without a terminal and without a yes, which is said, and can be given later', async () => {
    await trust();
    expect((await bench.ok('up', 'mine')).stderr).toContain(`${NAME} of ${bench.checkout} ${SAID}`);
    expect(existsSync(inClone('fe'))).toBe(false);
    await bench.ok('add', 'Docs', '--component', 'docs', '--yes');
    expect(await readFile(inClone('docs'), 'utf8')).toBe(ALLOWED);
    expect(existsSync(inClone('fe'))).toBe(false);
  });

  test.each([
    ['y', true],
    ['n', false],
  ])('is asked for once on a terminal: %s', async (key, isCarried) => {
    await trust();
    const clones = ['fe', 'be'].map((id) => bench.sandbox.path('home', 'workspaces', 'shop', id));
    await put(
      bench.sandbox.path('home', '.claude.json'),
      JSON.stringify({ projects: Object.fromEntries(clones.map((path) => [path, { hasTrustDialogAccepted: true }])) }),
    );
    const terminal = await openTerminal(
      { ...bench.sandbox, env: bench.env },
      [process.execPath, resolve('dist/claude-tmux.cjs'), 'up', '-S', bench.tmux.socket, 'mine'],
      { cwd: bench.checkout },
    );
    await eventually(async () =>
      expect(await terminal.screen()).toMatch(/Copy what you allowed Claude .*Do this\? \[y\/N\]/s),
    );
    expect(existsSync(inClone('fe'))).toBe(false);
    await terminal.press(key, 'Enter');
    await eventually(async () => expect(await bench.tmux.run('list-clients', '-F', '#{session_name}')).toBe('shop'), {
      within: 30_000,
    });
    expect(existsSync(inClone('fe'))).toBe(isCarried);
    expect((await bench.ok('add', 'Docs', '--component', 'docs')).stderr).not.toContain(SAID);
    expect(existsSync(inClone('docs'))).toBe(isCarried);
  });

  test('is left to `link` and `include` where those name it', async () => {
    await bench.layout(`${SHOP}link: .claude\n`);
    const { stderr } = await bench.ok('up', 'shop.yaml', '--yes');
    expect(stderr).not.toContain(SAID);
    await writeFile(join(bench.checkout, NAME), '{}\n');
    expect(await readFile(inClone('fe'), 'utf8')).toBe('{}\n');
  });

  test('stays out of the clones of another repository', async () => {
    const other = bench.sandbox.path('remote', 'other.git');
    await bench.git(bench.sandbox.root, 'clone', '-q', '--bare', bench.remote, other);
    await bench.layout(`${SHOP}repo: ${other}\n`);
    await bench.ok('up', 'shop.yaml', '--yes');
    expect(existsSync(dirname(inClone('fe')))).toBe(false);
  });
});
