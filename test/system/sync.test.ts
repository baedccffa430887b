import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SyncReport } from '../../src/plan/syncResult.ts';
import { git } from '../support/repo.ts';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
  await atRest(TOLD);
});
afterEach(() => bench.dispose());

const clone = (id: string): string => bench.sandbox.path('home', 'workspaces', 'shop', id);

async function atRest(agents = AT_REST): Promise<void> {
  await eventually(async () =>
    expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([agents, agents, 'running']),
  );
}

/** A commit of somebody else on origin's main. */
async function upstream(path: string, text: string): Promise<void> {
  await writeFile(join(bench.checkout, path), text);
  await bench.git(bench.checkout, 'add', '-A');
  await bench.git(bench.checkout, 'commit', '-q', '-m', `Change ${path}`);
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'HEAD:main');
}

async function commitIn(id: string, path: string, text: string): Promise<void> {
  await writeFile(join(clone(id), path), text);
  await git(clone(id), ['add', '-A'], bench.env);
  await git(clone(id), ['commit', '-q', '-m', `Work on ${path}`], bench.env);
}

async function report(
  ...args: string[]
): Promise<{
  readonly code: number | null;
  readonly outcomes: readonly (readonly [string, string])[];
  readonly report: SyncReport;
}> {
  const ended = await bench.ct(['sync', '--json', ...args]);
  const parsed = JSON.parse(ended.stdout) as SyncReport;
  return {
    code: ended.code,
    outcomes: parsed.sessions.map(({ id, outcome }) => [id, outcome] as const),
    report: parsed,
  };
}

describe('sync', () => {
  test('brings the base into each idle session, says so in a table, and status knows when', async () => {
    await commitIn('be', 'mine.txt', 'mine\n');
    await upstream('new.txt', 'new\n');
    const { stdout, code } = await bench.ct(['sync']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^shop\n {2}fe {2}moved forward to origin\/main +1 new\n {2}be {2}rebased onto origin\/main +1 new, 1 replayed\n$/,
    );
    expect(await readFile(join(clone('be'), 'new.txt'), 'utf8')).toBe('new\n');
    const [fe, be] = await bench.sessions();
    expect([fe?.behind, be?.ahead, be?.behind]).toEqual([0, 1, 0]);
    expect(Date.parse(fe?.synced_at ?? '')).toBeGreaterThan(0);
    expect((await report()).outcomes).toEqual([
      ['fe', 'current'],
      ['be', 'current'],
    ]);
  });

  test('a conflict is exit code 1, one session spoils no other, and a dry run says so before', async () => {
    await commitIn('be', 'README.md', 'mine\n');
    await upstream('README.md', 'theirs\n');
    const dry = await report('--dry-run');
    expect([dry.code, dry.outcomes]).toEqual([
      1,
      [
        ['fe', 'forwarded'],
        ['be', 'conflict'],
      ],
    ]);
    expect(await bench.git(clone('fe'), 'log', '-1', '--format=%s')).toBe('First commit');
    const done = await report();
    expect([done.code, done.outcomes]).toEqual([
      1,
      [
        ['fe', 'forwarded'],
        ['be', 'conflict'],
      ],
    ]);
    expect(done.report.sessions[1]?.files).toEqual(['README.md']);
    const next =
      "claude-tmux send be -f shop 'Rebase this branch onto origin/main and resolve the conflicts in README.md.'";
    expect(done.report.sessions[1]?.notes).toEqual([`next: ${next}`]);
    expect((await bench.ct(['sync'])).stdout).toContain(`\n      next: ${next}\n`);
    await bench.ok(
      'send',
      'be',
      '-f',
      'shop',
      'Rebase this branch onto origin/main and resolve the conflicts in README.md.',
    );
    expect(await bench.git(clone('be'), 'status', '--porcelain')).toBe('');
  });

  test('a session that works is left alone, and with --when-idle synced by the next sync that finds it idle', async () => {
    await upstream('new.txt', 'new\n');
    await bench.ok('send', 'be', '/ask');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('permission'));
    expect((await report('be')).report.sessions).toMatchObject([
      { id: 'be', outcome: 'skipped', reason: 'asks for a permission' },
    ]);
    expect((await report('be', '--when-idle')).outcomes).toEqual([['be', 'queued']]);
    expect(await bench.git(clone('be'), 'log', '-1', '--format=%s')).toBe('First commit');
    const pane = (await bench.sessions())[1]?.pane ?? '';
    await bench.tmux.run('send-keys', '-t', pane, 'yes', 'Enter');
    await atRest();
    expect((await report('fe')).outcomes).toEqual([
      ['fe', 'forwarded'],
      ['be', 'forwarded'],
    ]);
    expect((await report('fe')).outcomes).toEqual([['fe', 'current']]);
  });

  test('a fetch that failed is exit code 1 with the reason, though no session was to be synced', async () => {
    for (const id of ['fe', 'be']) await bench.ok('send', id, '/ask');
    await eventually(async () =>
      expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual(['permission', 'permission', 'running']),
    );
    await rename(bench.remote, `${bench.remote}.away`);
    const { code, stdout } = await bench.ct(['sync']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /fe +skipped.*\n +be +skipped.*\n +nothing is known of what is new in .*shop\.git: .*(could not be|does not)/,
      ),
    ]);
    for (const args of [['--dry-run'], ['be', '--when-idle']]) {
      const failed = await report(...args);
      expect([args, failed.code, failed.report.unreachable.length]).toEqual([args, 1, 1]);
    }
  });

  test('a dirty clone is skipped with the reason; what is asked wrongly is exit code 2', async () => {
    await writeFile(join(clone('be'), 'README.md'), 'edited\n');
    await upstream('new.txt', 'new\n');
    expect((await report('be')).report.sessions).toMatchObject([
      { outcome: 'skipped', reason: 'has 1 uncommitted change' },
    ]);
    expect((await bench.ct(['sync', '--mode', 'octopus'])).code).toBe(2);
    expect((await bench.ct(['sync', 'nobody'])).code).toBe(2);
  });

  test.each([
    { args: ['close', 'be'], said: 'all its work is merged or pushed' },
    { args: ['task', 'be', 'Next'], said: '"be" works on its next task' },
  ])(
    'one that was killed while files moved is taken back before $args.0 judges the clone; an edit made since stays, and is all that is named',
    async ({ args, said }) => {
      await cutOff('be');
      await writeFile(join(clone('be'), 'web', 'index.html'), 'mine\n');
      const { code, stderr } = await bench.ct(args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('"be": a sync that was cut off is taken back')]);
      expect(stderr).toContain('1 file with uncommitted changes: web/index.html\n');
      expect(stderr).not.toMatch(/README|news/);
      expect(await bench.git(clone('be'), 'status', '--porcelain')).toBe(' M web/index.html');
      await bench.git(clone('be'), 'checkout', '-q', 'web/index.html');
      const done = await bench.ok(...args);
      expect(done.stdout + done.stderr).toContain(said);
    },
  );
});

