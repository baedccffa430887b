import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { makePane, makeRecorder, SHELLS } from './launchedPane.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

describe.each(SHELLS)('a launch file run by $shell', ({ shell, there }) => {
  it.skipIf(!there)(
    'starts the agent as its child in the folder, leaves its identity, records its end and offers keys',
    async () => {
      const pane = await makeRecorder(sandbox);
      await pane.write();
      await pane.start({ shell });
      await eventually(() => expect(pane.seen('cwd').trim()).toBe(sandbox.path('tree')));
      const [pid = '', start = '', boot = ''] = readFileSync(pane.files.pid, 'utf8').split('\n');
      expect(start).toBe(await readProcStart(Number(pid)));
      expect(boot).toMatch(/\S/);
      expect(pane.seen('stdin')).toBe('tty\n');
      process.kill(Number(pid), 'SIGKILL');
      const screen = await eventually(async () => {
        const text = await pane.screen();
        expect(text).toMatch(/s shell/);
        return text;
      });
      expect(screen).toContain('Api  ended by signal KILL, exit code 137');
      expect(readFileSync(pane.files.exit, 'utf8')).toMatch(/^137 \d{10}\n$/);
      await pane.key('r');
      await eventually(() => expect(pane.seen('starts').trim().split('\n')).toHaveLength(2));
      expect(existsSync(pane.files.exit)).toBe(false);
    },
  );

  it.skipIf(!there)(
    'gives the agent the terminal: it reads what is typed, and its end is the one that is recorded',
    async () => {
      const pane = await makePane(sandbox, 'IFS= read -r line </dev/tty; echo "$line" >"$SEEN/typed"; exit 3');
      await pane.write();
      await pane.start({ shell });
      await eventually(() => expect(pane.pid()).toBeGreaterThan(0));
      await pane.tmux('send-keys', '-t', 's:', 'hello', 'Enter');
      await eventually(async () => expect(await pane.screen()).toContain('ended, exit code 3'));
      expect(pane.seen('typed')).toBe('hello\n');
    },
  );

  it.skipIf(!there)('gives a prompt of 1 MB on stdin byte for byte, and the tty is sane afterwards', async () => {
    const prompt = `${'it\'s $(touch canary) `x` \\ "q" ü\n'.repeat(30_000)}end`;
    const pane = await makeRecorder(sandbox);
    await writeFile(pane.files.prompt, prompt);
    await writeFile(sandbox.path('seen', 'code'), '3\n');
    await pane.write({ promptFile: pane.files.prompt });
    await pane.start({ shell });
    await eventually(async () => expect(await pane.screen()).toContain('ended, exit code 3'));
    expect(pane.seen('stdin')).toBe(prompt);
    await pane.key('c');
    await eventually(async () => expect(pane.tmux('list-panes', '-a')).rejects.toThrow());
  });

  // These have no job control in a script: there, Ctrl-Z does what it does without us.
  it.skipIf(!there || ['zsh', 'mksh', 'ksh93'].includes(shell.split(' ')[0] ?? ''))(
    'a program that suspends itself can go on, and ends with its pane when it does not',
    async () => {
      const pane = await makePane(
        sandbox,
        'n=0; while :; do n=$((n + 1)); echo $n >>"$SEEN/turns"; kill -TSTP $$; done',
      );
      await pane.write();
      await pane.start({ shell });
      await eventually(async () => expect(await pane.screen()).toContain('Api  suspended (Ctrl-Z)'));
      expect(existsSync(pane.files.exit)).toBe(false);
      await pane.key('r');
      await eventually(() => expect(pane.seen('turns')).toBe('1\n2\n'));
      await eventually(async () => expect((await pane.screen()).match(/suspended/g)).toHaveLength(2));
      const pid = pane.pid();
      await pane.key('c');
      await eventually(async () => expect(await readProcStart(pid)).toBeNull());
    },
  );
});
