import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LaunchSpec, readLaunchBody, renderLaunchFile } from '../../src/agent/launchFile.ts';
import { eventually } from '../support/eventually.ts';
import { output, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { hasProgram, makePane, makeRecorder, PACKAGE_ROOT } from './launchedPane.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

const shellcheck = await hasProgram('shellcheck');

describe('hostile text', () => {
  const hostile = `'"$(touch "$SEEN/canary")\`touch "$SEEN/canary"\`;touch $SEEN/canary #(x) #{y} -rf ~ * \\ ü😀`;

  it('label, arguments, environment and folder stay text', async () => {
    const pane = await makePane(
      sandbox,
      'for word in "$@"; do printf "%s\\n" "$word"; done >"$SEEN/args"; printf %s "$EVIL" >"$SEEN/env"; pwd >"$SEEN/cwd"; exit 4',
    );
    const folder = sandbox.path(hostile.replaceAll('/', '_'));
    await mkdir(folder);
    await pane.write({
      label: `${hostile}\n\u001b[31m`,
      cwd: folder,
      exports: { SEEN: sandbox.path('seen'), EVIL: `${hostile}\nline 2` },
      fresh: [sandbox.path('stand-in'), hostile, '~', 'A=b', '', '-x'],
    });
    await pane.start();
    await eventually(async () => expect(await pane.screen()).toContain('exit code 4'));
    expect(pane.seen('args')).toBe(`${hostile}\n~\nA=b\n\n-x\n`);
    expect(pane.seen('env')).toBe(`${hostile}\nline 2`);
    expect(pane.seen('cwd')).toBe(`${folder}\n`);
    expect(pane.has('canary')).toBe(false);
    expect(await pane.screen()).toContain(`#(x) #{y} -rf ~ * \\ ü😀`);
  });

  it('any word and any value arrive as they are', async () => {
    const show = sandbox.path('show');
    await writeFile(show, `process.stdout.write(JSON.stringify([process.argv.slice(2), process.env.VALUE]))`);
    const pane = await makeRecorder(sandbox);
    const text = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((value) => Buffer.from(value.replaceAll('\u0000', '')).toString());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 4 }), text, async (words, value) => {
        await pane.write({ fresh: [process.execPath, show, '--', ...words], exports: { VALUE: value } });
        const { stdout } = await run('sh', [pane.files.launch], { env: sandbox.env });
        expect(JSON.parse(stdout.slice(0, stdout.lastIndexOf(']') + 1).split('\u001b[?1049l')[0] ?? '')).toEqual([
          ['--', ...words],
          value,
        ]);
      }),
      { numRuns: 25 },
    );
  });

  it('a name that is no variable, and an empty argument vector, are refused', () => {
    const bad: LaunchSpec = {
      label: '',
      program: '',
      cwd: '/',
      exports: { 'A;touch x': '' },
      unset: [],
      login: [],
      fresh: ['x'],
      resume: null,
      promptFile: null,
      promptMarkedBy: 'hook',
      conversation: null,
      transcripts: null,
      question: null,
      files: { pid: '', starting: '', exit: '', session: '', prompted: '', answer: '', stage: '', wall: '' },
      setup: null,
      startsAtOnce: null,
      agreeWith: null,
      gates: '',
    };
    expect(() => renderLaunchFile(bad, '')).toThrow(/variable/);
    expect(() => renderLaunchFile({ ...bad, exports: {}, fresh: [] }, '')).toThrow(/program/);
  });
});

describe('the shell scripts', () => {
  it.skipIf(!shellcheck)('are clean for ShellCheck, the launch file with its head too', async () => {
    const pane = await makeRecorder(sandbox);
    await pane.write({ label: "it's", fresh: ['a', { now: 'conversation' }] });
    await output(
      'shellcheck',
      [
        `${PACKAGE_ROOT}/tmux-plugin/launch.sh`,
        `${PACKAGE_ROOT}/tmux-plugin/gate.sh`,
        `${PACKAGE_ROOT}/tmux-plugin/hook.sh`,
        pane.files.launch,
      ],
      { env: sandbox.env },
    );
  });

  it('have functions of at most 20 lines', async () => {
    const text = (await readLaunchBody(PACKAGE_ROOT)) + readFileSync(`${PACKAGE_ROOT}/tmux-plugin/hook.sh`, 'utf8');
    const long = [...text.matchAll(/^(\w+)\(\) \{\n([^]*?)^\}/gm)]
      .filter(([, , body = '']) => body.split('\n').length > 21)
      .map(([, name]) => name);
    expect(long).toEqual([]);
  });
});
