import { symlinkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { output, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox.dispose());

/** A PATH with these programs and nothing else. */
async function pathOf(...programs: string[]): Promise<string> {
  const folder = sandbox.path(`bin-${programs.join('-')}`);
  mkdirSync(folder);
  for (const program of programs) {
    const found = await output('sh', ['-c', 'command -v "$1"', 'sh', program], { env: sandbox.env });
    symlinkSync(found.trim(), join(folder, program));
  }
  return folder;
}

test.each([
  { missing: 'tmux', there: ['sh', 'dirname', 'node', 'npm', 'git', 'apt-get'] },
  { missing: 'git', there: ['sh', 'dirname', 'node', 'npm', 'apt-get'] },
])('the demo without $missing says in one sentence how to install it', async ({ missing, there }) => {
  const { code, stdout, stderr } = await run(join(ROOT, 'scripts/demo'), [], {
    env: { ...sandbox.env, PATH: await pathOf(...there) },
  });
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: `claude-tmux needs ${missing}, which is not installed; install it with: sudo apt-get install ${missing}\n`,
  });
});

test.each([
  { args: ['--tmux'], says: '--tmux takes a value' },
  { args: ['--tmux', '/nowhere/tmux'], says: '--tmux: "/nowhere/tmux" is not a program' },
  { args: ['--rooms', 'tmux,nothing'], says: '--rooms: there is no folder test/nothing' },
  { args: ['--fast', 'yes'], says: 'unknown option: --fast' },
])('scripts/test $args is refused before anything is installed', async ({ args, says }) => {
  const { code, stdout, stderr } = await run(join(ROOT, 'scripts/test'), args, { env: sandbox.env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(`scripts/test: ${says}; usage: scripts/test [--tmux PATH]`);
});
