import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
  await eventually(async () =>
    expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
});
afterEach(() => bench.dispose());

const sessionOf = async (id: string) => {
  const found = (await bench.sessions()).find((session) => session.id === id);
  if (!found) throw new Error(`no session ${id}`);
  return found;
};
const screenOf = async (id: string): Promise<string> =>
  bench.tmux.run('capture-pane', '-p', '-J', '-S', '-', '-t', (await sessionOf(id)).pane ?? '');
const inClone = async (id: string, ...args: string[]): Promise<string> =>
  bench.git((await sessionOf(id)).path, ...args);
const write = async (id: string, name: string, text: string): Promise<void> =>
  writeFile(join((await sessionOf(id)).path, name), text);
async function commit(id: string, name: string): Promise<void> {
  await write(id, name, 'work\n');
  await inClone(id, 'add', '-f', '--', name);
  await inClone(id, 'commit', '-q', '-m', `Add ${name}`);
}
/** A commit that the remote gets from somebody else. */
async function pushed(name: string): Promise<string> {
  await writeFile(join(bench.checkout, name), 'new\n');
  await bench.git(bench.checkout, 'add', '-f', '--', name);
  await bench.git(bench.checkout, 'commit', '-q', '-m', `Add ${name}`);
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'HEAD:main');
  return bench.git(bench.checkout, 'rev-parse', 'HEAD');
}

describe('task', () => {
  test('begins a fresh branch from the base as it is now and a new conversation, in the same clone and pane; up goes neither back nor complains', async () => {
    const before = await sessionOf('be');
    const tip = await pushed('news.txt');
    const { stderr } = await bench.ok('task', 'be', 'Add', 'a login page for everybody');
    expect(stderr).toContain('"be" works on its next task, on the branch feature/be-add-a-login-page-for');
    const after = await eventually(async () => {
      const found = await sessionOf('be');
      expect(found.agent.state).toEqual(AT_REST);
      return found;
    });
    expect(after).toMatchObject({
      pane: before.pane,
      path: before.path,
      branch: 'feature/be-add-a-login-page-for',
      changes: 0,
    });
    expect(after.agent.session_id).not.toBe(before.agent.session_id);
    expect(await inClone('be', 'rev-parse', 'HEAD')).toBe(tip);
    await eventually(async () => expect(await screenOf('be')).toContain('Add a login page for everybody'));
    const again = await bench.ok('up', 'shop.yaml');
    expect(again.stderr).toContain('nothing to do');
    expect(again.stderr).not.toContain('is on branch');
    await bench.tmux.dispose();
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain(
      '"shop" is up: 3 panes made, 2 conversations resumed\n',
    );
    await eventually(async () => expect(await screenOf('be')).toContain('(resumed)'));
    expect((await sessionOf('be')).agent.session_id).toBe(after.agent.session_id);
    expect((await sessionOf('be')).branch).toBe('feature/be-add-a-login-page-for');
  });

  test('a second one takes another branch, and one that is named may be one that exists', async () => {
    await bench.ok('task', 'be', 'Clean up');
    await eventually(async () => expect((await sessionOf('be')).agent.state).toBe(TOLD));
    await bench.ok('task', 'be', 'Clean up');
    expect((await sessionOf('be')).branch).toBe('feature/be-clean-up-2');
    await eventually(async () => expect((await sessionOf('be')).agent.state).toBe(TOLD));
    const { stderr } = await bench.ok('task', 'be', 'Go on with the first', '--branch', 'feature/be');
    expect((await sessionOf('be')).branch).toBe('feature/be');
    expect(stderr).not.toContain('too, in another clone');
  });

  test('a branch that another open session stands on is said to be, whatever the layout called that session’s', async () => {
    await inClone('fe', 'checkout', '-q', '-b', 'shared/work');
    const { stderr } = await bench.ok('task', 'be', 'Join in', '--branch', 'shared/work');
    expect(stderr).toContain('note: "fe" works on the branch shared/work too, in another clone');
    expect((await sessionOf('be')).branch).toBe('shared/work');
  });

  test('commits that are merged nowhere and untracked files are shown and asked for; they stay', async () => {
    await commit('be', 'api.txt');
    const tip = await inClone('be', 'rev-parse', 'HEAD');
    await write('be', 'notes.txt', 'mine\n');
    const { code, stderr } = await bench.ct(['task', 'be', 'Next']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 unmerged commit on "feature\/be"/);
    expect(stderr).toContain('notes.txt');
    expect((await sessionOf('be')).branch).toBe('feature/be');
    await bench.ok('task', 'be', 'Next', '--yes');
    expect(await inClone('be', 'rev-parse', 'feature/be')).toBe(tip);
    expect(await readFile(join((await sessionOf('be')).path, 'notes.txt'), 'utf8')).toBe('mine\n');
  });

  test('an ignored file that the base tracks by now is not written over: the session goes on with its last task', async () => {
    const before = await sessionOf('be');
    await write('be', '.env', 'SECRET=mine\n');
    await pushed('.env');
    const { code, stderr } = await bench.ct(['task', 'be', 'Next', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('.env');
    expect(stderr).toMatch(
      /the task was not taken and is dropped: "be" is on the branch feature\/be as before, and its last conversation goes on \((starting|idle|done)\)\n/,
    );
    expect(stderr).not.toContain('works on its next task');
    expect(await readFile(join(before.path, '.env'), 'utf8')).toBe('SECRET=mine\n');
    await eventually(async () =>
      expect(await sessionOf('be')).toMatchObject({
        branch: 'feature/be',
        agent: { state: AT_REST, session_id: before.agent.session_id },
      }),
    );
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
  });

  test('is refused in mid-turn, with changes, for a command, in another session’s clone, and for a branch that cannot be', async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await bench.ct(['task', ...args]);
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(await refused('server', 'x')).toContain('"server" is a command');
    expect(await refused('be', 'x', '--branch', 'a..b')).toContain('no task can begin on the branch "a..b"');
    await write('be', 'README.md', 'changed\n');
    expect(await refused('be', 'x', '--yes')).toContain('1 file with uncommitted changes: README.md');
    await inClone('be', 'checkout', '-q', '--', 'README.md');
    const pane = (await sessionOf('be')).pane ?? '';
    await bench.tmux.run('send-keys', '-t', pane, '-l', '/work 600');
    await bench.tmux.run('send-keys', '-t', pane, 'Enter');
    await eventually(async () => expect((await sessionOf('be')).agent.state).toBe('working'));
    expect(await refused('be', 'x', '--yes')).toContain('"be" is working');
    expect((await sessionOf('be')).agent.state).toBe('working');
  });

  test('a command of the fleet in the same clone runs on', async () => {
    const server = await sessionOf('server');
    await bench.ok('task', 'fe', 'Next', 'one');
    expect(await sessionOf('server')).toMatchObject({
      pane: server.pane,
      agent: { state: 'running', since: server.agent.since },
    });
    expect((await sessionOf('fe')).branch).toBe('feature/fe-next-one');
  });
});
