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
  await eventually(
    async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([
        TOLD,
        TOLD,
        'running',
        'running',
      ]),
    { within: 20_000 },
  );
});
afterAll(() => bench.dispose());

const paneOf = async (id: string): Promise<string> =>
  (await bench.sessions()).find((session) => session.id === id)?.pane ?? '';
const stateOf = async (id: string): Promise<unknown> =>
  (await bench.sessions()).find((session) => session.id === id)?.agent;
/** Up to tmux 3.3, `-J` fills each line with blanks. */
const screen = async (id: string): Promise<string> =>
  (await bench.tmux.run('capture-pane', '-p', '-J', '-t', await paneOf(id))).replace(/ +$/gm, '');
const rests = (id: string): Promise<void> =>
  eventually(async () => expect(await stateOf(id)).toMatchObject({ state: AT_REST }));
async function type(id: string, text: string, ...keys: readonly string[]): Promise<void> {
  await bench.tmux.run('send-keys', '-t', await paneOf(id), '-l', text);
  for (const key of keys) await bench.tmux.run('send-keys', '-t', await paneOf(id), key);
}

/** `send` with a tmux that does something else, too: `script` runs with $real, and "$@" as it was called. */
async function sendThrough(script: string, ...args: readonly string[]): Promise<Ended> {
  const folder = bench.sandbox.path('around');
  await mkdir(folder, { recursive: true });
  const { stdout } = await run('/bin/sh', ['-c', 'command -v tmux'], { env: bench.env });
  await writeFile(
    `${folder}/tmux`,
    `#!/bin/sh\nreal=${stdout.trim()} log=${folder}/log\n${script}\nexec "$real" "$@"\n`,
  );
  await chmod(`${folder}/tmux`, 0o755);
  await writeFile(`${folder}/log`, '');
  return bench.ct(['send', ...args], { env: { PATH: `${folder}:${bench.env['PATH'] ?? ''}` } });
}
const enters = async (): Promise<number> =>
  (await readFile(bench.sandbox.path('around', 'log'), 'utf8')).split('\n').length - 1;

test('a session may be called as what every object inherits: up again has nothing to do', async () => {
  expect((await bench.ok('plan', 'crew.yaml')).stdout).not.toMatch(/create-pane|respawn-pane/);
  expect((await bench.ok('explain', 'constructor')).stdout).toContain('last ');
});

