import { readdirSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInbox } from '../../src/store/inbox.ts';
import { ID, json, SILENT, START, TRANSCRIPT, makeHookScene, type HookScene } from './hookScene.ts';

let scene: HookScene;
beforeEach(async () => {
  scene = await makeHookScene();
});
afterEach(async () => scene.sandbox.dispose());

describe('the hook', () => {
  it('leaves one file for the user alone, says nothing, and writes down nothing of the environment', async () => {
    expect(await scene.fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    const [left, ...others] = readInbox(scene.fleet.inbox);
    expect(others).toEqual([]);
    expect(left).toMatchObject({
      session: 'api',
      event: { event: 'SessionStart', sessionId: ID, kind: 'startup', model: 'claude-opus-4-8[1m]' },
    });
    expect((await stat(`${scene.fleet.inbox}/${left?.name ?? ''}`)).mode & 0o777).toBe(0o600);
    expect(await scene.written()).not.toMatch(/secret|transcript/);
    expect(await readFile(scene.files.session, 'utf8')).toBe(`${ID}\nstartup\n${TRANSCRIPT}\n`);
    expect(await readdir(scene.files.root)).toEqual(['claude', 'pid', 'session']);
  });

  it('takes the last id: /clear gives the same process another', async () => {
    await scene.fire({ event: 'SessionStart', input: START });
    await scene.fire({ event: 'SessionStart', input: START.replace(ID, 'other-id') });
    expect((await readFile(scene.files.session, 'utf8')).split('\n')[0]).toBe('other-id');
  });

  it('of a claude behind a wrapper counts as the agent', async () => {
    await scene.fire({ event: 'SessionStart', input: START, agent: 'above' });
    expect((await readFile(scene.files.session, 'utf8')).split('\n')[0]).toBe(ID);
  });

  it('of another claude (a teammate) leaves nothing', async () => {
    expect(await scene.fire({ event: 'SessionStart', input: START, agent: '4194303' })).toEqual(SILENT);
    expect(await scene.fire({ event: 'UserPromptSubmit', input: '{}', agent: '4194303' })).toEqual(SILENT);
    expect(await readdir(scene.files.root)).toEqual(['pid']);
    expect(scene.events()).toEqual([]);
  });

  it("of a claude inside our claude's tools leaves nothing: ours, which is above it, has spoken first", async () => {
    await writeFile(`${scene.files.root}/claude`, `${process.pid} 1 ${process.pid}\n`);
    expect(await scene.fire({ event: 'Stop', input: json({}), agent: 'above' })).toEqual(SILENT);
    expect(scene.events()).toEqual([]);
  });

  it('marks that the prompt has arrived, and keeps what the states need of it', async () => {
    await scene.fire({ event: 'UserPromptSubmit', input: json({ prompt: 'say "hi"\n\\o/ Á' }) });
    expect(await readdir(scene.files.root)).toEqual(['claude', 'pid', 'prompted']);
    expect(scene.events()).toMatchObject([
      { event: 'UserPromptSubmit', sessionId: ID, permissionMode: 'default', detail: 'say "hi" \\o/ Á' },
    ]);
  });

  it('keeps 64 KiB of a prompt of 10 MB, and reads the rest so that claude sees no closed pipe', async () => {
    expect(await scene.fire({ event: 'UserPromptSubmit', input: json({ prompt: 'x'.repeat(10_000_000) }) })).toEqual(
      SILENT,
    );
    expect(scene.events()).toMatchObject([{ sessionId: ID, detail: `${'x'.repeat(199)}…` }]);
    expect((await scene.written()).length).toBe(65_536);
  });

  it.each([
    ['no id', '{"source":"startup"}'],
    ['an id that is a path', '{"session_id":"../../evil"}'],
    ['an id that is a command', '{"session_id":"$(touch evil)"}'],
    ['nothing', ''],
    ['no JSON', "'; touch evil; '"],
  ])('writes no id for %s', async (_name, input) => {
    expect(await scene.fire({ event: 'SessionStart', input })).toEqual(SILENT);
    expect(await readdir(scene.files.root)).toEqual(['claude', 'pid']);
    expect(scene.events()).toMatchObject([{ event: 'SessionStart' }]);
  });

  it('a hundred at once never mix', async () => {
    const input = json({ prompt: `# ${'y'.repeat(30_000)} #`, last: '#' });
    expect(await scene.fire({ event: 'UserPromptSubmit', input, times: 100 })).toEqual(SILENT);
    const left = (
      await Promise.all(readdirSync(scene.fleet.inbox).map((name) => readFile(`${scene.fleet.inbox}/${name}`, 'utf8')))
    ).sort();
    expect(left).toEqual(Array.from({ length: 100 }, (_, n) => input.replaceAll('#', String(n))).sort());
  });
});
