import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePlugin } from '../../src/agent/plugin.ts';
import { renderIdentity } from '../../src/store/identityFile.ts';
import {
  type FleetPaths,
  fleetPaths,
  serverPaths,
  type ServerPaths,
  sessionPaths,
  storePaths,
} from '../../src/store/paths.ts';
import { readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { PACKAGE_ROOT } from './launchedPane.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
let server: ServerPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  const store = storePaths(sandbox.env, sandbox.home);
  fleet = fleetPaths(store, 'f1');
  server = serverPaths(store, sandbox.path('tmux socket'));
  await mkdir(sessionPaths(fleet, 'api').root, { recursive: true });
  await mkdir(server.root, { recursive: true });
  await writePlugin(fleet, { packageRoot: PACKAGE_ROOT, version: '1.2.3', claude: '2.1.197' });
  await writeFile(fleet.server, `${server.root}\n`);
  await writeFile(server.start, `echo started >>'${sandbox.path('starts')}'\n`);
});
afterEach(() => sandbox.dispose());

/** A hook whatever its agent is: who is not ours leaves nothing, and so it is given its own shell as the agent. */
async function fire(times = 1): Promise<void> {
  const files = sessionPaths(fleet, 'api');
  await writeFile(files.pid, `${process.pid}\n1\nboot\n`);
  const hook = join(fleet.plugin, 'hook.sh');
  const env = { ...sandbox.env, CLAUDE_TMUX_SESSION_DIR: files.root };
  const ended = await Promise.all(
    Array.from({ length: times }, () =>
      run(hook, ['Stop', fleet.inbox, 'whole'], { env, input: '{"session_id":"a"}' }),
    ),
  );
  for (const one of ended) expect(one).toEqual({ code: 0, stdout: '', stderr: '' });
}

async function starts(): Promise<number> {
  return (await readFile(sandbox.path('starts'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
}

async function watchedBy(pid: number, procStart: string): Promise<void> {
  await writeFile(server.pid, renderIdentity({ pid, procStart, boot: 'boot', place: null }));
}

describe('the hook', () => {
  it('starts a watcher that was killed, once, however many hooks see it', async () => {
    await watchedBy(999_999_999, '1');
    await fire(20);
    await eventually(async () => expect(await starts()).toBe(1));
    await fire();
    expect(await starts()).toBe(1);
  });

  it('starts one for each death', async () => {
    await watchedBy(999_999_999, '1');
    await fire();
    await eventually(async () => expect(await starts()).toBe(1));
    await watchedBy(999_999_999, '2');
    await fire();
    await eventually(async () => expect(await starts()).toBe(2));
  });

  it('leaves a live one alone, and knows another program with its pid', async () => {
    await watchedBy(process.pid, (await readProcStart(process.pid)) ?? '');
    await fire(5);
    expect(await readdir(server.root)).toEqual(['pid', 'start.sh']);
    await watchedBy(process.pid, '1');
    await fire();
    await eventually(async () => expect(await starts()).toBe(1));
  });

  it('leaves its event all the same where no watcher is wanted', async () => {
    await writeFile(fleet.server, '/nonexistent\n');
    await fire();
    expect((await readdir(fleet.inbox)).filter((name) => name.startsWith('Stop.'))).toHaveLength(1);
    expect(await starts()).toBe(0);
  });
});
