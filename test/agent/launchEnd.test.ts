import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { makeRecorder, SHELLS } from './launchedPane.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

describe('when an agent has ended', () => {
  it.each([
    [0, 'ended, exit code 0'],
    [3, 'ended, exit code 3'],
    [127, 'exit code 127: "stand-in" could not be started'],
    [143, 'ended by signal TERM, exit code 143'],
  ])('exit code %i is said and kept', async (code, says) => {
    const pane = await makeRecorder(sandbox, code);
    await pane.write();
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain(says));
    expect(readFileSync(pane.files.exit, 'utf8').split(' ')[0]).toBe(String(code));
  });

  it('Ctrl-C ends the program in front and leaves the pane', async () => {
    const pane = await makeRecorder(sandbox);
    await pane.write();
    await pane.start();
    await eventually(() => expect(pane.has('cwd')).toBe(true));
    await pane.key('C-c');
    await eventually(async () => expect(await pane.screen()).toContain('ended by signal INT, exit code 130'));
    await pane.key('C-c');
    await pane.key('C-Space');
    await pane.key('Enter');
    await eventually(() => expect(pane.seen('starts').trim().split('\n')).toHaveLength(2));
  });

  it('a late answer of the terminal, which ends with "c", is no key', async () => {
    const pane = await makeRecorder(sandbox, 0);
    await pane.write();
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain('shell'));
    await pane.tmux(
      'send-keys',
      '-t',
      's:',
      '-H',
      ...Array.from('\u001b[?1;2c', (char) => char.charCodeAt(0).toString(16)),
    );
    // Pressed again when it came in one piece with what was before it; in the shell it is only typed.
    await eventually(async () => {
      await pane.key('s');
      expect(await pane.screen()).toMatch(/[$#] s*$/m);
    });
  });

  it('s opens a shell in the folder with the environment, and comes back to the footer', async () => {
    const pane = await makeRecorder(sandbox, 0);
    await pane.write();
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain('shell'));
    await pane.key('s');
    await eventually(async () => expect(await pane.screen()).toMatch(/[$#] *$/m));
    await pane.tmux('send-keys', '-t', 's:', 'pwd >"$SEEN/shell"; exit', 'Enter');
    await eventually(() => expect(pane.seen('shell').trim()).toBe(sandbox.path('tree')));
    await eventually(async () => expect((await pane.screen()).match(/close this pane/g)).toHaveLength(2));
    await pane.key('c');
    await eventually(async () => expect(pane.tmux('list-panes', '-a')).rejects.toThrow());
  });

  const kills = ['kill-pane', 'kill-session', 'kill-server'].flatMap((command) =>
    SHELLS.filter(({ there }) => there).map(({ shell }) => ({ command, shell })),
  );
  it.each(kills)('$command leaves no agent and no exit code ($shell)', async ({ command, shell }) => {
    const pane = await makeRecorder(sandbox);
    await pane.write();
    await pane.start({ shell });
    const pid = await eventually(() => (pane.has('cwd') ? pane.pid() : Promise.reject(new Error('not started'))));
    await pane.tmux(command);
    await eventually(async () => expect(await readProcStart(pid)).toBeNull());
    expect(existsSync(pane.files.exit)).toBe(false);
  });

  it('hold offers to start and starts nothing', async () => {
    const pane = await makeRecorder(sandbox);
    await writeFile(pane.files.exit, '0 1800000000\n');
    await pane.write();
    await pane.start({ mode: 'hold' });
    await eventually(async () => expect(await pane.screen()).toContain('Api  ended, exit code 0'));
    expect(pane.has('starts')).toBe(false);
    await pane.key('r');
    await eventually(() => expect(pane.has('starts')).toBe(true));
  });

  const unstarted = { transcripts: '/nowhere', conversation: '00000000-0000-4000-8000-000000000000' };
  it.each([
    { what: 'a command that never ran', spec: {}, ran: false, key: 'r start' },
    { what: 'a command that ran', spec: {}, ran: true, key: 'r run again' },
    { what: 'a Claude that never ran', spec: unstarted, ran: false, key: 'r start' },
    { what: 'a Claude that ran and has no conversation', spec: unstarted, ran: true, key: 'r start' },
    { what: 'a Claude with a conversation', spec: { ...unstarted, transcripts: 'SEEN' }, ran: true, key: 'r resume' },
  ])('the key offers of $what: $key', async ({ spec, ran, key }) => {
    const pane = await makeRecorder(sandbox);
    const transcripts = 'transcripts' in spec && spec.transcripts === 'SEEN' ? sandbox.path('seen') : '/nowhere';
    await mkdir(sandbox.path('seen', 'project'), { recursive: true });
    await writeFile(sandbox.path('seen', 'project', `${unstarted.conversation}.jsonl`), '{}\n');
    if (ran) await writeFile(pane.files.pid, '999999999\n1\nx\n');
    await pane.write('transcripts' in spec ? { ...spec, transcripts } : {});
    await pane.start({ mode: 'hold' });
    await eventually(async () => expect(await pane.screen()).toContain(key));
  });

  it('a folder that is missing is said, and started in once it is there', async () => {
    const pane = await makeRecorder(sandbox);
    await rm(sandbox.path('tree'), { recursive: true });
    await pane.write();
    await pane.start();
    await eventually(async () =>
      expect(await pane.screen()).toContain(`its folder is missing: ${sandbox.path('tree')}`),
    );
    await mkdir(sandbox.path('tree'));
    await pane.key('r');
    await eventually(() => expect(pane.has('cwd')).toBe(true));
  });

  it('without a terminal it ends instead of starting over and over', async () => {
    const pane = await makeRecorder(sandbox);
    await writeFile(sandbox.path('seen', 'code'), '0\n');
    await pane.write();
    expect((await run('sh', [pane.files.launch], { env: sandbox.env, timeout: 20_000 })).code).toBe(1);
    expect(pane.seen('starts')).toBe('fresh\n');
  });
});
