import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverPaths, storePaths } from '../../src/store/paths.ts';
import { SHOP } from '../system/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { output } from '../support/run.ts';
import { makeWatched, type Watched } from './watched.ts';

const PATIENT = { within: 30_000 };

let shop: Watched;
beforeEach(async () => {
  shop = await makeWatched();
  await shop.layout(SHOP);
});
afterEach(() => shop.dispose());

it('a state folder and a socket with blanks, quotes and formats in their names run nothing, and the heartbeat is read', async () => {
  const canary = shop.sandbox.path('canary');
  const state = shop.sandbox.path(`st ate 'q' #(touch ${canary.replaceAll('/', '.')}) #{session_name}`);
  const socket = shop.sandbox.path('so ck #(x)');
  await mkdir(state);
  const tmux = (...args: string[]) =>
    output('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: shop.env, cwd: shop.sandbox.root });
  await tmux('new-session', '-d', '-s', 'mine', 'sleep 100000');
  const up = await shop.ct(['up', 'shop.yaml', '--yes', '-S', socket], { env: { XDG_STATE_HOME: state } });
  expect(up.code).toBe(0);
  await eventually(async () => expect(await tmux('show-environment', '-gh')).toContain('feature/fe'), PATIENT);
  const { root } = serverPaths(storePaths({ XDG_STATE_HOME: state }, shop.sandbox.home), socket);
  const beat = (await readdir(root)).find((name) => name.startsWith('beat-')) ?? '';
  // What the timer in tmux does every 20 s; the last line sets it again.
  const again = (await readFile(join(root, beat), 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  await writeFile(join(root, beat), "set-environment -gh ct_beat 'has been read'\n");
  await writeFile(shop.sandbox.path('again.conf'), again.replace('-d 20', '-d 0'));
  await tmux('source-file', shop.sandbox.path('again.conf'));
  await eventually(
    async () => expect(await tmux('show-environment', '-gh', 'ct_beat')).toContain('has been read'),
    PATIENT,
  );
  expect(existsSync(canary)).toBe(false);
  expect(
    (await readdir(shop.sandbox.root)).filter((name) => name.includes('canary') && !name.startsWith('st ate')),
  ).toEqual([]);
  await tmux('kill-server');
  await eventually(() => expect(existsSync(root)).toBe(false), PATIENT);
});

it('two fleets of one server have a line each, and the server one watcher', async () => {
  await shop.ok('up', 'shop.yaml', '--yes');
  await shop.layout(SHOP.replace('name: shop', 'name: other').replaceAll('Frontend', 'Vorne'), 'other.yaml');
  await shop.ok('up', 'other.yaml', '--yes');
  const pid = await shop.watcher();
  const id = async (name: string) => shop.tmux.run('display-message', '-p', '-t', `=${name}:`, '#{session_id}');
  await shop.shows(/claude_tmux_line_text_1=.*Frontend/, await id('shop'));
  await shop.shows(/claude_tmux_line_text_1=.*Vorne/, await id('other'));
  await shop.shows(/claude_tmux_text_1=.*Frontend.*Vorne|claude_tmux_text_1=.*Vorne.*Frontend/);
  await shop.ok('down', 'other', '--yes');
  await eventually(async () => expect(await shop.variables()).not.toContain('Vorne'), PATIENT);
  expect(await shop.watcher()).toBe(pid);
});

it('a record that somebody damaged takes no other fleet off the bar', async () => {
  await shop.ok('up', 'shop.yaml', '--yes');
  const store = storePaths(shop.env, shop.sandbox.home);
  await mkdir(join(store.fleets, 'damaged'), { recursive: true });
  await writeFile(join(store.fleets, 'damaged', 'fleet.json'), '{');
  await writeFile(join(shop.clone('fe'), 'new.txt'), 'new\n');
  await shop.shows(/feature\/fe ±1\b/);
});