test('one that was killed when files and index had arrived is finished by up, which keeps in the record when', async () => {
  await cutOff('be');
  await rm(join(clone('be'), '.git', 'index.lock'));
  await bench.git(clone('be'), 'read-tree', 'origin/main');
  await bench.git(clone('be'), 'checkout-index', '-fqa');
  await bench.ok('down', '--yes');
  const { stderr } = await bench.ok('up', 'shop.yaml');
  expect(stderr).toContain('"be": a sync that was cut off is finished');
  expect(await bench.git(clone('be'), 'status', '--porcelain')).toBe('');
  expect((await bench.sessions()).map(({ id, synced_at }) => [id, typeof synced_at])).toEqual(
    expect.arrayContaining([['be', 'string']]),
  );
});

/** The clone as a sync leaves it that gets SIGKILL while git writes files: a lock, a note, and some of the files. */
async function cutOff(id: string): Promise<void> {
  await upstream('news.txt', 'news\n');
  await upstream('README.md', 'theirs\n');
  await bench.git(clone(id), 'fetch', '-q', 'origin');
  const [from, to] = [
    await bench.git(clone(id), 'rev-parse', 'HEAD'),
    await bench.git(clone(id), 'rev-parse', 'origin/main'),
  ];
  const branch = await bench.git(clone(id), 'branch', '--show-current');
  const note = {
    version: 1,
    branch,
    from,
    to,
    baseRef: 'refs/worktree/claude-tmux/base',
    base: to,
    message: 'sync: moved forward',
    at: 1,
  };
  await writeFile(join(clone(id), '.git', 'claude-tmux-sync.json'), JSON.stringify(note));
  await writeFile(join(clone(id), '.git', 'index.lock'), '');
  await writeFile(join(clone(id), 'README.md'), 'theirs\n');
  await writeFile(join(clone(id), 'news.txt'), 'ne');
}
