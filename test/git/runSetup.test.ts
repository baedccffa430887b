import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runSetup, type SetupOptions } from '../../src/apply/runSetup.ts';
import { readTree } from '../../src/git/tree.ts';
import { eventually } from '../support/eventually.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
let lines: string[];
beforeEach(async () => {
  shop = await makeShop();
  lines = [];
  await shop.clone({ setup: ['true'] });
});
afterEach(() => shop.dispose());

const log = () => shop.path('logs', 'api.log');
const run = (commands: string[], more: Partial<SetupOptions> = {}) =>
  runSetup({ commands, cwd: shop.spec().path, env: { ...shop.env, GREETING: 'hello' }, logPath: log(), onLine: (line) => lines.push(line), ...more });
const state = () => readTree(shop.spec().path, { repo: shop.origin, env: shop.env });

it('runs the commands in order in the tree, shows and keeps what they print, and notes that they have run', async () => {
  await run(['echo "$GREETING" | tee made.txt', 'cat made.txt >&2; printf "no newline"']);
  // Standard output and standard error are two pipes: which of them is read first is nobody's promise.
  expect([...lines].sort()).toEqual(['hello', 'hello', 'no newline']);
  expect(await readFile(log(), 'utf8')).toContain('$ echo "$GREETING"');
  expect(await readFile(log(), 'utf8')).toContain('no newline');
  expect(await state()).toMatchObject({ setupDone: true });
});

it('stops at the first that ends badly, with its exit code, its last lines and the log; the setup counts as not done', async () => {
  const failed = run(['seq 1 50; echo why >&2; exit 7', 'touch never']);
  await expect(failed).rejects.toThrow(/^the setup command "seq 1 50; echo why >&2; exit 7" in ".*" ended with exit code 7:/);
  await expect(failed).rejects.toThrow('  why');
  await expect(failed).rejects.toMatchObject({ hint: expect.stringContaining(log()) as unknown });
  expect(lines).toHaveLength(51);
  await expect(stat(`${shop.spec().path}/never`)).rejects.toThrow('ENOENT');
  expect(await state()).toMatchObject({ setupDone: false });
});

it('names the signal that ended a command', async () => {
  await expect(run(['kill -9 $$'])).rejects.toThrow('ended with signal SIGKILL');
});

it('ends a command and all it has started at an interrupt', async () => {
  const stop = new AbortController();
  const ended = expect(run(['sh -c "echo \\$\\$ >child; exec sleep 60" & wait'], { signal: stop.signal })).rejects.toThrow('Ctrl-C');
  const pid = Number(await eventually(async () => {
    const text = await readFile(`${shop.spec().path}/child`, 'utf8');
    if (text === '') throw new Error('not yet');
    return text;
  }));
  stop.abort(new Error('Ctrl-C'));
  await ended;
  await eventually(async () => {
    // A zombie waits for its parent; it has ended all the same.
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'x) Z');
    if (!text.includes(') Z')) throw new Error('still running');
  });
  expect(await state()).toMatchObject({ setupDone: false });
});

it('does not wait for what a command leaves running in the background', async () => {
  await run(['sleep 8 & echo started']);
  expect(lines).toEqual(['started']);
});

it('ends a command that takes too long', async () => {
  await expect(run(['sleep 60'], { timeoutMs: 200 })).rejects.toThrow('ended with no end within 0.2 s');
});

it('does not let output move the cursor or hide itself', async () => {
  await run(["printf 'a\\033[2Jb\\n'"]);
  expect(lines).toEqual(['a [2Jb']);
});