describe('send', () => {
  test('to several at once gives each its own text', async () => {
    const texts = Array.from({ length: 4 }, (_, n) => `round ${n}`);
    for (const text of texts) {
      const sent = await Promise.all(['constructor', 'two'].map((id) => bench.ct(['send', id, `${text} for ${id}`])));
      expect(sent.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
        { code: 0, stderr: '"constructor" got it\n' },
        { code: 0, stderr: '"two" got it\n' },
      ]);
    }
    expect(await screen('two')).not.toContain('for constructor');
    expect(await screen('constructor')).not.toContain('for two');
    expect(await bench.tmux.run('list-buffers')).toBe('');
  });

  test('--all goes on to the others when one cannot be given it', async () => {
    const pane = await paneOf('constructor');
    const ended = await sendThrough(
      `case "$*" in *paste-buffer*"-t ${pane}"*) echo "cannot find pane" >&2; exit 1 ;; esac`,
      '--all',
      'for everybody',
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('claude-tmux: "constructor" could not be given it');
    expect(ended.stderr).toContain('"two" got it');
    expect(ended.stderr).toContain('"other" was given it, not confirmed');
    expect(ended.stderr).toContain('"shell" is a shell: it would run the text as a command; nothing was sent');
    expect(await screen('shell')).not.toContain('everybody');
    await eventually(async () => expect(await screen('other')).toContain('other: for everybody'));
  });

  test('refuses a session with a draft in its input line, and leaves the draft as it was', async () => {
    await rests('two');
    await type('two', 'rm -rf x');
    const ended = await bench.ct(['send', 'two', 'hello']);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '"two" has a draft in its input line, which would be sent with the text; nothing was sent',
      ) as unknown,
    });
    expect(ended.stderr).toContain('claude-tmux go two');
    expect(await screen('two')).toMatch(/❯\srm -rf x\n/);
    expect(await screen('two')).not.toContain('hello');
    const all = await bench.ct(['send', '--all', 'for the others']);
    expect(all.stderr).toContain('"two" has a draft');
    expect(all.stderr).toContain('"constructor" got it');
    await type('two', '', 'C-u');
    expect((await bench.ct(['send', 'two', 'the line is empty again'])).stderr).toBe('"two" got it\n');
  });

  test('presses no Enter when somebody typed behind the paste', async () => {
    await rests('two');
    const pane = await paneOf('two');
    const ended = await sendThrough(
      `case "$*" in *paste-buffer*) "$real" "$@"; code=$?; "$real" -S ${bench.tmux.socket} send-keys -t ${pane} -l ' and mine'; exit $code ;; *Enter*) echo enter >>"$log" ;; esac`,
      'two',
      'theirs',
    );
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '"two" has a draft in its input line, which would be sent with the text; the text was pasted, and Enter was not pressed',
      ) as unknown,
    });
    expect(await enters()).toBe(0);
    await eventually(async () => expect(await screen('two')).toContain('theirs and mine'));
    await type('two', '', 'C-u');
  });

  test('refuses where the input line cannot be seen, and where tmux shows a menu of its own', async () => {
    await rests('two');
    const pane = await paneOf('two');
    await bench.tmux.run('choose-tree', '-t', pane);
    const menu = await bench.ct(['send', 'two', 'into a menu']);
    expect(menu).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "has one of tmux's own menus over its pane, which would take the keys; nothing was sent",
      ) as unknown,
    });
    await bench.tmux.run('copy-mode', '-q', '-t', pane);
    await bench.tmux.run('copy-mode', '-t', pane);
    expect((await bench.ct(['send', 'two', 'out of copy mode'])).stderr).toBe('"two" got it\n');
    await rests('two');
    // The input line is drawn last.
    await eventually(async () => expect(await screen('two')).toMatch(/out of copy mode\n─+\n❯/));
    await bench.tmux.run('send-keys', '-t', pane, '-R');
    expect(await bench.ct(['send', 'two', 'into the blue'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not show its input line') as unknown,
    });
    await type('two', '', 'Enter');
  });

  test('knows its own prompt again, whatever its blanks, its length and its accents', async () => {
    await rests('two');
    // The stand-in does not wrap a line as Claude does: it gets a pane in which the line fits.
    const pane = await paneOf('two');
    await bench.tmux.run('resize-window', '-t', pane, '-x', '400', '-y', '50');
    await bench.tmux.run('resize-pane', '-Z', '-t', pane);
    expect((await bench.ct(['send', 'two', `  cafe\u0301\tau  lait ${'x'.repeat(300)} `])).stderr).toBe(
      '"two" got it\n',
    );
    await bench.tmux.run('resize-pane', '-Z', '-t', pane);
    await rests('two');
    await type('two', '', 'Enter');
  });

  test('presses no Enter into a dialog that opened after the paste', async () => {
    await rests('two');
    const fleet = await fleetFolder();
    const event = `${fleet}/inbox/PermissionRequest.two.1.1`;
    const ended = await sendThrough(
      `case "$*" in *paste-buffer*) "$real" "$@"; code=$?; echo '{"tool_name":"Bash","tool_input":{"command":"rm x"}}' >${event}; exit $code ;; *Enter*) echo enter >>"$log" ;; esac`,
      'two',
      'not an answer',
    );
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'asks for a permission (Bash: rm x); the text was pasted, and Enter was not pressed',
      ) as unknown,
    });
    expect(await enters()).toBe(0);
    await type('two', '', 'Enter');
    await rests('two');
  });

  test('presses a lost Enter once more, and not a third time', async () => {
    await rests('two');
    expect(
      await sendThrough(
        `case "$*" in *Enter*) echo enter >>"$log"; [ "$(wc -l <"$log")" -gt 1 ] || exit 0 ;; esac`,
        'two',
        'after a lost Enter',
      ),
    ).toMatchObject({ code: 0, stderr: '"two" got it\n' });
    expect(await enters()).toBe(2);
    const ended = await sendThrough(
      `case "$*" in *Enter*) echo enter >>"$log"; exit 0 ;; esac`,
      'two',
      'into the void',
    );
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('did not say that it came') as unknown });
    expect(await enters()).toBe(2);
    await type('two', '', 'Enter');
    await rests('two');
  });

  test('presses no second Enter where the agent has ended meanwhile: a shell may stand there', async () => {
    const { process: agent } = JSON.parse((await bench.ok('explain', 'two', '--json')).stdout) as {
      process: { pid: number };
    };
    const ended = await sendThrough(
      `case "$*" in *Enter*) echo enter >>"$log"; kill -9 ${agent.pid}; exit 0 ;; esac`,
      'two',
      'too late',
    );
    expect(ended.code).toBe(1);
    expect(await enters()).toBe(1);
    await type('two', 'r');
    await rests('two');
  });

  test('queues for one that works, passes commands on unconfirmed, and refuses what would run in a shell', async () => {
    expect((await bench.ok('send', 'two', '/work 9')).stderr).toBe('"two" was given it; a command is not confirmed\n');
    await eventually(async () => expect(await stateOf('two')).toMatchObject({ state: 'working' }));
    expect((await bench.ok('send', 'two', 'and then this')).stderr).toBe('"two" is working: it is queued\n');
    await eventually(async () => expect(await screen('two')).toMatch(/I was told:\s+and then this/), {
      within: 40_000,
    });
    await rests('two');
    expect(await bench.ct(['send', 'two', ' !touch pwned'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('as a shell command, without asking') as unknown,
    });
    expect(await screen('two')).not.toContain('pwned');
  });

  test('refuses one that was suspended, which is not idle', async () => {
    await rests('constructor');
    await type('constructor', '', 'C-z');
    await eventually(async () =>
      expect(await stateOf('constructor')).toMatchObject({
        state: 'unknown',
        detail: 'suspended (Ctrl-Z); press r in its pane',
        source: 'process',
      }),
    );
    expect(await bench.ct(['send', 'constructor', 'hello'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is suspended (Ctrl-Z); nothing was sent') as unknown,
    });
    expect((await bench.ok('explain', 'constructor')).stdout).toMatch(/process +pid \d+, started .*, suspended/);
    await type('constructor', 'r');
    await rests('constructor');
    // Claude draws its screen again when it goes on; the stand-in does with the next line.
    await type('constructor', '', 'Enter');
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
      const { fleets } = JSON.parse((await bench.ok('status', '--all', '--json')).stdout) as {
        fleets: { layout: string | null; sessions: { name: string; pane: string }[] }[];
      };
      expect(fleets.filter((fleet) => fleet.layout === null).flatMap((fleet) => fleet.sessions)).toMatchObject([
        { name: 'byhand', pane: await paneOf('two') },
      ]);
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
  const { stdout } = await run(
    '/bin/sh',
    ['-c', `echo "${bench.sandbox.path('home')}"/.local/state/claude-tmux/v1/fleets/*`],
    { env: bench.env },
  );
  return stdout.trim();
}
