import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isInside, prepareSocketFolder, resolveSocket } from '../../src/tmux/socket.ts';
import { output } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
const uid = process.getuid?.() ?? 0;

beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox.dispose());

describe('resolveSocket', () => {
  test('is where tmux itself makes its socket', async () => {
    await output('tmux', ['-L', 'lab', 'new-session', '-d', 'sleep 1000'], { env: sandbox.env });
    const path = await output('tmux', ['-L', 'lab', 'display-message', '-p', '#{socket_path}'], { env: sandbox.env });
    expect(resolveSocket({ name: 'lab', env: sandbox.env, uid })).toBe(path.trim());
  });

  test.each([
    ['-S before all', { path: '/run/x.sock', name: 'lab', env: { TMUX: '/tmp/other,1,0' } }, '/run/x.sock'],
    ['-S from the folder we stand in', { path: 'x.sock', cwd: '/run', env: {} }, '/run/x.sock'],
    ['-L before $TMUX', { name: 'lab', env: { TMUX: '/tmp/other,1,0' } }, `/tmp/tmux-${uid}/lab`],
    ['$TMUX before the default', { env: { TMUX: '/tmp/other,1,0' } }, '/tmp/other'],
    ['$TMUX with commas in its path', { env: { TMUX: '/tmp/a,2,3/s,1,0' } }, '/tmp/a,2,3/s'],
    ['$TMUX of what the configuration runs', { env: { TMUX: '/tmp/other,1,-1' } }, '/tmp/other'],
    ['a $TMUX that names nothing is no server', { env: { TMUX: 'screen' } }, `/tmp/tmux-${uid}/default`],
    ['the default', { env: {} }, `/tmp/tmux-${uid}/default`],
    [
      'a TMUX_TMPDIR that is not there is left aside',
      { env: { TMUX_TMPDIR: '/no/such/folder' } },
      `/tmp/tmux-${uid}/default`,
    ],
  ])('%s', (_what, choice, expected) => {
    expect(resolveSocket({ ...choice, uid })).toBe(expected);
  });

  test('follows symbolic links, so that one server has one name', () => {
    mkdirSync(sandbox.path('real'));
    symlinkSync(sandbox.path('real'), sandbox.path('link'));
    expect(resolveSocket({ env: { TMUX_TMPDIR: sandbox.path('link') }, uid })).toBe(
      sandbox.path('real', `tmux-${uid}`, 'default'),
    );
    expect(resolveSocket({ path: sandbox.path('link', 's'), env: {}, uid })).toBe(sandbox.path('real', 's'));
  });

  test.runIf(process.platform === 'linux')('refuses a path that the system would cut off', () => {
    const path = (length: number) => `/run/${'x'.repeat(length - 5)}`;
    expect(resolveSocket({ path: path(107), env: {}, uid })).toHaveLength(107);
    expect(() => resolveSocket({ path: path(108), env: {}, uid })).toThrow(
      'is too long: 108 bytes, the system takes 107',
    );
  });

  test.each(['a/b', '..', '/etc/x'])('refuses the name %j', (name) => {
    expect(() => resolveSocket({ name, env: {}, uid })).toThrow(
      `the tmux socket name "${name}" is not a plain file name`,
    );
  });
});

describe('prepareSocketFolder', () => {
  test('makes the folder as tmux would, for us alone', () => {
    const socket = sandbox.path(`tmux-${uid}`, 'default');
    prepareSocketFolder(socket, uid);
    prepareSocketFolder(socket, uid);
    expect(lstatSync(sandbox.path(`tmux-${uid}`)).mode & 0o777).toBe(0o700);
  });

  test.each<[string, (folder: string) => void]>([
    [
      'open to others',
      (folder) => {
        mkdirSync(folder);
        chmodSync(folder, 0o777);
      },
    ],
    [
      'a symbolic link',
      (folder) => {
        symlinkSync(sandbox.root, folder);
      },
    ],
  ])('refuses one that is %s', (what, make) => {
    const base = sandbox.path(what.replaceAll(' ', '-'));
    mkdirSync(base);
    make(`${base}/tmux-${uid}`);
    expect(() => prepareSocketFolder(`${base}/tmux-${uid}/default`, uid)).toThrow('is not a folder of yours alone');
  });

  test.runIf(process.platform === 'linux')('says so where none can be made, and ends', () => {
    expect(() => prepareSocketFolder(`/proc/none/tmux-${uid}/default`, uid)).toThrow(
      `the folder "/proc/none/tmux-${uid}" for tmux sockets cannot be made`,
    );
  });

  test('leaves a folder of the user’s own alone', () => {
    prepareSocketFolder(sandbox.path('elsewhere', 's'), uid);
    expect(() => lstatSync(sandbox.path('elsewhere'))).toThrow();
  });
});

test('isInside() compares real paths', () => {
  writeFileSync(sandbox.path('sock'), '');
  symlinkSync(sandbox.path('sock'), sandbox.path('alias'));
  expect(isInside(sandbox.path('sock'), { TMUX: `${sandbox.path('alias')},12,0` })).toBe(true);
  expect(isInside(sandbox.path('sock'), { TMUX: '/tmp/other,12,0' })).toBe(false);
  expect(isInside(sandbox.path('sock'), {})).toBe(false);
});
