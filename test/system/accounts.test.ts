import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
let work: Record<string, string>;
let home: Record<string, string>;
beforeEach(async () => {
  bench = await makeBench({ watched: true });
  work = { CLAUDE_CONFIG_DIR: bench.sandbox.path('work-account') };
  home = {};
});
afterEach(() => bench.dispose());

const layout = (name: string, more = ''): string => `
name: ${name}
strategy: component
panes:
  - {name: "${name} one", id: ${name}1, component: backend, prompt: "Begin."${more}}
`;

async function stateOf(id: string, env: Record<string, string>): Promise<unknown> {
  const { stdout } = await bench.ct(['status', '--all', '--format', 'json'], { env });
  const { fleets } = JSON.parse(stdout) as { fleets: { sessions: { id: string; agent: { state: string } }[] }[] };
  return fleets.flatMap(({ sessions }) => sessions).find((session) => session.id === id)?.agent.state;
}

async function up(name: string, env: Record<string, string>, ...more: string[]): Promise<string> {
  const ended = await bench.ct(['up', name, '--yes', '--detach', ...more], { env });
  expect(ended).toEqual({ ...ended, code: 0 });
  return ended.stderr;
}

async function type(id: string, text: string): Promise<void> {
  const target = (await bench.sessions()).find((session) => session.id === id)?.pane ?? '';
  await bench.tmux.run('send-keys', '-t', target, '-l', text);
  await bench.tmux.run('send-keys', '-t', target, 'Enter');
}

const kill = async (id: string): Promise<void> => {
  const { process: found } = JSON.parse((await bench.ok('explain', id, '--json')).stdout) as {
    process: { pid: number };
  };
  process.kill(found.pid, 'SIGKILL');
};

const transcripts = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(folder, 'projects'), { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith('.jsonl'),
  );

test('two accounts on one server are each seen from either shell, by the registry too', async () => {
  await bench.layout(layout('one'), 'one.yaml');
  await bench.layout(layout('two'), 'two.yaml');
  await up('one.yaml', work);
  await up('two.yaml', home);
  for (const [id, env] of [
    ['one1', home],
    ['one1', work],
    ['two1', home],
    ['two1', work],
  ] as const) {
    await eventually(async () => expect(await stateOf(id, env)).toBe('done'));
  }
  for (const id of ['one1', 'two1']) {
    expect((await bench.ct(['explain', id, '--json'], { env: id === 'one1' ? home : work })).stdout).toMatch(
      /"registry": \{/,
    );
  }
});

test('the conversation is resumed in its own account, whichever shell brings it back, and the other value is said', async () => {
  await bench.layout(layout('one'), 'one.yaml');
  await up('one.yaml', work);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('done'));
  await bench.ok('down', 'one', '--yes');
  const said = await up('one.yaml', home);
  expect(said).toContain(`the conversations of one1 are in the Claude account ${work['CLAUDE_CONFIG_DIR'] ?? ''}`);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('idle'));
  expect(await transcripts(bench.sandbox.path('home', '.claude'))).toEqual([]);
  await type('one1', 'more');
  await eventually(async () => expect(await stateOf('one1', home)).toBe('done'));
  expect(await transcripts(work['CLAUDE_CONFIG_DIR'] ?? '')).toHaveLength(1);
});

test('an account in the env of one pane comes back after down and up', async () => {
  await mkdir(bench.sandbox.path('home', '.claude-pane'));
  await bench.layout(layout('one', ', env: {CLAUDE_CONFIG_DIR: "~/.claude-pane"}'), 'one.yaml');
  await up('one.yaml', home);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('done'));
  expect(await transcripts(bench.sandbox.path('home', '.claude-pane'))).toHaveLength(1);
  await bench.ok('down', 'one', '--yes');
  expect(await up('one.yaml', work)).not.toContain('Claude account');
  await eventually(async () => expect(await stateOf('one1', work)).toBe('idle'));
});

test('a record that does not say its account is read by the launch file, and says it from then on', async () => {
  await bench.layout(layout('one'), 'one.yaml');
  await up('one.yaml', work);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('done'));
  const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  const file = join(fleets, uuid, 'fleet.json');
  const record = JSON.parse(await readFile(file, 'utf8')) as { sessions: Record<string, unknown>[] };
  const older = {
    ...record,
    sessions: record.sessions.map(
      ({ account, ...session }) => (expect(account).toBe(work['CLAUDE_CONFIG_DIR']), session),
    ),
  };
  await writeFile(file, JSON.stringify(older));
  await writeFile(join(fleets, uuid, 'launch', 'one1', 'session'), '');
  await kill('one1');
  await eventually(async () => expect(await stateOf('one1', home)).toBe('crashed'));
  await up('one.yaml', home);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('idle'));
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    sessions: [{ account: work['CLAUDE_CONFIG_DIR'] }],
  });
});

