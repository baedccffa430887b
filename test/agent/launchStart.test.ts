import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { canMount, mountSmallDisk } from '../support/smallDisk.ts';
import { makePane, makeRecorder } from './launchedPane.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

const CONVERSATION = '11111111-1111-4111-8111-111111111111';

describe('how an agent is started', () => {
  const decisions = [
    {
      name: 'the first time: fresh, with the prompt',
      transcript: null,
      told: null,
      prompted: false,
      starts: `fresh ${CONVERSATION}`,
      stdin: 'do it',
    },
    {
      name: 'killed before the prompt arrived: fresh, with the prompt',
      transcript: null,
      told: CONVERSATION,
      prompted: false,
      starts: `fresh ${CONVERSATION}`,
      stdin: 'do it',
    },
    {
      name: 'prompt given, no transcript: fresh, without',
      transcript: null,
      told: CONVERSATION,
      prompted: true,
      starts: `fresh ${CONVERSATION}`,
      stdin: 'tty\n',
    },
    {
      name: 'with a transcript: resumed, without',
      transcript: CONVERSATION,
      told: CONVERSATION,
      prompted: true,
      starts: `resume ${CONVERSATION}`,
      stdin: 'tty\n',
    },
    {
      name: 'with a transcript and no hook: resumed, without',
      transcript: CONVERSATION,
      told: null,
      prompted: false,
      starts: `resume ${CONVERSATION}`,
      stdin: 'tty\n',
    },
    {
      name: 'after /resume of another conversation: that one',
      transcript: 'other',
      told: 'other',
      prompted: true,
      starts: 'resume other',
      stdin: 'tty\n',
    },
    {
      name: 'after /clear, nothing said since: the new one, fresh',
      transcript: CONVERSATION,
      told: 'new',
      prompted: true,
      starts: 'fresh new',
      stdin: 'tty\n',
    },
  ];
  it.each(decisions)('$name', async ({ transcript, told, prompted, starts, stdin }) => {
    const pane = await makeRecorder(sandbox);
    const program = sandbox.path('stand-in');
    const transcripts = sandbox.path('home', '.claude', 'projects');
    if (transcript !== null) {
      await mkdir(`${transcripts}/-some-folder`, { recursive: true });
      await writeFile(`${transcripts}/-some-folder/${transcript}.jsonl`, '{}\n');
    }
    if (told !== null) await writeFile(pane.files.session, told); // no newline: cut off, still whole
    if (prompted) await writeFile(pane.files.prompted, '');
    await writeFile(pane.files.prompt, 'do it');
    await pane.write({
      fresh: [program, 'fresh', { now: 'conversation' }],
      resume: [program, 'resume', { now: 'conversation' }],
      promptFile: pane.files.prompt,
      conversation: CONVERSATION,
      transcripts,
    });
    await pane.start();
    await eventually(() => expect(pane.has('cwd')).toBe(true));
    expect({ starts: pane.seen('starts').trim(), stdin: pane.seen('stdin') }).toEqual({ starts, stdin });
  });

  it('gives another program its prompt once, as its argument', async () => {
    const pane = await makeRecorder(sandbox);
    const program = sandbox.path('stand-in');
    await writeFile(sandbox.path('seen', 'code'), '1\n');
    await pane.write({ fresh: [program, 'the prompt'], resume: [program], promptMarkedBy: 'launcher' });
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain('exit code 1'));
    await pane.key('r');
    await eventually(() => expect(pane.seen('starts')).toBe('the prompt\n\n'));
  });

  it.skipIf(!canMount())(
    'does not start what it cannot leave a pid of, says so, and starts it once there is room',
    async () => {
      const disk = await mountSmallDisk('256k');
      try {
        const pane = await makeRecorder({ ...sandbox, env: { ...sandbox.env, XDG_STATE_HOME: disk.path } });
        await pane.write();
        await disk.fill();
        await pane.start();
        await eventually(async () =>
          expect((await pane.screen()).replaceAll('\n', '')).toContain('cannot be written; make room on its disk'),
        );
        expect([pane.has('starts'), existsSync(pane.files.pid), existsSync(pane.files.starting)]).toEqual([
          false,
          false,
          false,
        ]);
        await disk.makeRoom();
        await pane.key('r');
        await eventually(() => expect(pane.has('starts')).toBe(true));
        await pane.tmux('kill-server');
      } finally {
        await disk.dispose();
      }
    },
  );

  it('waits for the agent of the pane it replaces, so that two never write into one conversation', async () => {
    const slow =
      'echo x >>"$SEEN/starts"; [ -e "$SEEN/go" ] || { trap "" HUP; : >"$SEEN/go"; sleep 1; exit; }; exec sleep 1000';
    const pane = await makePane(sandbox, slow);
    await pane.write();
    await pane.start();
    const first = await eventually(() => (pane.has('go') ? pane.pid() : Promise.reject(new Error('not started'))));
    await pane.tmux('respawn-pane', '-k', '-t', 's:', '--', 'sh', pane.files.launch);
    await eventually(() => expect(pane.seen('starts')).toBe('x\nx\n'));
    expect(await readProcStart(first)).toBeNull();
  });

  it('takes a pid file of an earlier boot, or of a pid used again, for what it is', async () => {
    const pane = await makeRecorder(sandbox);
    await writeFile(pane.files.pid, `${process.pid}\n${await readProcStart(process.pid)}\nanother-boot\n`);
    await pane.write();
    await pane.start();
    await eventually(() => expect(pane.has('cwd')).toBe(true));
  });

  it('asks for the id of a web session, refuses what is none, and remembers it', async () => {
    const pane = await makeRecorder(sandbox);
    const program = sandbox.path('stand-in');
    await pane.write({
      fresh: [program, '--teleport', { now: 'answer' }],
      transcripts: sandbox.path('none'),
      question: 'Web session?',
    });
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain('Web session?'));
    await pane.tmux('send-keys', '-t', 's:', '--', '--evil', 'Enter');
    await eventually(async () => expect(await pane.screen()).toContain('no id was given'));
    await pane.key('r');
    await eventually(async () => expect((await pane.screen()).match(/Web session\?/g)).toHaveLength(2));
    await pane.tmux('send-keys', '-t', 's:', 'session_01AbC', 'Enter');
    await eventually(() => expect(pane.has('starts') && pane.seen('starts')).toBe('--teleport session_01AbC\n'));
    expect(readFileSync(pane.files.answer, 'utf8')).toBe('session_01AbC\n');
  });
});
