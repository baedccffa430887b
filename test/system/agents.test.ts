import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
  await eventually(async () =>
    expect((await bench.sessions()).map((session) => session.agent.state)).toEqual(['done', 'done', 'running']),
  );
});
afterAll(() => bench.dispose());

const pane = async (at: number): Promise<string> => (await bench.sessions())[at]?.pane ?? '';
const screen = async (at: number): Promise<string> => bench.tmux.run('capture-pane', '-p', '-J', '-t', await pane(at));
async function type(at: number, text: string): Promise<void> {
  await bench.tmux.run('send-keys', '-t', await pane(at), '-l', text);
  await bench.tmux.run('send-keys', '-t', await pane(at), 'Enter');
}
const active = (): Promise<string> => bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{@claude_tmux_id}');

describe('the state of each agent', () => {
  test('a permission has its tool and command, the moment it was asked, and next goes there', async () => {
    await type(1, '/ask');
    await eventually(async () =>
      expect((await bench.sessions())[1]?.agent).toMatchObject({
        state: 'permission',
        detail: 'Bash: touch asked',
        source: 'hook',
      }),
    );
    const since = Date.parse((await bench.sessions())[1]?.agent.since ?? '');
    expect(Date.now() - since).toBeLessThan(60_000);
    expect((await bench.ok('next')).stderr).toMatch(/^"Backend - Auth API": permission for \S+, Bash: touch asked/);
    expect(await active()).toBe('be');
    await type(1, 'yes');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('done'));
    // When none waits it goes to finished turns that nobody has looked at, oldest first.
    for (const name of ['Frontend - Dark Mode', 'Backend - Auth API'])
      expect((await bench.ok('next')).stderr).toMatch(new RegExp(`^"${name}": done for `));
    const nobody = await bench.ct(['next']);
    expect(nobody).toMatchObject({ code: 1, stderr: 'nobody waits for you\n' });
  });

  test('a finished turn is done until it is looked at', async () => {
    await type(0, 'a first time');
    await eventually(async () => expect((await bench.sessions())[0]?.agent.state).toBe('done'));
    await bench.ok('go', 'fe');
    expect((await bench.sessions())[0]?.agent.state).toBe('idle');
    await type(0, 'once more');
    await eventually(async () =>
      expect((await bench.sessions())[0]?.agent).toMatchObject({ state: 'done', detail: 'I was told.' }),
    );
  });

  test('explain names the evidence and the rule', async () => {
    // The registry follows the hook.
    const stdout = await eventually(async () => {
      const said = (await bench.ok('explain', 'fe')).stdout;
      expect(said).toMatch(/registry +idle/);
      return said;
    });
    expect(stdout).toMatch(/state +done, since .*\n +because +Stop: nothing came after it \(source: hook\)\n/);
    expect(stdout).toMatch(/process +pid \d+, started/);
    const json = JSON.parse((await bench.ok('explain', 'fe', '--json')).stdout) as {
      verdict: { rule: string };
      hooks: { last: { event: string } };
    };
    expect(json).toMatchObject({ verdict: { state: 'done' }, hooks: { last: { event: 'Stop' } } });
    expect((await bench.ok('explain', 'server')).stdout).toContain(
      'nothing more is known of a program that is not Claude',
    );
  });

  test('hooks leave a journal that holds no input of tools, for its owner alone', async () => {
    const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
    const [uuid = ''] = await readdir(fleets);
    const journal = join(fleets, uuid, 'journal');
    const [file = ''] = await readdir(journal);
    const lines = (await readFile(join(journal, file), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; session: string; detail: string | null });
    expect(lines.map((line) => line.event)).toEqual(
      expect.arrayContaining(['SessionStart', 'UserPromptSubmit', 'PermissionRequest', 'Stop']),
    );
    expect(JSON.stringify(lines)).not.toContain('touch asked');
    expect((await stat(join(journal, file))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(fleets, uuid, 'inbox'))).toEqual([]);
  });
});

describe('send', () => {
  test('pastes a prompt and says that it came', async () => {
    const ended = await bench.ok('send', 'fe', 'Line one; $(touch pwned) #(x)');
    expect(ended.stderr).toBe('"fe" got it\n');
    await eventually(async () => expect(await screen(0)).toContain('Line one; $(touch pwned) #(x)'));
  });

  test('refuses a dialog, a command and an ended agent, and says why', async () => {
    await type(1, '/ask');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('permission'));
    const all = await bench.ct(['send', '--all', 'Report, please']);
    expect(all.code).toBe(1);
    expect(all.stderr).toContain('"fe" got it');
    expect(all.stderr).toContain('"be" asks for a permission (');
    expect((await bench.ct(['send', 'server', 'ls'])).stderr).toContain('is a command, not an agent');
    await type(1, 'yes');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toEqual(AT_REST));
    await type(1, '/exit');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('exited'));
    expect((await bench.ct(['send', 'be', 'hello'])).stderr).toContain(
      'start it first: claude-tmux start be, or r in its pane',
    );
  });

  test('gets through copy mode', async () => {
    await bench.tmux.run('copy-mode', '-t', await pane(0));
    await bench.ok('send', 'fe', 'out of copy mode');
    await eventually(async () => expect(await screen(0)).toContain('out of copy mode'));
  });
});

describe('sessions of no fleet', () => {
  test('status --all finds them, and save writes a layout of all that run', async () => {
    const path = bench.env['PATH'] ?? '';
    await bench.tmux.run(
      'new-session',
      '-d',
      '-s',
      'solo',
      '-x',
      '100',
      '-y',
      '30',
      '-c',
      bench.checkout,
      `env HOME=${bench.env['HOME'] ?? ''} PATH=${path} claude -n wanderer`,
    );
    const found = await eventually(async () => {
      const { stdout } = await bench.ok('status', '--all', '--json');
      const { fleets } = JSON.parse(stdout) as {
        fleets: {
          name: string;
          layout: string | null;
          sessions: { name: string; path: string; branch: string; agent: { state: string } }[];
        }[];
      };
      expect(fleets.map((fleet) => fleet.name)).toEqual(['shop', 'solo']);
      return fleets[1];
    });
    expect(found).toMatchObject({
      layout: null,
      sessions: [{ name: 'wanderer', path: bench.checkout, branch: 'main', agent: { state: 'idle' } }],
    });
    expect((await bench.ok('status', '--all')).stdout).toContain('solo (tmux session, no fleet)');
    await bench.ok('save', 'kept');
    const text = await readFile(join(bench.checkout, 'kept.yaml'), 'utf8');
    expect(text).toContain('wanderer');
    expect(text).toContain('Frontend - Dark Mode');
    expect((await bench.ct(['save', 'kept'])).stderr).toContain('exists');
    expect((await bench.ct(['plan', 'kept'])).code).toBe(0);
  });
});
