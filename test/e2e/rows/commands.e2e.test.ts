import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withoutPasteTags } from '../../../src/status/promptText.ts';
import type { StatusReport } from '../../../src/status/report.ts';
import { eventually } from '../../support/eventually.ts';
import { describeClaude } from '../support/claudeCode.ts';
import { follow, type Followed } from '../support/follow.ts';
import { isTold, PATIENT, seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
let one: Followed;
let two: Followed;

const lastPrompt = (): string | null | undefined => sealed.api.prompts().at(-1)?.prompt;

/** Two agents of a fleet, and one outside any; each test begins where the one before it ended. */
describeClaude('commands that stand on states', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true });
    await sealed.writeLayout([{ id: 'one' }, { id: 'two' }]);
    await sealed.ok('up', 'shop.yaml', '--yes');
    await eventually(async () => expect((await sealed.sessions()).map(isTold)).toEqual([true, true]), PATIENT);
    [one, two] = [follow(sealed, 'one'), follow(sealed, 'two')];
    for (const agent of [one, two]) await agent.is({ state: 'idle' });
  });
  afterAll(() => sealed.dispose());

  test('send: a line, confirmed by Claude', async () => {
    const { stderr } = await sealed.ok('send', 'one', 'SCENARIO:text:got_it');
    expect(stderr).toContain('"one" got it');
    await one.is({ state: 'done', detail: 'got it' }, ['working']);
    expect(lastPrompt()).toBe('SCENARIO:text:got_it');
  });

  test('send: sixty lines arrive as one prompt, unchanged', async () => {
    const text = [
      ...Array.from({ length: 60 }, (_, at) => `line ${at + 1} of "sixty" $HOME`),
      'SCENARIO:text:sixty_lines',
    ].join('\n');
    await sealed.ok('send', 'one', text);
    await one.is({ state: 'done', detail: 'sixty lines' }, ['working']);
    expect(withoutPasteTags(lastPrompt() ?? '')).toBe(text);
  });

  test.each([
    ['799 characters', 'x'.repeat(799 - 'SCENARIO:text:ok'.length)],
    ['800 characters', 'x'.repeat(800 - 'SCENARIO:text:ok'.length)],
    ['801 characters', 'x'.repeat(801 - 'SCENARIO:text:ok'.length)],
    ['2 line breaks', 'a\nb\n'],
    ['3 line breaks', 'a\nb\nc\n'],
    ['4 line breaks', 'a\nb\nc\nd\n'],
    ['tags of its own', 'a\n<pasted_content id="4965">\nb\n</pasted_content id="4965">\n\u202ec\ne\u0301\n'],
  ])('send: %s are confirmed, and come once', async (_what, text) => {
    const before = sealed.api.prompts().length;
    expect((await sealed.ok('send', 'one', `${text}SCENARIO:text:ok`)).stderr).toContain('"one" got it');
    await one.is({ state: 'done', detail: 'ok' }, ['working']);
    expect(sealed.api.prompts()).toHaveLength(before + 1);
    expect((await one.explained()).hooks?.lastPrompt).not.toMatch(
      text.includes('4965') ? /id="(?!4965)/ : /pasted_content/,
    );
  });

  test('send: to one that works is queued', async () => {
    const before = sealed.api.prompts().length;
    await one.say('SCENARIO:hold');
    await eventually(() => expect(sealed.api.prompts()).toHaveLength(before + 1), PATIENT);
    await one.is({ state: 'working' });
    await sealed.ok('send', 'one', 'SCENARIO:text:after_that');
    await one.stays({ state: 'working' });
    sealed.api.release();
    await one.is({ state: 'done', detail: 'after that' }, ['working']);
  });

  test('send: refused while a dialog is open, and the dialog is as it was', async () => {
    await one.say('SCENARIO:permission');
    await one.is({ state: 'permission' }, ['working']);
    const before = sealed.api.prompts().length;
    const refused = await sealed.ct(['send', 'one', '1']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"one" asks for a permission (') as unknown,
    });
    await two.say('/help');
    await two.registers({ waitingFor: 'dialog open' });
    expect(await sealed.ct(['send', 'two', 'hello'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"two" has a dialog open; nothing was sent') as unknown,
    });
    await two.press('Escape');
    await two.registers({ status: 'idle' });
    await one.stays({ state: 'permission', detail: 'Bash: touch mock-permission-1.txt' });
    expect(sealed.api.prompts()).toHaveLength(before);
  });

  test('next goes to the one that has waited longest, explain names the rule that decided', async () => {
    await two.say('SCENARIO:ask');
    await two.is({ state: 'question', detail: 'Which colour?' }, ['working']);
    const { stderr } = await sealed.ok('next');
    expect(stderr).toContain('"Agent one": permission');
    expect(stderr).toContain('Bash: touch mock-permission-1.txt');
    const { pane } = await sealed.statusOf('one');
    expect(await sealed.tmux.run('display-message', '-p', '-t', 'shop:', '#{pane_id}')).toBe(pane);
    const { stdout } = await sealed.ok('explain', 'one');
    expect(stdout).toMatch(/state +permission, since .*Bash: touch mock-permission-1\.txt/);
    expect(stdout).toContain('PermissionRequest opened a dialog that nothing closed (source: hook)');
    expect(stdout).toMatch(/registry +waiting \(permission prompt\)/);
  });

  test('next: when nobody waits it goes to finished turns, and says so when all were looked at', async () => {
    await one.press('Enter');
    await two.press('Enter');
    await one.is({ state: 'done' }, ['working']);
    await two.is({ state: 'done', detail: 'Thanks for the answer.' }, ['working']);
    for (const name of ['one', 'two']) expect((await sealed.ok('next')).stderr).toContain(`"Agent ${name}": done`);
    expect(await sealed.ct(['next'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nobody waits for you') as unknown,
    });
    await two.is({ state: 'idle', detail: 'Thanks for the answer.' });
    await one.is({ state: 'idle' });
  });

  test('status --all and save know a claude outside any fleet', async () => {
    const { checkout, tmux } = sealed;
    await tmux.run(
      'new-window',
      '-d',
      '-t',
      'mine:',
      '-n',
      'by-hand',
      '-c',
      checkout,
      'claude',
      '-n',
      'By hand',
      '--permission-mode',
      'default',
      '--',
      'SCENARIO:permission',
    );
    const stray = await eventually(async () => {
      const report = JSON.parse((await sealed.ok('status', '--all', '--format', 'json')).stdout) as StatusReport;
      const found = report.fleets.find(({ name }) => name === 'mine')?.sessions[0];
      expect(found).toMatchObject({
        name: 'By hand',
        path: checkout,
        branch: 'main',
        agent: { state: 'permission', source: 'registry' },
      });
      return found;
    }, PATIENT);
    expect(stray?.agent.session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await sealed.sessions()).map(({ id }) => id)).toEqual(['one', 'two']);
    await sealed.ok('save', 'evening');
    const text = await readFile(join(checkout, 'evening.yaml'), 'utf8');
    for (const name of ['Agent one', 'Agent two', 'By hand']) expect(text).toContain(`name: ${name}`);
    expect((await sealed.ok('validate', 'evening.yaml')).code).toBe(0);
  });
});
