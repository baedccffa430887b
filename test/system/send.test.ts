import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { run, type Ended } from '../support/run.ts';
import { AT_REST, makeBench, TOLD, type Bench } from './fleet.ts';

/** A session called as what every object inherits, two more, and agents that are not Claude. */
const LAYOUT = `
name: crew
strategy: component
arrange: tiled
panes:
  - {name: One, id: constructor, component: frontend}
  - {name: Two, id: two, component: backend}
  - {name: Shell, id: shell, component: testing, claude: {command: bash --norc}}
  - {name: Other, id: other, component: tooling, claude: {command: [sed, -u, "s/^/other: /"]}}
`;

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
  await bench.layout(LAYOUT, 'crew.yaml');
  await bench.ok('up', 'crew.yaml', '--yes');
  await eventually(async () => expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([TOLD, TOLD, 'running', 'running']), { within: 20_000 });
});
afterAll(() => bench.dispose());

const paneOf = async (id: string): Promise<string> => (await bench.sessions()).find((session) => session.id === id)?.pane ?? '';
const stateOf = async (id: string): Promise<unknown> => (await bench.sessions()).find((session) => session.id === id)?.agent;
const screen = async (id: string): Promise<string> => bench.tmux.run('capture-pane', '-p', '-J', '-t', await paneOf(id));
const rests = (id: string): Promise<void> => eventually(async () => expect(await stateOf(id)).toMatchObject({ state: AT_REST }));
async function type(id: string, text: string, ...keys: readonly string[]): Promise<void> {
  await bench.tmux.run('send-keys', '-t', await paneOf(id), '-l', text);
  for (const key of keys) await bench.tmux.run('send-keys', '-t', await paneOf(id), key);
}

/** `send` with a tmux that does something else, too: `script` runs with $real, and "$@" as it was called. */
async function sendThrough(script: string, ...args: readonly string[]): Promise<Ended> {
  const folder = bench.sandbox.path('around');
  await mkdir(folder, { recursive: true });
  const { stdout } = await run('/bin/sh', ['-c', 'command -v tmux'], { env: bench.env });
  await writeFile(`${folder}/tmux`, `#!/bin/sh\nreal=${stdout.trim()} log=${folder}/log\n${script}\nexec "$real" "$@"\n`);
  await chmod(`${folder}/tmux`, 0o755);
  await writeFile(`${folder}/log`, '');
  return bench.ct(['send', ...args], { env: { PATH: `${folder}:${bench.env['PATH'] ?? ''}` } });
}
const enters = async (): Promise<number> => (await readFile(bench.sandbox.path('around', 'log'), 'utf8')).split('\n').length - 1;

test('a session may be called as what every object inherits: up again has nothing to do', async () => {
  expect((await bench.ok('plan', 'crew.yaml')).stdout).not.toMatch(/create-pane|respawn-pane/);
  expect((await bench.ok('explain', 'constructor')).stdout).toContain('last ');
});