test('a wrapper that chooses the account is believed, and resumed there', async () => {
  await bench.layout(
    layout('one', `, claude: {command: [env, "CLAUDE_CONFIG_DIR=${bench.sandbox.path('chosen')}", claude]}`),
    'one.yaml',
  );
  await up('one.yaml', home);
  await eventually(async () => expect(await stateOf('one1', work)).toBe('done'));
  await bench.ok('down', 'one', '--yes');
  await up('one.yaml', work);
  await eventually(async () => expect(await stateOf('one1', home)).toBe('idle'));
  expect(await transcripts(bench.sandbox.path('chosen'))).toHaveLength(1);
});

describe('a conversation whose transcript is gone', () => {
  const two = `
name: one
strategy: component
panes:
  - {name: "One", id: one1, component: backend, prompt: "Begin."}
  - {name: "Two", id: one2, component: frontend, prompt: "Begin."}
`;

  async function lose(): Promise<void> {
    await bench.layout(two, 'one.yaml');
    await up('one.yaml', home);
    for (const id of ['one1', 'one2']) await eventually(async () => expect(await stateOf(id, home)).toBe('done'));
    await bench.ok('down', 'one', '--yes');
    const { conversation } = (await record()).sessions[0] ?? {};
    const file = (await transcripts(bench.sandbox.path('home', '.claude'))).find((name) =>
      name.includes(conversation ?? 'none'),
    );
    await rm(bench.sandbox.path('home', '.claude', 'projects', file ?? 'none'));
  }

  async function record(): Promise<{ readonly sessions: readonly { readonly conversation: string }[] }> {
    const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
    const [uuid = ''] = await readdir(fleets);
    return JSON.parse(await readFile(join(fleets, uuid, 'fleet.json'), 'utf8')) as {
      sessions: { conversation: string }[];
    };
  }

  test('is not replaced by an empty one without a yes, and the other sessions come back', async () => {
    await lose();
    const ended = await bench.ct(['up', 'one', '--detach']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /the conversation of "one1" \(\S+\) has no transcript in the Claude account ~\/\.claude: it would begin an empty one; --yes lets it\n/,
    );
    await eventually(async () => expect(await stateOf('one2', home)).toBe('idle'));
    expect((await bench.sessions()).find(({ id }) => id === 'one1')?.pane ?? null).toBeNull();
    const start = await bench.ct(['start', 'one1']);
    expect(start).toMatchObject({ code: 1, stderr: expect.stringContaining('would begin an empty one') as unknown });
    expect((await bench.ok('start', 'one1', '--yes')).stderr).toContain('note: the conversation of "one1"');
    await eventually(async () => expect(await stateOf('one1', home)).toBe('idle'));
  });

  test('that never had a prompt, or was begun by /clear, lost nothing', async () => {
    await bench.layout(two, 'one.yaml');
    await up('one.yaml', home, '--no-prompt');
    await eventually(async () => expect(await stateOf('one2', home)).toBe('idle'));
    await type('one2', 'a prompt');
    await eventually(async () => expect(await stateOf('one2', home)).toBe('done'));
    await type('one2', '/clear');
    await eventually(async () => expect(await stateOf('one2', home)).toBe('idle'));
    await bench.ok('down', 'one', '--yes');
    expect(await bench.ct(['up', 'one', '--detach', '--no-prompt'])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('transcript') as unknown,
    });
    await eventually(async () => expect(await stateOf('one1', home)).toBe('idle'));
  });

  test('that Claude does not go on with, and begins another instead, is named with the way back', async () => {
    const forgetful = bench.sandbox.path('forgetful');
    await writeFile(
      forgetful,
      '#!/bin/sh\n[ ! -e "$0.now" ] || for word do shift; case $word in --resume) set -- "$@" --session-id; new=yes ;; *) [ -z "$new" ] || word=$(cat /proc/sys/kernel/random/uuid); new=; set -- "$@" "$word" ;; esac; done\nexec "$@"\n',
      { mode: 0o755 },
    );
    await bench.layout(layout('one', `, claude: {command: [${forgetful}, claude]}`), 'one.yaml');
    await up('one.yaml', home);
    await eventually(async () => expect(await stateOf('one1', home)).toBe('done'));
    const { conversation } = (await record()).sessions[0] ?? {};
    await bench.ok('down', 'one', '--yes');
    await writeFile(`${forgetful}.now`, '');
    const sentence = `"one1" was to go on with the conversation ${conversation ?? ''}, and Claude has begun another one`;
    expect(await bench.ct(['up', 'one', '--detach'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`${sentence} .*claude --resume ${conversation ?? ''}`)) as unknown,
    });
  });
});
