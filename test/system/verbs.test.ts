import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellWord } from '../../src/base/shellText.ts';
import { AGENT_COMMANDS } from '../../src/layout/layout.ts';
import { CIRCUMSTANCE_ROWS } from '../../src/status/circumstances.ts';
import { VERBS } from '../../src/status/verbs.ts';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { AT_REST, makeBench, type Bench } from './fleet.ts';

const LAYOUT = `
name: shop
strategy: component
arrange: tiled
panes:
  - {name: Front, id: fe, component: frontend}
  - {name: Back, id: be, component: backend}
  - {name: Docs, id: docs, component: docs}
  - {name: Shell, id: shell, component: tooling, run: "", in: fe}
`;

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
  await bench.layout(LAYOUT);
  await bench.ok('up', 'shop.yaml', '--yes');
  for (const id of ['fe', 'be', 'docs']) await rests(id);
});
afterAll(() => bench.dispose());

const sessionOf = async (id: string) => (await bench.sessions()).find((session) => session.id === id);
const stateOf = async (id: string): Promise<unknown> => (await sessionOf(id))?.agent.state;
const paneOf = async (id: string): Promise<string> => (await sessionOf(id))?.pane ?? '';
const screen = async (id: string): Promise<string> =>
  bench.tmux.run('capture-pane', '-p', '-J', '-t', await paneOf(id));
const is = (id: string, state: unknown): Promise<void> =>
  eventually(async () => expect(await stateOf(id)).toEqual(state), { within: 30_000 });
const rests = (id: string): Promise<void> => is(id, AT_REST);
const pidOf = async (id: string): Promise<number> =>
  (JSON.parse((await bench.ok('explain', id, '--json')).stdout) as { process: { pid: number } }).process.pid;

async function type(id: string, text: string, ...keys: readonly string[]): Promise<void> {
  const pane = await paneOf(id);
  if (text !== '') await bench.tmux.run('send-keys', '-t', pane, '-l', text);
  for (const key of keys) await bench.tmux.run('send-keys', '-t', pane, key);
}

/** What Claude says of itself while a background task runs after the turn's end. */
async function runsInBackground(id: string): Promise<void> {
  const file = join(bench.sandbox.home, '.claude', 'sessions', `${await pidOf(id)}.json`);
  const entry = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(
    `${file}.new`,
    JSON.stringify({ ...entry, status: 'shell', statusUpdatedAt: Date.now() + 2000, updatedAt: Date.now() + 2000 }),
  );
  await rename(`${file}.new`, file);
}

/** What the program is called as in a pane. */
const typed = (...args: readonly string[]): string =>
  `${['node', PROGRAM, ...args, '-S', bench.tmux.socket].map(shellWord).join(' ')}; echo "ended with $?"`;

describe('a session that asks for a permission', () => {
  test('is cut off by restart and down only after a yes, and by no other verb', async () => {
    await type('be', '/ask', 'Enter');
    await is('be', 'permission');
    const pid = await pidOf('be');
    const refused = await bench.ct(['restart', 'be']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '"be" asks for a permission (Bash: touch asked); it was not restarted',
      ) as unknown,
    });
    expect(refused.stderr).toContain(
      'claude-tmux restart be --yes, which ends its turn, and the question stays unanswered',
    );
    expect((await bench.ct(['down'])).stderr).toContain('"be" asks for a permission; down ends its turn');
    for (const [verb, ...args] of [
      ['task', 'be', 'x', '--yes'],
      ['close', 'be', '--yes'],
      ['send', 'be', 'x'],
    ] as const) {
      expect(await bench.ct([verb, ...args])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('"be" asks for a permission') as unknown,
      });
    }
    expect((await bench.ct(['sync', 'be', '--yes'])).stdout).toContain('asks for a permission');
    expect(await pidOf('be')).toBe(pid);
    await bench.ok('restart', 'be', '--yes');
    await rests('be');
    expect(await pidOf('be')).not.toBe(pid);
  });
});

describe('a session with a background task', () => {
  test('has words of its own, and a way for every verb', async () => {
    await rests('docs');
    await runsInBackground('docs');
    await is('docs', 'background');
    const down = await bench.ct(['down']);
    expect(down.stderr).toContain('"docs" has a background task running; down ends its background task');
    expect(down.stderr).not.toContain('in the middle of a turn');
    expect((await bench.ct(['restart', 'docs'])).stderr).toMatch(
      /"docs" has a background task running( \(.*\))?; it was not restarted/,
    );
    expect((await bench.ct(['task', 'docs', 'x'])).stderr).toContain('claude-tmux task docs --yes');
    expect((await bench.ct(['close', 'docs'])).stderr).toContain(
      '"docs" has a background task running; close ends its background task',
    );
    const queued = await bench.ct(['sync', 'docs', '--when-idle']);
    expect(queued.stdout).toContain(
      'has a background task running: end the task in its pane (/tasks), or claude-tmux sync docs --yes',
    );
    expect((await bench.ok('sync', 'docs', '--yes')).stdout).not.toContain('background');
    expect((await bench.ok('status', '--format', 'tmux', '--width', '30')).stdout).not.toMatch(/working/);
    await bench.ok('restart', 'docs', '--yes');
    await rests('docs');
  });
});