describe('send', () => {
  test('to several at once gives each its own text', async () => {
    const texts = Array.from({ length: 4 }, (_, n) => `round ${n}`);
    for (const text of texts) {
      const sent = await Promise.all(['constructor', 'two'].map((id) => bench.ct(['send', id, `${text} for ${id}`])));
      expect(sent.map(({ code, stderr }) => ({ code, stderr }))).toEqual([{ code: 0, stderr: '"constructor" got it\n' }, { code: 0, stderr: '"two" got it\n' }]);
    }
    expect(await screen('two')).not.toContain('for constructor');
    expect(await screen('constructor')).not.toContain('for two');
    expect(await bench.tmux.run('list-buffers')).toBe('');
  });

  test('--all goes on to the others when one cannot be given it', async () => {
    const pane = await paneOf('constructor');
    const ended = await sendThrough(`case "$*" in *paste-buffer*"-t ${pane}"*) echo "cannot find pane" >&2; exit 1 ;; esac`, '--all', 'for everybody');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('claude-tmux: "constructor" could not be given it');
    expect(ended.stderr).toContain('"two" got it');
    expect(ended.stderr).toContain('"other" was given it, not confirmed');
    expect(ended.stderr).toContain('"shell" is a shell (bash): the text would be run as a command');
    expect(await screen('shell')).not.toContain('everybody');
    expect(await screen('other')).toContain('other: for everybody');
  });

  test('says that another prompt came when the text went into a draft', async () => {
    await type('two', 'a draft and ');
    const ended = await bench.ct(['send', 'two', 'the text']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('took another prompt') as unknown });
    expect(await screen('two')).toContain('a draft and the text');
  });

  test('knows its own prompt again, whatever its blanks, its length and its accents', async () => {
    await rests('two');
    expect((await bench.ct(['send', 'two', `  cafe\u0301\tau  lait ${'x'.repeat(300)} `])).stderr).toBe('"two" got it\n');
  });

  test('presses no Enter into a dialog that opened after the paste', async () => {
    await rests('two');
    const fleet = await fleetFolder();
    const event = `${fleet}/inbox/PermissionRequest.two.1.1`;
    const ended = await sendThrough(`case "$*" in *paste-buffer*) "$real" "$@"; code=$?; echo '{"tool_name":"Bash","tool_input":{"command":"rm x"}}' >${event}; exit $code ;; *Enter*) echo enter >>"$log" ;; esac`, 'two', 'not an answer');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('asks for a permission; the text would answer it; the text was pasted, and Enter was not pressed') as unknown });
    expect(await enters()).toBe(0);
    await type('two', '', 'Enter');
    await rests('two');
  });

  test('presses a lost Enter once more, and not a third time', async () => {
    await rests('two');
    expect(await sendThrough(`case "$*" in *Enter*) echo enter >>"$log"; [ "$(wc -l <"$log")" -gt 1 ] || exit 0 ;; esac`, 'two', 'after a lost Enter')).toMatchObject({ code: 0, stderr: '"two" got it\n' });
    expect(await enters()).toBe(2);
    const ended = await sendThrough(`case "$*" in *Enter*) echo enter >>"$log"; exit 0 ;; esac`, 'two', 'into the void');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('did not say that it came') as unknown });
    expect(await enters()).toBe(2);
    await type('two', '', 'Enter');
    await rests('two');
  });

  test('presses no second Enter where the agent has ended meanwhile: a shell may stand there', async () => {
    const { process: agent } = JSON.parse((await bench.ok('explain', 'two', '--json')).stdout) as { process: { pid: number } };
    const ended = await sendThrough(`case "$*" in *Enter*) echo enter >>"$log"; kill -9 ${agent.pid}; exit 0 ;; esac`, 'two', 'too late');
    expect(ended.code).toBe(1);
    expect(await enters()).toBe(1);
    await type('two', 'r');
    await rests('two');
  });

  test('queues for one that works, passes commands on unconfirmed, and refuses what would run in a shell', async () => {
    expect((await bench.ok('send', 'two', '/work 3')).stderr).toBe('"two" was given it; a command is not confirmed\n');
    await eventually(async () => expect(await stateOf('two')).toMatchObject({ state: 'working' }));
    expect((await bench.ok('send', 'two', 'and then this')).stderr).toBe('"two" is working: it is queued\n');
    await eventually(async () => expect(await screen('two')).toMatch(/I was told:\s+and then this/), { within: 15_000 });
    await rests('two');
    expect(await bench.ct(['send', 'two', ' !touch pwned'])).toMatchObject({ code: 1, stderr: expect.stringContaining('as a shell command, without asking') as unknown });
    expect(await screen('two')).not.toContain('pwned');
  });

  test('refuses one that was suspended, which is not idle', async () => {
    await rests('constructor');
    await type('constructor', '', 'C-z');
    await eventually(async () => expect(await stateOf('constructor')).toMatchObject({ state: 'unknown', detail: 'suspended (Ctrl-Z); press r in its pane', source: 'process' }));
    expect(await bench.ct(['send', 'constructor', 'hello'])).toMatchObject({ code: 1, stderr: expect.stringContaining('is suspended (Ctrl-Z); press r in its pane first') as unknown });
    expect((await bench.ok('explain', 'constructor')).stdout).toMatch(/process +pid \d+, started .*, suspended/);
    await type('constructor', 'r');
    await rests('constructor');
    await bench.ok('send', 'constructor', 'awake again');
  });
});

describe('a claude that was started by hand in a pane of a fleet', () => {
  test('is found by status --all and saved; the agent that ended there is not', async () => {
    await type('two', '/exit', 'Enter');
    await eventually(async () => expect(await screen('two')).toContain('c close this pane'));
    await type('two', 's');
    await type('two', `env HOME=${bench.env['HOME'] ?? ''} PATH=${bench.env['PATH'] ?? ''} claude -n byhand`, 'Enter');
    await eventually(async () => {
      const { fleets } = JSON.parse((await bench.ok('status', '--all', '--json')).stdout) as { fleets: { layout: string | null; sessions: { name: string; pane: string }[] }[] };
      expect(fleets.filter((fleet) => fleet.layout === null).flatMap((fleet) => fleet.sessions)).toMatchObject([{ name: 'byhand', pane: await paneOf('two') }]);
    });
    await bench.ok('save', 'byhand');
    const saved = await readFile(`${bench.checkout}/byhand.yaml`, 'utf8');
    expect(saved).toContain('byhand');
    expect(saved).toContain('One');
    expect(saved).not.toMatch(/\bTwo\b/);
  });
});

describe('hook states of a newer version', () => {
  test('are said to be that by explain; the registry carries on', async () => {
    await writeFile(`${await fleetFolder()}/hooks.json`, '{"version":99}\n');
    const { stdout } = await bench.ok('explain', 'constructor');
    expect(stdout).toMatch(/hooks +.*was written by a newer claude-tmux/);
    expect(stdout).toMatch(/state +idle.*\n.*source: registry/);
  });
});

async function fleetFolder(): Promise<string> {
  const { stdout } = await run('/bin/sh', ['-c', `echo "${bench.sandbox.path('home')}"/.local/state/claude-tmux/v1/fleets/*`], { env: bench.env });
  return stdout.trim();
}
