import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
beforeEach(async () => {
  sealed = await seal({ trusted: true });
});
afterEach(() => sealed.dispose());

/** What the user said in a conversation, oldest first. */
async function saidIn(conversation: string | null): Promise<readonly unknown[]> {
  const entries = await sealed.transcript(conversation ?? '');
  return entries
    .filter(({ type }) => type === 'user')
    .map(({ message }) => (message as { readonly content: unknown }).content);
}

async function conversationOf(id: string): Promise<string | null> {
  return (await sealed.statusOf(id)).agent.session_id;
}

/** `/clear` gives the running process another conversation. */
async function clear(id: string): Promise<string | null> {
  const before = await conversationOf(id);
  await sealed.say(id, '/clear');
  return eventually(async () => {
    const now = await conversationOf(id);
    expect(now).not.toBe(before);
    return now;
  }, PATIENT);
}

const prompts = (): readonly (string | null)[] => sealed.api.prompts().map(({ prompt }) => prompt);

describeClaude('after the tmux server was killed', () => {
  test('up brings every conversation back where it was, and no prompt is sent twice', async () => {
    await sealed.writeLayout([
      { id: 'busy', prompt: 'SCENARIO:hold in the middle of it' },
      { id: 'moved', prompt: 'SCENARIO:text:old_story' },
      { id: 'empty', prompt: 'SCENARIO:text:forgotten' },
    ]);
    await sealed.ok('up', 'shop.yaml', '--yes');
    await sealed.reaches('busy', 'working');
    await sealed.shows('moved', 'old story');
    await sealed.shows('empty', 'forgotten');
    const busy = await conversationOf('busy');
    const moved = await clear('moved');
    const empty = await clear('empty');
    await sealed.say('moved', 'SCENARIO:text:new_story');
    await sealed.shows('moved', 'new story');
    await sealed.rests('moved');
    const before = prompts();

    await sealed.tmux.dispose();
    await sealed.boot();
    await sealed.ok('up', 'shop.yaml');
    for (const id of ['busy', 'moved', 'empty']) await sealed.rests(id);
    expect([await conversationOf('busy'), await conversationOf('moved'), await conversationOf('empty')]).toEqual([
      busy,
      moved,
      empty,
    ]);
    await sealed.shows('busy', 'in the middle of it');
    await sealed.shows('moved', 'new story');
    expect(await sealed.screenOf('moved')).not.toContain('old story');
    expect(prompts()).toEqual(before);

    await sealed.say('busy', 'SCENARIO:text:on_we_go');
    await sealed.shows('busy', 'on we go');
    await eventually(async () =>
      expect(await saidIn(busy)).toEqual(
        expect.arrayContaining(['SCENARIO:hold in the middle of it', 'SCENARIO:text:on_we_go']),
      ),
    );
  });
});

describeClaude('an agent that has ended', () => {
  test('killed: the pane keeps a footer, and up resumes the conversation in the same pane', async () => {
    const { pane, agent } = await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text:remember_me' });
    // claude shows an answer before it writes it down.
    await eventually(
      async () => expect(JSON.stringify(await sealed.transcript(agent.session_id ?? ''))).toContain('remember me'),
      PATIENT,
    );
    process.kill(await sealed.pidOf('one'), 'SIGKILL');
    await eventually(
      async () =>
        expect((await sealed.statusOf('one')).agent).toMatchObject({ state: 'crashed', detail: 'ended by signal 9' }),
      PATIENT,
    );
    expect(await sealed.screenOf('one')).toMatch(/r resume.*s shell.*c close this pane/);
    await sealed.ok('up', 'shop.yaml');
    const again = await sealed.rests('one');
    expect({ pane: again.pane, conversation: again.agent.session_id }).toEqual({
      pane,
      conversation: agent.session_id,
    });
    await sealed.shows('one', 'remember me');
    expect(prompts()).toEqual(['SCENARIO:text:remember_me']);
  });

  test('left with /exit: it stays ended until the user wants it back, with a key in its pane', async () => {
    const { agent } = await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text:remember_me' });
    await sealed.shows('one', 'remember me');
    await sealed.say('one', '/exit');
    // The pane writes the exit code down a moment after the process has gone.
    await eventually(
      async () =>
        expect((await sealed.statusOf('one')).agent).toMatchObject({ state: 'exited', detail: 'exit code 0' }),
      PATIENT,
    );
    expect((await sealed.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    expect((await sealed.statusOf('one')).agent.state).toBe('exited');
    await sealed.press('one', 'r');
    expect((await sealed.rests('one')).agent.session_id).toBe(agent.session_id);
    await sealed.shows('one', 'remember me');
    expect(prompts()).toEqual(['SCENARIO:text:remember_me']);
  });
});
