import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readJournal } from '../../src/store/journal.ts';
import { fleetPaths, storePaths } from '../../src/store/paths.ts';
import { treeSnapshot } from '../git/treeSnapshot.ts';
import { eventually } from '../support/eventually.ts';
import { git } from '../support/repo.ts';
import { mustBeGone } from '../support/tmuxServers.ts';
import { describeClaude } from './support/claudeCode.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
beforeEach(async () => {
  sealed = await seal({ trusted: true });
});
afterEach(() => sealed.dispose());

const clone = (id: string): string => join(sealed.workspace, id);
const prompts = (): readonly (string | null)[] => sealed.api.prompts().map(({ prompt }) => prompt);
const conversationOf = async (id: string): Promise<string | null> => (await sealed.statusOf(id)).agent.session_id;
const branchOf = async (id: string): Promise<string> =>
  (await git(clone(id), ['branch', '--show-current'], sealed.env)).trim();

/** One session's events in the journal, oldest first; asking for the sessions folds what the inbox has. */
async function eventsOf(id: string): Promise<readonly string[]> {
  await sealed.sessions();
  const store = storePaths(sealed.env, sealed.sandbox.home);
  const [uuid = ''] = await readdir(store.fleets);
  return (await readJournal(fleetPaths(store, uuid).journal))
    .filter(({ session }) => session === id)
    .map(({ event }) => event);
}

/** claude shows an answer before it writes it down. */
async function isWritten(id: string, words: string): Promise<void> {
  const conversation = (await conversationOf(id)) ?? '';
  await eventually(async () => expect(JSON.stringify(await sealed.transcript(conversation))).toContain(words), PATIENT);
}

describeClaude('down while an agent works', () => {
  test('without a yes it ends nothing; with one the agent ends by SIGHUP, its SessionEnd hook is heard, and nothing else is touched', async () => {
    await sealed.writeLayout([
      { id: 'busy', prompt: 'SCENARIO:hold in the middle of it' },
      { id: 'calm', prompt: 'SCENARIO:text:all_done' },
    ]);
    await sealed.ok('up', 'shop.yaml', '--yes');
    await sealed.reaches('busy', 'working');
    await sealed.rests('calm');
    await isWritten('calm', 'all done');
    await writeFile(join(clone('busy'), 'half.txt'), 'half a thought\n');
    const pids = [await sealed.pidOf('busy'), await sealed.pidOf('calm')];
    const before = await Promise.all(['busy', 'calm'].map((id) => treeSnapshot(clone(id), sealed.env)));
    const conversations = [await conversationOf('busy'), await conversationOf('calm')];

    const refused = await sealed.ct(['down']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('"busy" is working; down ends its turn');
    await sealed.reaches('busy', 'working');
    expect(await eventsOf('busy')).not.toContain('SessionEnd');

    await sealed.ok('down', '--yes');
    for (const pid of pids) await eventually(() => mustBeGone(pid), PATIENT);
    for (const id of ['busy', 'calm'])
      await eventually(async () => expect((await eventsOf(id)).at(-1)).toBe('SessionEnd'), PATIENT);
    expect(await sealed.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    expect(await Promise.all(['busy', 'calm'].map((id) => treeSnapshot(clone(id), sealed.env)))).toEqual(before);

    await sealed.ok('up', 'shop.yaml');
    for (const id of ['busy', 'calm']) await sealed.rests(id);
    expect([await conversationOf('busy'), await conversationOf('calm')]).toEqual(conversations);
    await sealed.shows('calm', 'all done');
    expect(prompts()).toEqual(expect.arrayContaining(['SCENARIO:hold in the middle of it', 'SCENARIO:text:all_done']));
    expect(prompts()).toHaveLength(2);
  });
});

describeClaude('another task', () => {
  test('is a new conversation on a fresh branch, and the one that up resumes after the tmux server was killed', async () => {
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text:first_story' });
    await sealed.shows('one', 'first story');
    await sealed.rests('one');
    const first = await conversationOf('one');
    const branch = await branchOf('one');

    await sealed.ok('task', 'one', 'SCENARIO:text:second_story', '--branch', 'bugfix/second', '--yes');
    await sealed.shows('one', 'second story');
    await sealed.rests('one');
    const second = await conversationOf('one');
    expect(second).not.toBe(first);
    expect([branch, await branchOf('one')]).toEqual(['bugfix/one', 'bugfix/second']);
    expect(await sealed.screenOf('one')).not.toContain('first story');
    await isWritten('one', 'second story');

    await sealed.tmux.dispose();
    await sealed.boot();
    await sealed.ok('up', 'shop.yaml');
    await sealed.rests('one');
    expect([await conversationOf('one'), await branchOf('one')]).toEqual([second, 'bugfix/second']);
    await sealed.shows('one', 'second story');
    expect(prompts()).toEqual(['SCENARIO:text:first_story', 'SCENARIO:text:second_story']);
  });
});

describeClaude('a setup and the turns of a start', () => {
  test('claude starts in its pane when the setup has ended, is told its prompt once, and each of many has its turn', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    await sealed.writeLayout(
      ids.map((id) => ({ id, prompt: `SCENARIO:text:${id}_is_done` })),
      { setup: ['until [ -e "$HOME/go" ]; do sleep 0.05; done', 'echo "set up" >.git/was-set-up'], arrange: 'windows' },
    );
    await sealed.ok('up', 'shop.yaml', '--yes');
    await eventually(
      async () => expect((await sealed.sessions()).map(({ agent }) => agent.detail)).toContain('its setup runs'),
      PATIENT,
    );
    expect(prompts()).toEqual([]);
    await writeFile(join(sealed.sandbox.home, 'go'), '');
    for (const id of ids) await sealed.rests(id);
    for (const id of ids) await sealed.shows(id, `${id} is done`);
    expect(prompts().toSorted()).toEqual(ids.map((id) => `SCENARIO:text:${id}_is_done`));
    expect((await sealed.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    // A turn is given back with the first hook, not held for as long as claude runs.
    await eventually(
      async () => expect(await readdir(storePaths(sealed.env, sealed.sandbox.home).gates)).toEqual([]),
      PATIENT,
    );
  });
});

describeClaude('what the user allowed in the checkout', () => {
  test('counts in the clones too, and nothing is asked for it there', async () => {
    await mkdir(join(sealed.checkout, '.claude'));
    await writeFile(
      join(sealed.checkout, '.claude', 'settings.local.json'),
      JSON.stringify({ permissions: { allow: ['Bash(touch:*)'] } }),
    );
    await writeFile(join(sealed.checkout, '.git', 'info', 'exclude'), '.claude/settings.local.json\n');
    await sealed.writeLayout([{ id: 'one', prompt: 'SCENARIO:permission' }]);
    await sealed.ok('up', 'shop.yaml', '--yes');
    await sealed.shows('one', 'The permission scenario is over.');
    const { changes, agent } = await sealed.rests('one');
    expect([changes, agent.detail]).toEqual([1, 'The permission scenario is over.']);
    expect(await git(clone('one'), ['status', '--porcelain'], sealed.env)).toBe('?? mock-permission-1.txt');
    expect(await eventsOf('one')).not.toContain('PermissionRequest');
  });
});
