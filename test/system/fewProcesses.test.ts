import { spawn } from 'node:child_process';
import { chown, cp, chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMostProcesses } from '../../src/store/processLimit.ts';
import { hasProgram } from '../agent/launchedPane.ts';
import { run, type Ended } from '../support/run.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
/** Of a user that no list names: `ulimit -u` does not hold for root, and counts what the user runs. */
const UID = 48_211;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ct-few-'));
  await chmod(folder, 0o755);
  for (const name of ['home', 'bin']) await mkdir(join(folder, name));
  for (const name of ['dist', 'layouts', 'tmux-plugin', 'package.json'])
    await cp(resolve(name), join(folder, 'package', name), { recursive: true });
  await symlink(process.execPath, join(folder, 'bin', 'node'));
  await chown(join(folder, 'home'), UID, UID);
});
afterEach(async () => {
  await run('tmux', ['-S', join(folder, 'home', 's'), 'kill-server'], { env: { PATH: process.env['PATH'] ?? '' } });
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program as that user, who may have so many processes. */
function ct(most: number, ...args: readonly string[]): Promise<Ended> {
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    CLAUDE_TMUX_WATCH: 'off',
  };
  const words = [
    '--reuid',
    String(UID),
    '--regid',
    String(UID),
    '--clear-groups',
    'bash',
    '-c',
    `ulimit -u ${most}; exec node "$@"`,
    'bash',
    join(folder, 'package', 'dist', 'claude-tmux.cjs'),
    ...args,
  ];
  return run('setpriv', words, { env, cwd: '/' });
}

describe.skipIf(!isRoot || !(await hasProgram('setpriv')))('a user with few processes', () => {
  it('who has no entry in the list of users needs none', async () => {
    expect(await ct(500, 'ls')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no fleet is recorded') as unknown,
    });
  });

  // Below, Node itself says that it has no threads, or waits for them.
  it.each([8, 9, 10, 11, 12, 14])(
    'of whom %d are allowed gets a sentence and exit code 1, or what was asked for',
    async (most) => {
      const { code, stderr } = await ct(most, 'status', '-S', join(folder, 'home', 's'));
      expect([0, 1]).toContain(code);
      if (code === 1)
        expect(stderr).toMatch(
          /no more processes can be started: \d+ of \d+ are in use\n {2}raise the limit with ulimit -u/,
        );
    },
  );

  it('whose processes are all taken is told', async () => {
    const sleepers = Array.from({ length: 10 }, () =>
      spawn('sleep', ['1000'], { uid: UID, gid: UID, stdio: 'ignore' }),
    );
    try {
      const { code, stderr } = await ct(18, 'status');
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/no more processes can be started: 1\d of 18 are in use/),
      ]);
    } finally {
      for (const sleeper of sleepers) sleeper.kill('SIGKILL');
    }
  });
});

it.each([
  ['Max processes             14                   100                  processes \n', 14],
  ['Max processes             unlimited            unlimited            processes \n', null],
  ['', null],
])('the limit is read from what the system says: %j', (text, most) => {
  expect(parseMostProcesses(text)).toBe(most);
});
