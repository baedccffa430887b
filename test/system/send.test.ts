import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeCrew, type Crew } from './crew.ts';
import type { Bench } from './fleet.ts';

let crew: Crew;
let bench: Bench;
beforeAll(async () => {
  crew = await makeCrew();
  bench = crew.bench;
});
afterAll(() => bench.dispose());

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
    expect(await crew.screen('two')).not.toContain('for constructor');
    expect(await crew.screen('constructor')).not.toContain('for two');
    expect(await bench.tmux.run('list-buffers')).toBe('');
  });

  test('--all goes on to the others when one cannot be given it', async () => {
    const pane = await crew.paneOf('constructor');
    const ended = await crew.sendThrough(
      `case "$*" in *paste-buffer*"-t ${pane}"*) echo "cannot find pane" >&2; exit 1 ;; esac`,
      '--all',
      'for everybody',
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('claude-tmux: "constructor" could not be given it');
    expect(ended.stderr).toContain('"two" got it');
    expect(ended.stderr).toContain('"other" was given it, not confirmed');
    expect(ended.stderr).toContain('"shell" is a shell: it would run the text as a command; nothing was sent');
    expect(await crew.screen('shell')).not.toContain('everybody');
    await eventually(async () => expect(await crew.screen('other')).toContain('other: for everybody'));
  });

  test('refuses a session with a draft in its input line, and leaves the draft as it was', async () => {
    await crew.rests('two');
    await crew.type('two', 'rm -rf x');
    const ended = await bench.ct(['send', 'two', 'hello']);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '"two" has a draft in its input line, which would be sent with the text; nothing was sent',
      ) as unknown,
    });
    expect(ended.stderr).toContain('claude-tmux go two');
    expect(await crew.screen('two')).toMatch(/❯\srm -rf x\n/);
    expect(await crew.screen('two')).not.toContain('hello');
    const all = await bench.ct(['send', '--all', 'for the others']);
    expect(all.stderr).toContain('"two" has a draft');
    expect(all.stderr).toContain('"constructor" got it');
    await crew.type('two', '', 'C-u');
    expect((await bench.ct(['send', 'two', 'the line is empty again'])).stderr).toBe('"two" got it\n');
  });

  test('presses no Enter when somebody typed behind the paste', async () => {
    await crew.rests('two');
    const pane = await crew.paneOf('two');
    const ended = await crew.sendThrough(
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
    expect(await crew.enters()).toBe(0);
    await eventually(async () => expect(await crew.screen('two')).toContain('theirs and mine'));
    await crew.type('two', '', 'C-u');
  });

  test('refuses where the input line cannot be seen, and where tmux shows a menu of its own', async () => {
    await crew.rests('two');
    const pane = await crew.paneOf('two');
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
    await crew.rests('two');
    // The input line is drawn last.
    await eventually(async () => expect(await crew.screen('two')).toMatch(/out of copy mode\n─+\n❯/));
    await bench.tmux.run('send-keys', '-t', pane, '-R');
    expect(await bench.ct(['send', 'two', 'into the blue'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not show its input line') as unknown,
    });
    await crew.type('two', '', 'Enter');
  });

  test('knows its own prompt again, whatever its blanks, its length and its accents', async () => {
    await crew.rests('two');
    // The stand-in does not wrap a line as Claude does: it gets a pane in which the line fits.
    const pane = await crew.paneOf('two');
    await bench.tmux.run('resize-window', '-t', pane, '-x', '400', '-y', '50');
    await bench.tmux.run('resize-pane', '-Z', '-t', pane);
    expect((await bench.ct(['send', 'two', `  cafe\u0301\tau  lait ${'x'.repeat(300)} `])).stderr).toBe(
      '"two" got it\n',
    );
    await bench.tmux.run('resize-pane', '-Z', '-t', pane);
    await crew.rests('two');
    await crew.type('two', '', 'Enter');
  });

  test('presses no Enter into a dialog that opened after the paste', async () => {
    await crew.rests('two');
    const fleet = await crew.fleetFolder();
    const event = `${fleet}/inbox/PermissionRequest.two.1.1`;
    const ended = await crew.sendThrough(
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
    expect(await crew.enters()).toBe(0);
    await crew.type('two', '', 'Enter');
    await crew.rests('two');
  });

  test('presses a lost Enter once more, and not a third time', async () => {
    await crew.rests('two');
    expect(
      await crew.sendThrough(
        `case "$*" in *Enter*) echo enter >>"$log"; [ "$(wc -l <"$log")" -gt 1 ] || exit 0 ;; esac`,
        'two',
        'after a lost Enter',
      ),
    ).toMatchObject({ code: 0, stderr: '"two" got it\n' });
    expect(await crew.enters()).toBe(2);
    const ended = await crew.sendThrough(
      `case "$*" in *Enter*) echo enter >>"$log"; exit 0 ;; esac`,
      'two',
      'into the void',
    );
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('did not say that it came') as unknown });
    expect(await crew.enters()).toBe(2);
    await crew.type('two', '', 'Enter');
    await crew.rests('two');
  });

  test('presses no second Enter where the agent has ended meanwhile: a shell may stand there', async () => {
    const { process: agent } = JSON.parse((await bench.ok('explain', 'two', '--json')).stdout) as {
      process: { pid: number };
    };
    const ended = await crew.sendThrough(
      `case "$*" in *Enter*) echo enter >>"$log"; kill -9 ${agent.pid}; exit 0 ;; esac`,
      'two',
      'too late',
    );
    expect(ended.code).toBe(1);
    expect(await crew.enters()).toBe(1);
    await crew.type('two', 'r');
    await crew.rests('two');
  });

  test('queues for one that works, passes commands on unconfirmed, and refuses what would run in a shell', async () => {
    expect((await bench.ok('send', 'two', '/work 9')).stderr).toBe('"two" was given it; a command is not confirmed\n');
    await eventually(async () => expect(await crew.stateOf('two')).toMatchObject({ state: 'working' }));
    expect((await bench.ok('send', 'two', 'and then this')).stderr).toBe('"two" is working: it is queued\n');
    await eventually(async () => expect(await crew.screen('two')).toMatch(/I was told:\s+and then this/), {
      within: 40_000,
    });
    await crew.rests('two');
    expect(await bench.ct(['send', 'two', ' !touch pwned'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('as a shell command, without asking') as unknown,
    });
    expect(await crew.screen('two')).not.toContain('pwned');
  });

  test('refuses one that was suspended, which is not idle', async () => {
    await crew.rests('constructor');
    await crew.type('constructor', '', 'C-z');
    await eventually(async () =>
      expect(await crew.stateOf('constructor')).toMatchObject({
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
    await crew.type('constructor', 'r');
    await crew.rests('constructor');
    // Claude draws its screen again when it goes on; the stand-in does with the next line.
    await crew.type('constructor', '', 'Enter');
    await bench.ok('send', 'constructor', 'awake again');
  });
});

describe('a claude that was started by hand in a pane of a fleet', () => {
  test('is found by status --all and saved; the agent that ended there is not', async () => {
    await crew.type('two', '/exit', 'Enter');
    await eventually(async () => expect(await crew.screen('two')).toContain('c close this pane'));
    await crew.type('two', 's');
    await crew.type(
      'two',
      `env HOME=${bench.env['HOME'] ?? ''} PATH=${bench.env['PATH'] ?? ''} claude -n byhand`,
      'Enter',
    );
    await eventually(async () => {
      const { fleets } = JSON.parse((await bench.ok('status', '--all', '--json')).stdout) as {
        fleets: { layout: string | null; sessions: { name: string; pane: string }[] }[];
      };
      expect(fleets.filter((fleet) => fleet.layout === null).flatMap((fleet) => fleet.sessions)).toMatchObject([
        { name: 'byhand', pane: await crew.paneOf('two') },
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
    await writeFile(`${await crew.fleetFolder()}/hooks.json`, '{"version":99}\n');
    const { stdout } = await bench.ok('explain', 'constructor');
    expect(stdout).toMatch(/hooks +.*was written by a newer claude-tmux/);
    expect(stdout).toMatch(/state +idle.*\n.*source: registry/);
  });
});
