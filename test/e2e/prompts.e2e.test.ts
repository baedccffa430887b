import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude, IS_OLD_CLAUDE } from './support/claudeCode.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** Each asks for a plain answer, and would be something else to a shell, to tmux, or to a reader of arguments. */
const PROMPTS: Readonly<Record<string, string>> = {
  lines: 'First line\n\n  indented, with a\ttab\nlast line SCENARIO:text ok',
  quotes: `it's "quoted" \\"twice\\" and \\ back, 100% #{pane_id} #(touch pwned) ; || && SCENARIO:text ok`,
  shell: '$(touch pwned) `touch pwned` ${HOME} $HOME ~ * ? [a] {b} !! SCENARIO:text ok',
  dash: '--model nobody -p SCENARIO:text ok',
  unicode: 'Grüße, 日本語, 👩‍👩‍👧, \u202eRTL SCENARIO:text ok',
  long: `${'A hundred kilobytes of words. '.repeat(3500)}SCENARIO:text ok`,
};

/** 2.1.332 drops characters that change the direction of text. */
const EXPECTED = Object.fromEntries(
  Object.entries(PROMPTS).map(([id, prompt]) => [id, IS_OLD_CLAUDE ? prompt : prompt.replaceAll('\u202e', '')]),
);

describeClaude('first prompts', () => {
  test('arrive whole, unchanged and exactly once, whatever is in them', async () => {
    sealed = await seal({ trusted: true });
    await sealed.writeLayout(Object.entries(PROMPTS).map(([id, prompt]) => ({ id, prompt })));
    await sealed.ok('up', 'shop.yaml', '--yes');
    const arrived = await eventually(() => {
      const prompts = sealed.api.prompts().map(({ prompt }) => prompt);
      expect(prompts.length).toBeGreaterThanOrEqual(Object.keys(PROMPTS).length);
      return prompts;
    }, PATIENT);
    expect(arrived.toSorted()).toEqual(Object.values(EXPECTED).toSorted());
    const byFolder = Object.fromEntries(sealed.api.prompts().map(({ cwd, prompt }) => [basename(cwd ?? ''), prompt]));
    expect(byFolder).toEqual(EXPECTED);
    for (const id of Object.keys(PROMPTS)) await sealed.rests(id);
    // A prompt that was given is not given again: not by a second up, and not to an agent that is started once more.
    process.kill(await sealed.pidOf('dash'), 'SIGKILL');
    await sealed.reaches('dash', 'crashed');
    expect((await sealed.ok('up', 'shop.yaml')).stderr).toContain('1 started again');
    await sealed.rests('dash');
    expect(sealed.api.prompts()).toHaveLength(Object.keys(PROMPTS).length);
    expect((await sealed.statusOf('shell')).changes).toBe(0);
  });

  test('lie in a file for the user alone', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text hello' });
    const { root } = await sealed.filesOf('one');
    expect((await stat(`${root}/prompt`)).mode & 0o777).toBe(0o600);
    expect((await stat(`${root}/start.sh`)).mode & 0o777).toBe(0o600);
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect(await sealed.tmux.run('list-panes', '-a', '-F', '#{pane_start_command}')).not.toContain('SCENARIO');
  });
});
