import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { output, run, type Ended } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

const MAIN = `(function (exports) { exports.main = async (host) => { host.stdout.write('ran ' + host.argv.slice(2).join(' ')); if (host.argv[2] === 'fail') throw new Error('a bug'); return Number(host.argv[3] ?? 0); }; })`;

let sandbox: Sandbox;
let dist: string;
let codeFolder: string;

beforeAll(async () => {
  sandbox = await makeSandbox();
  dist = sandbox.path('dist');
  codeFolder = sandbox.path('home', '.cache', 'claude-tmux', 'code');
  await output('node', ['scripts/build.mjs', dist], { cwd: ROOT, env: sandbox.env });
});
afterAll(() => sandbox.dispose());
beforeEach(() => {
  // What is loaded is of no matter here, only how.
  writeFileSync(join(dist, 'main.cjs'), MAIN);
  rmSync(sandbox.path('home', '.cache', 'claude-tmux'), { recursive: true, force: true });
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return run('node', [join(dist, 'claude-tmux.cjs'), ...args], { env: { ...sandbox.env, ...env }, timeout: 20_000 });
}

function codeFiles(): readonly string[] {
  return readdirSync(codeFolder).map((name) => join(codeFolder, name));
}

test.each(['--version', '-V'])('%s is answered without the rest of the program', async (flag) => {
  rmSync(join(dist, 'main.cjs'));
  const { version } = JSON.parse(await output('cat', ['package.json'], { cwd: ROOT, env: sandbox.env })) as {
    version: string;
  };
  expect(await start([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test("the first run leaves V8's code in the user's cache, for the user alone; the next one uses it", async () => {
  expect(await start(['a', '0'])).toEqual({ code: 0, stdout: 'ran a 0', stderr: '' });
  const [file = ''] = codeFiles();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(codeFolder).mode & 0o777).toBe(0o700);
  utimesSync(file, 1, 1);
  expect((await start(['a', '0', 'again'])).stdout).toBe('ran a 0 again');
  expect(statSync(file).mtimeMs).toBe(1000);
});

test('each command has code of its own, also behind options; what is no word at all shares one', async () => {
  for (const args of [['up'], ['-S', '0', 'status'], ['--color', '0', 'up'], ['../x'], ['-Lname', '0'], []])
    await start(args);
  expect(
    codeFiles()
      .map((path) => /-([a-z]+)\.bin$/.exec(path)?.[1])
      .sort(),
  ).toEqual(['other', 'status', 'up']);
});

test('a run that ends badly leaves no code behind', async () => {
  expect((await start(['a', '1'])).code).toBe(1);
  expect(() => codeFiles()).toThrow('ENOENT');
});

test('code that is damaged is replaced, and the program runs all the same', async () => {
  await start(['a']);
  const [file = ''] = codeFiles();
  writeFileSync(file, 'no code at all');
  expect(await start(['a'])).toEqual({ code: 0, stdout: 'ran a', stderr: '' });
  expect(statSync(file).size).toBeGreaterThan(100);
});

test('code that others could have written is not run', async () => {
  await start(['a']);
  const [file = ''] = codeFiles();
  chmodSync(file, 0o666);
  expect((await start(['a'])).stdout).toBe('ran a');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('code of other versions is kept for a few of them only', async () => {
  mkdirSync(codeFolder, { recursive: true });
  for (let at = 0; at < 30; at++) writeFileSync(join(codeFolder, `old${at}.bin`), '');
  await start(['a']);
  expect(codeFiles()).toHaveLength(24);
});

test.each(['/proc/x', '/dev/null', 'relative'])(
  'a cache folder "%s" that cannot be used is passed over in silence',
  async (folder) => {
    expect(await start(['a'], { XDG_CACHE_HOME: folder })).toEqual({ code: 0, stdout: 'ran a', stderr: '' });
  },
);

test('an error nobody caught is a bug of ours: exit code 70 and the stack', async () => {
  const { code, stderr } = await start(['fail']);
  expect(code).toBe(70);
  expect(stderr).toMatch(/Error: a bug\n\s+at .*main\.cjs:1/);
});

test('a Node that is too old gets a sentence', async () => {
  const old = `Object.defineProperty(process, 'versions', { value: { node: '18.20.1' } }); require(${JSON.stringify(join(dist, 'claude-tmux.cjs'))})`;
  expect(await run('node', ['-e', old], { env: sandbox.env })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'claude-tmux needs Node 20 or newer; this is Node 18.20.1.\n',
  });
});
