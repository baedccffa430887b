import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInbox } from '../../src/store/inbox.ts';
import { type Ended, run } from '../support/run.ts';
import { ID, json, SILENT, START, makeHookScene, type HookScene } from './hookScene.ts';

let scene: HookScene;
beforeEach(async () => {
  scene = await makeHookScene();
});
afterEach(async () => scene.sandbox.dispose());

describe('the hook never fails', () => {
  /** The hook alone, with nothing of claude around it. */
  function alone(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return run(`${scene.fleet.plugin}/hook.sh`, args, { env: { ...scene.sandbox.env, ...env }, input: START });
  }

  it('without an inbox, arguments, a session, a pid file', async () => {
    const ours = { CLAUDE_TMUX_SESSION_DIR: scene.files.root };
    expect(await alone(['Stop', scene.sandbox.path('none'), 'whole'], ours)).toEqual(SILENT);
    expect(await alone([], ours)).toEqual(SILENT);
    expect(await alone(['Stop', scene.fleet.inbox, 'whole'])).toEqual(SILENT);
    expect(await alone(['Stop', scene.fleet.inbox, 'whole'], ours)).toEqual(SILENT);
    expect(scene.events()).toEqual([]);
  });

  it('without programs, and with stdin closed', async () => {
    await writeFile(scene.files.pid, `${process.pid}\n1\nboot\n`);
    const env = { ...scene.sandbox.env, CLAUDE_TMUX_SESSION_DIR: scene.files.root };
    const hook = [`${scene.fleet.plugin}/hook.sh`, 'Stop', scene.fleet.inbox, 'whole'];
    expect(await run('/bin/sh', hook, { env: { ...env, PATH: scene.sandbox.path('none') }, input: START })).toEqual(
      SILENT,
    );
    expect(await run('/bin/sh', ['-c', 'exec "$@" <&-', 'sh', '/bin/sh', ...hook], { env })).toEqual(SILENT);
    expect(scene.events().at(-1)).toMatchObject({ event: 'Stop', sessionId: null });
  });

  it('where nothing can be written', async () => {
    await rm(scene.files.root, { recursive: true });
    await mkdir(scene.files.root);
    await writeFile(scene.files.pid, '');
    // Root may write anywhere; a folder where a file is to go stops it too.
    for (const name of ['prompted', 'session', 'claude']) await mkdir(`${scene.files.root}/${name}`);
    await chmod(scene.fleet.inbox, 0o500);
    expect(await scene.fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    expect(await scene.fire({ event: 'UserPromptSubmit', input: json({ prompt: 'x' }) })).toEqual(SILENT);
    await chmod(scene.fleet.inbox, 0o700);
  });

  it('on a full disk, and leaves no half event', async ({ skip }) => {
    const small = scene.sandbox.path('small');
    await mkdir(small);
    if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small], { env: scene.sandbox.env })).code !== 0)
      skip('needs the right to mount');
    try {
      const [inbox, session] = [`${small}/inbox`, `${small}/api`];
      await mkdir(inbox);
      await mkdir(session);
      await writeFile(`${session}/pid`, `${process.pid}\n1\nboot\n`);
      await writeFile(`${small}/fill`, Buffer.alloc(1_000_000)).catch(() => undefined);
      for (const kept of ['whole', 'names', 'asked']) {
        expect(await alone(['UserPromptSubmit', inbox, kept], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      }
      expect(await alone(['SessionStart', inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      expect(await readdir(inbox)).toEqual([]);
      expect((await readdir(session)).filter((name) => name.startsWith('.'))).toEqual([]);
      await rm(`${small}/fill`);
      expect(await alone(['Stop', inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      expect(readInbox(inbox)).toMatchObject([{ session: 'api', event: { event: 'Stop', sessionId: ID } }]);
    } finally {
      await run('umount', [small], { env: scene.sandbox.env });
    }
  });

  it('makes room in a full inbox by its own tool events, and by its others only when it is full twice', async () => {
    const leave = (name: string) => writeFile(`${scene.fleet.inbox}/${name}`, '{}');
    await writeFile(scene.files.pid, `${process.pid}\n1\nboot\n`);
    const stop = () => alone(['Stop', scene.fleet.inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: scene.files.root });
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) =>
        Promise.all([leave(`PreToolUse.api.${process.pid}.${n}`), leave(`PermissionRequest.web.55.${n}`)]),
      ),
    );
    await stop();
    expect(await readdir(scene.fleet.inbox)).toHaveLength(501);
    await Promise.all(Array.from({ length: 1500 }, async (_, n) => leave(`Stop.api.${process.pid}.${n}`)));
    await stop();
    expect(await readdir(scene.fleet.inbox)).toHaveLength(501);
  });
});
