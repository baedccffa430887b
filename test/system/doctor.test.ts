import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/finding.ts';
import { storePaths } from '../../src/store/paths.ts';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import type { Environment } from '../support/sandbox.ts';
import { mustBeGone } from '../support/tmuxServers.ts';
import { makeWatched, type Watched } from '../watch/watched.ts';
import { SHOP } from './fleet.ts';

const PATIENT = { within: 30_000 };

/** One fleet for all: what a test takes away it puts back. */
let shop: Watched;
beforeAll(async () => {
  shop = await makeWatched();
  const trusted = ['fe', 'be'].map((id): [string, object] => [cloneOf(id), { hasTrustDialogAccepted: true }]);
  await writeFile(
    join(shop.sandbox.home, '.claude.json'),
    JSON.stringify({ projects: Object.fromEntries<object>(trusted) }),
  );
  await shop.layout(SHOP);
  await shop.ok('up', 'shop.yaml', '--yes');
  await shop.shows(/feature\/be/);
});
afterAll(() => shop.dispose());

function cloneOf(id: string): string {
  return join(shop.sandbox.home, 'workspaces', 'shop', id);
}

interface Diagnosed {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  /** `id: what` of all that is wrong. */
  readonly wrong: readonly string[];
}

async function doctor(env: Environment = {}): Promise<Diagnosed> {
  const { code, stdout, stderr } = await shop.ct(['doctor', '--json'], { env });
  if (stdout === '') throw new Error(stderr);
  const { version, findings } = JSON.parse(stdout) as { version: number; findings: Finding[] };
  expect(version).toBe(1);
  return {
    code,
    findings,
    wrong: findings.filter(({ level }) => level === 'wrong').map(({ id, what }) => `${id}: ${what}`),
  };
}

