import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { describeClaude } from '../support/claudeCode.ts';
import { follow, type Followed } from '../support/follow.ts';
import { seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** A turn with a permission, and one that is interrupted: what the registry alone tells of them. */
async function expectByRegistry(one: Followed): Promise<void> {
  await one.is({ state: 'idle', detail: null, source: 'registry' });
  await one.say('SCENARIO:permission');
  await one.is({ state: 'permission', detail: 'permission prompt', source: 'registry' }, ['working']);
  await one.press('Enter');
  await one.is({ state: 'idle', source: 'registry' }, ['working']);
  await one.shows('The permission scenario is over.');
  await one.say('SCENARIO:hold');
  await one.is({ state: 'working', source: 'registry' });
  await one.press('Escape');
  await one.is({ state: 'idle', source: 'registry' });
  expect((await one.explained()).hooks).toBeNull();
}

describeClaude('one source alone', () => {
  test('hooks that the user switched off (disableAllHooks): the registry carries on', async () => {
    sealed = await seal({
      trusted: true,
      home: { '.claude/settings.json': JSON.stringify({ disableAllHooks: true }) },
    });
    await sealed.startAgent({ id: 'one' });
    await expectByRegistry(follow(sealed, 'one'));
  });

  test('a start without hooks (--safe-mode): the registry carries on', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', claude: { args: ['--safe-mode'] } });
    await expectByRegistry(follow(sealed, 'one'));
  });

  test('a registry that is half-written, of a newer version, gone, unreadable: the hooks carry on', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one' });
    const one = follow(sealed, 'one');
    await one.is({ state: 'idle', source: 'hook' });
    const folder = join(sealed.sandbox.home, '.claude', 'sessions');
    const [entry = ''] = (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name));
    await one.say('SCENARIO:permission');
    await one.is({ state: 'permission', detail: 'Bash: touch mock-permission-1.txt' }, ['working']);
    for (const text of [
      '{"pid":',
      '',
      JSON.stringify({ pid: Number(entry.slice(0, -5)), status: 'dreaming', procStart: '1' }),
    ]) {
      await writeFile(join(folder, entry), text);
      await one.stays({ state: 'permission', detail: 'Bash: touch mock-permission-1.txt', source: 'hook' });
    }
    await rm(folder, { recursive: true });
    await one.stays({ state: 'permission', source: 'hook' });
    await writeFile(folder, 'no folder: it cannot be read');
    expect((await sealed.ok('explain', 'one')).stdout).toContain('cannot be read: ENOTDIR');
    await one.press('Enter');
    await one.is({ state: 'done', detail: 'The permission scenario is over.', source: 'hook' }, ['working']);
    await one.say('SCENARIO:bashrun:2');
    await one.is({ state: 'working', detail: 'Bash', source: 'hook' });
    // Without the registry the transcript alone tells of an interrupt.
    await one.press('Escape');
    await one.is({ state: 'idle', detail: 'interrupted', source: 'hook' });
  }, 150_000);
});
