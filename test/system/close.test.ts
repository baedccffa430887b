import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startStranger } from '../support/stranger.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);

beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

async function bringUp(): Promise<void> {
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  await eventually(
    async () => expect((await bench.sessions()).slice(0, 2).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD]),
    { within: 30_000 },
  );
}
const ids = async (): Promise<string[]> => (await bench.sessions()).map(({ id }) => id);
const panes = (): Promise<string> => bench.tmux.run('list-panes', '-s', '-t', 'shop', '-F', '#{@claude_tmux_id}');
const archives = async (): Promise<string[]> => (await readdir(workspace('.closed')).catch(() => [])).sort();

it('close ends the agent, puts the clone away with a receipt, and up leaves it closed; undo brings clone, pane and conversation back', async () => {
  await bringUp();
  const before = await stat(workspace('be'));
  const conversation = (await bench.sessions()).find(({ id }) => id === 'be')?.agent.session_id;
  await writeFile(workspace('be', 'new.txt'), 'mine\n');

  const refused = await bench.ct(['close', 'be']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('1 untracked file: new.txt');
  expect(await ids()).toEqual(['fe', 'be', 'server']);

  const closed = await bench.ct(['close', 'be', '--yes']);
  expect(closed.stdout).toMatch(
    /^"be" is closed; its clone is in .*\/\.closed\/be-\d{8}T\d{6}Z\n {2}1 untracked file: new\.txt\n$/,
  );
  const [slot = '', receipt = ''] = await archives();
  expect((await stat(workspace('.closed', slot))).ino).toBe(before.ino);
  expect((await stat(workspace('.closed', receipt))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(workspace('.closed', receipt), 'utf8'))).toMatchObject({
    id: 'be',
    place: workspace('be'),
    archive: workspace('.closed', slot),
    keeps: [{ kind: 'untracked', samples: ['new.txt'] }],
  });
  expect(await ids()).toEqual(['fe', 'server']);
  expect(await panes()).toBe('fe\nserver');
  const asked = await bench.ct(['path', 'be']);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('"be" is closed')]);

  expect((await bench.ok('up', 'shop.yaml', '--detach')).stderr).toContain('nothing to do');
  expect(existsSync(workspace('be'))).toBe(false);

  const back = await bench.ct(['undo', 'be']);
  expect(back.stderr + back.stdout).toContain(`"be" is back in ${workspace('be')}`);
  expect(back.code).toBe(0);
  expect((await stat(workspace('be'))).ino).toBe(before.ino);
  expect(await archives()).toEqual([]);
  await eventually(
    async () =>
      expect((await bench.sessions()).find(({ id }) => id === 'be')?.agent).toMatchObject({
        state: AT_REST,
        session_id: conversation,
      }),
    { within: 30_000 },
  );
  expect((await bench.ct(['undo', 'be'])).stderr).toContain('"be" is open: nothing to undo');
});

it('refuses in mid-turn, with an open dialog, with another process in the clone and where another pane shares it, --yes or not', async () => {
  await bringUp();
  expect((await bench.ct(['close', 'fe', '--yes'])).stderr).toContain(
    '"fe" shares its clone with other sessions ("server"); it was not closed',
  );
  const pane = (await bench.sessions()).find(({ id }) => id === 'be')?.pane ?? '';
  await bench.tmux.run('send-keys', '-t', pane, '/ask', 'Enter');
  await eventually(async () =>
    expect((await bench.ct(['close', 'be', '--yes'])).stderr).toMatch(/"be" asks for a permission \(/),
  );
  await bench.tmux.run('send-keys', '-t', pane, 'yes', 'Enter');
  await eventually(async () =>
    expect((await bench.sessions()).find(({ id }) => id === 'be')?.agent.state).toEqual(AT_REST),
  );
  await bench.tmux.run('send-keys', '-t', pane, '/work 3', 'Enter');
  await eventually(async () =>
    expect((await bench.sessions()).find(({ id }) => id === 'be')?.agent.state).toBe('working'),
  );
  expect((await bench.ct(['close', 'be', '--yes'])).stderr).toContain('"be" is working');
  await eventually(async () =>
    expect((await bench.sessions()).find(({ id }) => id === 'be')?.agent.state).toEqual(AT_REST),
  );
  const stranger = await startStranger(workspace('be'), bench.env);
  try {
    expect((await bench.ct(['close', 'be', '--yes'])).stderr).toContain(
      `"be" has other processes running in its clone (sleep (pid ${stranger.pid})); it was not closed`,
    );
  } finally {
    await stranger.end();
  }
  expect(await panes()).toBe('fe\nbe\nserver');
  expect(await archives()).toEqual([]);
});

it('what shares a clone is closed first and has none to put away; --only makes a closed one anew and undo then says what is in its way', async () => {
  await bringUp();
  expect((await bench.ok('close', 'server')).stdout).toContain('it had no clone of its own');
  await bench.ok('close', 'fe');
  const again = await bench.ok('up', 'shop.yaml', '--only', 'fe', '--detach', '--yes');
  expect(again.stderr).toContain('"fe" was closed and is made anew');
  const taken = await bench.ct(['undo', 'fe']);
  expect(taken.stderr).toContain('"fe" was made anew since it was closed');
  expect(taken.code).toBe(1);
  expect((await archives()).filter((name) => name.startsWith('fe-'))).toHaveLength(2);
  await bench.ok('undo', 'server', '--yes');
  await eventually(async () => expect((await panes()).split('\n').sort()).toEqual(['be', 'fe', 'server']));
});

it('the id of a closed session is not taken for the beginning of another one, by close, task or undo', async () => {
  await bench.layout(SHOP.replace('id: server', 'id: be-docs').replace('run: sleep 100000', 'branch: work/docs'));
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  await eventually(
    async () => expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, TOLD]),
    { within: 30_000 },
  );
  await bench.ok('close', 'be', '--yes');
  for (const args of [
    ['close', 'be', '--yes'],
    ['task', 'be', 'Next', '--yes'],
  ]) {
    const { code, stderr } = await bench.ct(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('"be" is closed\n  claude-tmux undo be')]);
  }
  expect(await panes()).toBe('fe\nbe-docs');
  await bench.ok('undo', 'be', '--yes');
  await bench.ok('close', 'be-docs', '--yes');
  expect((await bench.ok('undo', 'be', '--yes')).stderr).toContain('"be" is open: nothing to undo');
  expect(await ids()).toEqual(['fe', 'be']);
});

it('the agent is ended by SIGHUP and its SessionEnd hook has run by the time the clone moves', async () => {
  await bringUp();
  await bench.ok('close', 'be', '--yes');
  const fleets = join(bench.env['XDG_STATE_HOME'] ?? '', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  const hooks = await readFile(join(fleets, uuid, 'hooks.json'), 'utf8');
  expect((JSON.parse(hooks) as { sessions: Record<string, { turn: unknown }> }).sessions['be']?.turn).toMatchObject({
    phase: 'ended',
  });
});