/** A folder of programs in front of the PATH. */
async function pathWith(name: string, script: string): Promise<string> {
  const folder = shop.sandbox.path('programs', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return `${folder}:${shop.env['PATH'] ?? ''}`;
}

describe('doctor', () => {
  it('finds nothing wrong with a fleet that is well: an event goes from hook to text, and tmux shows what is so; it leaves nothing behind', async () => {
    const before = await eventually(async () => {
      const all = await shop.sessions();
      expect(all.map(({ agent }) => agent.state)).not.toContain('working');
      return all;
    });
    const { code, findings, wrong } = await eventually(async () => {
      const found = await doctor();
      expect(found.wrong).toEqual([]);
      return found;
    }, PATIENT);
    expect([code, wrong]).toEqual([0, []]);
    expect(findings.filter(({ id }) => id.startsWith('chain-')).map(({ id, level }) => `${id} ${level}`)).toEqual([
      'chain-hook ok',
      'chain-inbox ok',
      'chain-state ok',
      'chain-text ok',
      'chain-published ok',
    ]);
    expect(findings.find(({ id }) => id === 'watcher')?.what).toContain(`pid ${await shop.watcher()}`);
    expect(
      (await readdir(storePaths(shop.env, shop.sandbox.home).state)).filter((name) => /^(doctor|probe)-/.test(name)),
    ).toEqual([]);
    expect((await shop.sessions()).map(({ agent }) => [agent.state, agent.since])).toEqual(
      before.map(({ agent }) => [agent.state, agent.since]),
    );
  });

  it('says it in words too, each with its mend; a locale without UTF-8 is a note and changes nothing else', async () => {
    const { stdout, code } = await shop.ct(['doctor'], { env: { LANG: 'C' } });
    expect(stdout).toContain(
      'note   the locale is "C", which is not UTF-8: tmux shows marks and accents as _\n       -> export LANG=C.UTF-8',
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\nall is well: \d+ checks, \d+ notes\n$/)]);
  });

  it('notices that tmux shows something else than what is so', async () => {
    // The heartbeat file would put it right: it is given something newer to say.
    const broken = await eventually(async () => {
      await shop.tmux.run('set-environment', '-gh', 'claude_tmux_text_1', 'nonsense');
      const found = await doctor();
      expect(found.wrong).toEqual([expect.stringMatching(/^chain-published: .*claude_tmux_text_1/)]);
      return found;
    }, PATIENT);
    expect(broken.code).toBe(1);
    await shop.ok('watch', '--stop');
    await shop.ok('watch', '--start');
    await shop.shows(/feature\/be/);
  });

  it('finds nothing wrong while a session waits for the user', async () => {
    await shop.ok('send', 'fe', '/ask');
    await shop.shows(/Frontend - Dark Mode <1m/);
    expect((await doctor()).wrong).toEqual([]);
    const { pane } = (await shop.sessions()).find(({ id }) => id === 'fe') ?? expect.fail();
    await shop.tmux.run('send-keys', '-t', pane ?? '', 'Enter');
  });

  it('names the file that disables all hooks', async () => {
    const settings = join(shop.sandbox.home, '.claude', 'settings.json');
    await writeFile(settings, '{"disableAllHooks": true}');
    const { code, wrong } = await doctor();
    await rm(settings);
    expect([code, wrong]).toEqual([
      1,
      [expect.stringMatching(new RegExp(`^hooks-off: .*"${settings}".*for fe of shop, be of shop`))],
    ]);
  });

  it('finds arguments in the layout under which no hook runs', async () => {
    await shop.layout(SHOP.replace('strategy:', 'claude: {args: ["--safe-mode"]}\nstrategy:'));
    const { wrong } = await doctor();
    await shop.layout(SHOP);
    expect(wrong).toEqual([
      expect.stringMatching(/^hooks-off: .*fe of shop holds --safe-mode/),
      expect.stringMatching(/be of shop/),
    ]);
  });

  it('notices that clones are not trusted', async () => {
    const [trust, away] = [join(shop.sandbox.home, '.claude.json'), join(shop.sandbox.home, 'away.json')];
    await rename(trust, away);
    const { wrong } = await doctor();
    await rename(away, trust);
    expect(wrong).toEqual([
      expect.stringContaining(`trust: Claude Code does not trust ${cloneOf('fe')}, ${cloneOf('be')} `),
    ]);
  });

  it('names a folder in the place of a settings file of a clone, and goes on with its checks', async () => {
    const folder = join(cloneOf('fe'), '.claude', 'settings.json');
    await mkdir(folder, { recursive: true });
    const { code, findings, wrong } = await doctor();
    await rm(folder, { recursive: true });
    expect([code, wrong]).toEqual([
      1,
      [expect.stringMatching(/^hooks-unread: fe of shop: .*settings\.json" is a folder/)],
    ]);
    expect(findings.length).toBeGreaterThan(10);
  });

  it('finds a clone that is gone', async () => {
    const [clone, away] = [shop.clone('fe'), shop.sandbox.path('away')];
    await rename(clone, away);
    const { wrong } = await doctor();
    await rename(away, clone);
    expect(wrong).toEqual(
      expect.arrayContaining([`clone: the clone of "fe" (shop) is gone while the fleet is up: ${clone}`]),
    );
  });

  it('refuses tmux 3.1, and asks nothing of a server through it', async () => {
    const { code, findings, wrong } = await doctor({
      PATH: await pathWith('tmux', 'case $* in *-V) echo tmux 3.1c ;; *) echo asked >&2; exit 1 ;; esac'),
    });
    expect([code, wrong]).toEqual([
      1,
      [expect.stringMatching(/^tmux: tmux 3\.1c is too old; claude-tmux needs 3\.2a/)],
    ]);
    expect(findings.filter(({ id }) => id === 'tmux-server' || id === 'watcher')).toEqual([]);
  });

  it('notices that there is no claude, and no tmux', async () => {
    const folder = shop.sandbox.path('few');
    await mkdir(folder);
    for (const name of ['git', 'sh', 'head', 'mv', 'cat'])
      await symlink(
        (await run('sh', ['-c', `command -v ${name}`], { env: shop.sandbox.env })).stdout.trim(),
        join(folder, name),
      );
    const { code, wrong } = await doctor({ PATH: folder });
    expect([code, wrong]).toEqual([
      1,
      ['tmux: tmux is not installed, or not on the PATH', 'claude: the program of "claude" is not on the PATH'],
    ]);
  });

  it('of a layout that is gone says so, and so does up', async () => {
    const [layout, away] = [join(shop.checkout, 'shop.yaml'), join(shop.checkout, 'away.yaml')];
    await rename(layout, away);
    const [{ findings, wrong }, up] = [await doctor(), await shop.ct(['up', 'shop'])];
    await rename(away, layout);
    expect(wrong).toEqual([]);
    expect(findings.find(({ id }) => id === 'layout')).toMatchObject({
      level: 'note',
      what: expect.stringContaining(`the layout "${layout}" is not there any more`) as unknown,
    });
    expect(up).toMatchObject({ code: 2, stderr: expect.stringContaining('is not there any more') as unknown });
  });

  it('notices a state folder in which nothing can be written', async () => {
    const state = shop.sandbox.path('no-state');
    await writeFile(state, 'a file');
    const { code, wrong } = await doctor({ XDG_STATE_HOME: state });
    expect(code).toBe(1);
    expect(wrong).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^state-folder: .*a file stands|^state-folder: .*cannot be written/),
      ]),
    );
  });

  it('notices a watcher that was suspended, and one that was killed and may not come back', async () => {
    const pid = await shop.watcher();
    process.kill(pid, 'SIGSTOP');
    expect((await doctor()).wrong).toEqual([`watcher: the watcher (pid ${pid}) is suspended, so the bar stands still`]);
    process.kill(pid, 'SIGKILL');
    await eventually(() => mustBeGone(pid), PATIENT);
    const { code, wrong } = await doctor({ CLAUDE_TMUX_WATCH: 'off' });
    expect([code, wrong]).toEqual([
      1,
      [expect.stringMatching(/^watcher: no watcher runs, though a fleet is up: CLAUDE_TMUX_WATCH/)],
    ]);
    await shop.ok('watch', '--start');
    await eventually(async () => expect((await doctor()).wrong).toEqual([]), PATIENT);
  });

  it('of a server that is gone says that the fleet is down, and that nothing is wrong with that', async () => {
    await shop.tmux.run('kill-server');
    await eventually(async () => {
      const { code, findings, wrong } = await doctor();
      expect([code, wrong]).toEqual([0, []]);
      expect(findings.filter(({ id }) => id === 'tmux-server' || id === 'fleet').map(({ level }) => level)).toEqual([
        'note',
        'ok',
      ]);
    }, PATIENT);
  });
});
