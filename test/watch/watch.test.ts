import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHOP } from '../system/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { output, run } from '../support/run.ts';
import { mustBeGone } from '../support/tmuxServers.ts';
import { makeWatched, type Watched } from './watched.ts';

const PATIENT = { within: 30_000 };

let shop: Watched;
beforeEach(async () => {
  shop = await makeWatched();
  await shop.layout(SHOP);
});
afterEach(() => shop.dispose());

async function up(): Promise<number> {
  await shop.ok('up', 'shop.yaml', '--yes');
  await shop.shows(/feature\/fe/);
  return shop.watcher();
}

describe('a watcher', () => {
  it('comes with the first fleet of a server, once, and shows what changes in its clones', async () => {
    const pid = await up();
    await writeFile(join(shop.clone('fe'), 'new.txt'), 'new\n');
    await shop.shows(/feature\/fe ±1\b/);
    await shop.ok('watch', '--start');
    await shop.ok('up', 'shop.yaml', '--yes');
    expect(await shop.watcher()).toBe(pid);
    const second = await shop.ct(['watch']);
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain(`(pid ${pid}) is watching the tmux server`);
  });

  it('ends with its server and leaves nothing behind', async () => {
    const pid = await up();
    await shop.tmux.dispose();
    await eventually(() => mustBeGone(pid), PATIENT);
    await eventually(() => expect(existsSync(shop.paths.root)).toBe(false));
  });

  it('ends when the last fleet is down, and takes its variables and hooks off the server', async () => {
    const [hooks, windowHooks] = [await shop.tmux.run('show-hooks', '-g'), await shop.tmux.run('show-hooks', '-gw')];
    const pid = await up();
    expect(await shop.tmux.run('show-hooks', '-g')).not.toBe(hooks);
    await shop.ok('down', '--yes');
    await eventually(() => mustBeGone(pid), PATIENT);
    expect(await shop.variables()).toBe('');
    expect([await shop.tmux.run('show-hooks', '-g'), await shop.tmux.run('show-hooks', '-gw')]).toEqual([
      hooks,
      windowHooks,
    ]);
    expect(existsSync(shop.paths.root)).toBe(false);
  });

  it('that was killed comes back with the next command', async () => {
    const pid = await up();
    process.kill(pid, 'SIGKILL');
    await eventually(() => mustBeGone(pid), PATIENT);
    await shop.ct(['ls']);
    await eventually(async () => expect(await shop.watcher()).not.toBe(pid), PATIENT);
    await writeFile(join(shop.clone('be'), 'new.txt'), 'new\n');
    await shop.shows(/feature\/be ±1\b/);
  });

  it('that was killed comes back when the plugin is taken out, and hooks can start it again', async () => {
    const pid = await up();
    process.kill(pid, 'SIGKILL');
    await eventually(() => mustBeGone(pid), PATIENT);
    await shop.ok('uninstall-plugin');
    await eventually(async () => expect(await shop.watcher()).not.toBe(pid), PATIENT);
    expect(existsSync(shop.paths.start)).toBe(true);
    await shop.shows(/feature\/fe/);
  });

  it('that is started where nothing is to be watched sets nothing on the server, and ends', async () => {
    const [bin, log] = [shop.sandbox.path('logging'), shop.sandbox.path('sourced')];
    const tmux = (await output('sh', ['-c', 'command -v tmux'], { env: shop.env })).trim();
    await mkdir(bin);
    await writeFile(
      join(bin, 'tmux'),
      `#!/bin/sh\ncase "$*" in *source-file*) tee -a '${log}' | '${tmux}' "$@" ;; *) exec '${tmux}' "$@" ;; esac\n`,
      { mode: 0o755 },
    );
    await output(process.execPath, ['dist/claude-tmux.cjs', 'watch', '-S', shop.tmux.socket], {
      env: { ...shop.env, PATH: `${bin}:${shop.env.PATH ?? ''}` },
    });
    const sourced = (await readFile(log, 'utf8')).trimEnd().split('\n');
    expect(sourced.filter((line) => !line.startsWith('set-hook -gu '))).toEqual([]);
    expect(existsSync(shop.paths.root)).toBe(false);
  });

  it('goes on with another server behind the same socket', async () => {
    await up();
    await shop.tmux.run('kill-server');
    await eventually(() => shop.tmux.run('new-session', '-d', '-s', 'mine', 'sleep 100000'));
    await shop.ok('up', 'shop.yaml', '--yes');
    await shop.shows(/feature\/fe/);
    expect(await shop.tmux.run('show-hooks', '-g')).toContain('[9137]');
  });

  it('ends with watch --stop and stays ended', async () => {
    const pid = await up();
    await shop.ok('watch', '--stop');
    await mustBeGone(pid);
    expect(await shop.variables()).toBe('');
    await shop.ok('status');
    expect(existsSync(shop.paths.pid)).toBe(false);
    expect((await shop.ct(['watch', '--stop'])).stderr).toContain('no watcher runs');
  });

  it('that was killed leaves nothing on the server after watch --stop', async () => {
    const hooks = await shop.tmux.run('show-hooks', '-g');
    const pid = await up();
    process.kill(pid, 'SIGKILL');
    await eventually(() => mustBeGone(pid), PATIENT);
    expect((await shop.ct(['watch', '--stop'])).stderr).toContain('no watcher runs');
    expect([await shop.variables(), await shop.variables('shop'), await shop.tmux.run('show-hooks', '-g')]).toEqual([
      '',
      '',
      hooks,
    ]);
  });

  it('makes room for another build of the program', async () => {
    const program = shop.sandbox.path('program');
    await cp('dist', join(program, 'dist'), { recursive: true });
    for (const part of ['layouts', 'tmux-plugin', 'package.json'])
      await cp(part, join(program, part), { recursive: true });
    const entry = join(program, 'dist', 'claude-tmux.cjs');
    await run(process.execPath, [entry, 'up', '-S', shop.tmux.socket, 'shop.yaml', '--yes'], {
      env: shop.env,
      cwd: shop.checkout,
    });
    const pid = await shop.watcher();
    await writeFile(`${entry}.new`, await readFile(entry), { mode: 0o755 });
    await rename(`${entry}.new`, entry);
    await eventually(async () => expect(await shop.watcher()).not.toBe(pid), PATIENT);
    await mustBeGone(pid);
    await shop.shows(/feature\/fe/);
  });

  it('survives a clone that is deleted, and sees it come back', async () => {
    await up();
    await rename(shop.clone('fe'), `${shop.clone('fe')}.away`);
    await shop.shows(/Frontend - Dark Mode \?/);
    await writeFile(join(shop.clone('be'), 'new.txt'), 'new\n');
    await shop.shows(/feature\/be ±1\b/);
    await rename(`${shop.clone('fe')}.away`, shop.clone('fe'));
    await shop.shows(/Frontend.*feature\/fe/);
  });

  it('saves `status` the questions to git, and is exact', async () => {
    await up();
    for (let count = 1; count <= 5; count++) {
      await writeFile(join(shop.clone('fe'), `${count}.txt`), 'new\n');
      expect((await shop.sessions()).find(({ id }) => id === 'fe')).toMatchObject({
        branch: 'feature/fe',
        changes: count,
        untracked: count,
      });
    }
  });

  it('is not started where it is switched off', async () => {
    await shop.ct(['up', 'shop.yaml', '--yes'], { env: { CLAUDE_TMUX_WATCH: 'off' } });
    await shop.ct(['ls'], { env: { CLAUDE_TMUX_WATCH: 'off' } });
    expect(existsSync(shop.paths.root)).toBe(false);
    expect((await shop.ct(['watch', '--start'], { env: { CLAUDE_TMUX_WATCH: 'off' } })).code).toBe(1);
  });

  it('does not mind a file where its folder should be', async () => {
    await mkdir(join(shop.paths.root, '..'), { recursive: true });
    await writeFile(shop.paths.root, '');
    const ended = await shop.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.stderr).toContain('a file stands where a folder is needed');
    await rm(shop.paths.root);
  });
});
