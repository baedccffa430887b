import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hooksFile } from '../../src/agent/plugin.ts';
import { shellWord } from '../../src/base/shellText.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';
import { mustBeGone } from '../support/tmuxServers.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const PROMPT = 'Say "yes" \\ no\n\t$(touch pwned) `x` ünïcode ☃\n\nand end.\n';

let sandbox: Sandbox;
let tmux: PrivateTmux;

beforeEach(async () => {
  sandbox = await makeSandbox();
  tmux = startTmux(sandbox);
  mkdirSync(sandbox.path('work dir'));
  writeFileSync(sandbox.path('prompt'), PROMPT);
});
afterEach(() => sandbox.dispose());

/** Starts the stand-in in a pane; what follows its exit code stays on the screen. */
async function start(args: readonly string[], redirection = ''): Promise<void> {
  const agent = [join(ROOT, 'scripts/stand-in-agent'), ...args].map(shellWord).join(' ');
  await tmux.run(
    'new-session',
    '-d',
    '-x',
    '150',
    '-y',
    '40',
    '-c',
    sandbox.path('work dir'),
    `${agent} ${redirection}; echo "exit code $?"; exec sleep 1000`,
  );
}

/** The next start gets a server of its own: one on the socket of a server that just ends may end with it. */
async function end(): Promise<void> {
  await tmux.dispose();
  tmux = startTmux(sandbox);
}

async function shows(text: string): Promise<void> {
  await eventually(async () => expect(await tmux.run('capture-pane', '-p')).toContain(text));
}

function claudeFile(folder: string): string {
  const path = join(sandbox.home, '.claude', folder);
  const [name = ''] = readdirSync(path);
  return join(path, name);
}

function json(path: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
}

/** A plugin whose hook keeps each event's JSON. */
function makePlugin(): string {
  const hook = sandbox.path('hook');
  mkdirSync(sandbox.path('plugin', 'hooks'), { recursive: true });
  mkdirSync(sandbox.path('events'));
  writeFileSync(hook, '#!/bin/sh\ncat >"$2/$1"\n');
  chmodSync(hook, 0o755);
  writeFileSync(
    sandbox.path('plugin', 'hooks', 'hooks.json'),
    JSON.stringify(hooksFile({ hook, inbox: sandbox.path('events'), claude: '2.1.197' })),
  );
  return sandbox.path('plugin');
}

test('the first prompt comes from stdin, byte for byte, and leaves a transcript', async () => {
  await start(['--session-id', ID, '-n', 'Label', '--permission-mode', 'plan'], `<${sandbox.path('prompt')}`);
  await shows('and end.');
  await shows(`session: ${ID}`);
  await shows('permission mode: plan');
  const line = json(join(claudeFile('projects'), `${ID}.jsonl`));
  expect(line).toMatchObject({ sessionId: ID, cwd: sandbox.path('work dir'), message: { content: PROMPT.trimEnd() } });
  expect(existsSync(sandbox.path('work dir', 'pwned'))).toBe(false);
});

test('it tells its hooks what happens', async () => {
  await start(['--session-id', ID, '--plugin-dir', makePlugin()], `<${sandbox.path('prompt')}`);
  await shows('and end.');
  expect(json(sandbox.path('events', 'SessionStart'))).toMatchObject({ session_id: ID, source: 'startup' });
  expect(json(sandbox.path('events', 'UserPromptSubmit'))).toMatchObject({ session_id: ID, prompt: PROMPT.trimEnd() });
  await tmux.run('send-keys', '/exit', 'Enter');
  await shows('exit code 0');
  expect(json(sandbox.path('events', 'SessionEnd'))).toMatchObject({ session_id: ID, reason: 'prompt_input_exit' });
});

test('its registry file follows what it does and goes with it', async () => {
  await start(['--session-id', ID, '-n', 'a "b"']);
  await shows('❯');
  const path = claudeFile('sessions');
  const { pid } = json(path);
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  expect(json(path)).toMatchObject({
    sessionId: ID,
    name: 'a "b"',
    status: 'idle',
    procStart: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
  });
  await tmux.run('send-keys', '/ask', 'Enter');
  await eventually(() => expect(json(path)).toMatchObject({ status: 'waiting', waitingFor: 'permission prompt' }));
  await tmux.run('send-keys', 'yes', 'Enter');
  await eventually(() => expect(json(path)).toMatchObject({ status: 'idle' }));
  await tmux.run('send-keys', '/fail 3', 'Enter');
  await shows('exit code 3');
  expect(existsSync(path)).toBe(false);
});

test('a conversation with a transcript is resumed, and its id is not given twice', async () => {
  await start(['--session-id', ID, '--', 'hello']);
  await shows('I was told:');
  await end();
  await start(['--resume', ID]);
  await shows(`session: ${ID} (resumed)`);
  await end();
  await start(['--session-id', ID]);
  await shows('is already in use');
  await shows('exit code 1');
});

test('a conversation that is not there is refused', async () => {
  await start(['--resume', ID]);
  await shows(`No conversation found with session ID: ${ID}`);
});

test('it ends with its pane and takes its registry file along', async () => {
  await start(['--session-id', ID]);
  await shows('❯');
  const path = claudeFile('sessions');
  const { pid } = json(path);
  await tmux.run('kill-server');
  await eventually(() => mustBeGone(Number(pid)));
  expect(existsSync(path)).toBe(false);
});