describe('a command in the pane that it would end', () => {
  test('is refused before anything is touched: close, restart, start, task', async () => {
    await type('fe', '/exit', 'Enter');
    await is('fe', 'exited');
    await type('fe', 's');
    for (const args of [
      ['close', 'fe', '--yes'],
      ['restart', 'fe', '--yes'],
      ['start', 'fe', '--yes'],
      ['task', 'fe', 'more', '--yes'],
    ]) {
      await type('fe', 'clear', 'Enter');
      await type('fe', typed(...args), 'Enter');
      await eventually(async () => expect(await screen('fe')).toContain('ended with 1'), { within: 30_000 });
      expect((await screen('fe')).replace(/\s+/g, ' ')).toContain('is the session in whose pane this command runs');
    }
    expect(await stateOf('fe')).toBe('exited');
    await bench.ok('restart', 'fe', '--yes');
    await rests('fe');
  });

  test('close of a session with a clone of its own names the pane', async () => {
    await type('docs', '/exit', 'Enter');
    await is('docs', 'exited');
    await type('docs', 's');
    await type('docs', typed('close', 'docs', '--yes'), 'Enter');
    await eventually(
      async () =>
        expect((await screen('docs')).replace(/\s+/g, ' ')).toMatch(
          /"docs" is the session in whose pane this command runs.*it was not closed.*ended with 1/,
        ),
      { within: 30_000 },
    );
    expect((await bench.sessions()).map(({ id }) => id)).toContain('docs');
    await bench.ok('start', 'docs', '--yes');
    await rests('docs');
  });
});

describe('inside an agent', () => {
  const inside = (args: readonly string[]) => bench.ct(args, { env: { CLAUDECODE: '1' } });
  const CALLS: Readonly<Record<(typeof AGENT_COMMANDS)[number], readonly string[] | null>> = {
    send: ['send', 'be', 'hello'],
    task: ['task', 'be', 'next', '--yes'],
    land: null,
    close: ['close', 'be', '--yes'],
    prune: ['prune', '--yes'],
    start: ['start', 'be', '--yes'],
    add: ['add', 'More', '--component', 'tests', '--yes'],
    down: ['down', '--yes'],
  };

  test.each(Object.entries(CALLS).filter(([, args]) => args !== null))(
    '%s is refused unless the layout names it',
    async (command, args) => {
      const before = (await bench.sessions()).map(({ id, pane }) => [id, pane]);
      expect(await inside(args ?? [])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`claude-tmux ${command} was given inside an agent`) as unknown,
      });
      expect((await bench.sessions()).map(({ id, pane }) => [id, pane])).toEqual(before);
    },
  );

  test('what the layout names may be done; looking is never refused', async () => {
    await rests('be');
    await bench.layout(`${LAYOUT}agents_may: [send]\n`);
    expect(await inside(['send', 'be', 'from another agent'])).toMatchObject({ code: 0, stderr: '"be" got it\n' });
    expect((await inside(['close', 'be', '--yes'])).stderr).toContain('agents_may: [close]');
    expect((await inside(['status'])).code).toBe(0);
    await bench.layout(LAYOUT);
  });

  test('the table of circumstances says the same as the list of commands', () => {
    const guarded = VERBS.filter((verb) => AGENT_COMMANDS.some((command) => command === verb));
    expect(VERBS.filter((verb) => CIRCUMSTANCE_ROWS.insideAgent.verbs[verb] === 'no')).toEqual(guarded);
  });
});

test('down, given in a shell of the fleet, takes it down and leaves no lock', async () => {
  const pane = await paneOf('shell');
  await bench.tmux.run('send-keys', '-t', pane, '-l', typed('down', '--yes'));
  await bench.tmux.run('send-keys', '-t', pane, 'Enter');
  await eventually(async () => expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine'), {
    within: 30_000,
  });
  await bench.ok('up', 'shop.yaml', '--detach');
  await rests('be');
  expect(await readFile(join(bench.checkout, 'shop.yaml'), 'utf8')).toBe(LAYOUT);
});
