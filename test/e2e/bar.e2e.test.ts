import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseIdentity } from '../../src/store/identityFile.ts';
import { serverPaths, storePaths } from '../../src/store/paths.ts';
import { eventually } from '../support/eventually.ts';
import { mustBeGone } from '../support/tmuxServers.ts';
import { describeClaude } from './support/claudeCode.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';
import type { Terminal } from './support/terminal.ts';

let sealed: Sealed;
let client: Terminal;

/** A real claude, and a client that looks at its fleet; each test begins where the one before it ended. */
describeClaude('the bar', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one' });
    client = await sealed.terminal(['attach', 'shop']);
  });
  afterAll(() => sealed.dispose());

  test('a permission that is asked for, granted, and the turn that ends with it', async () => {
    await lineShows(/^1 [○✓] Agent one bugfix\/one/);
    await sealed.say('one', 'SCENARIO:permission');
    await lineShows(/^ ?1 \? .*Agent one/);
    await sealed.press('one', 'Enter');
    await lineShows(/^1 [○✓] Agent one bugfix\/one ±1/);
  });

  test('Esc, which fires no hook', async () => {
    await sealed.say('one', 'SCENARIO:slow:60');
    await lineShows(/^1 ● Agent one/);
    await sealed.press('one', 'Escape');
    await lineShows(/^1 ○ Agent one/);
  });

  test('a watcher that is killed is started again by a hook', async () => {
    const before = await watcher();
    process.kill(before, 'SIGKILL');
    await eventually(() => mustBeGone(before), PATIENT);
    await sealed.tmux.run('send-keys', '-t', await pane(), '-l', 'SCENARIO:slow:60');
    await eventually(
      async () => expect(await sealed.tmux.run('capture-pane', '-p', '-t', await pane())).toContain('SCENARIO:slow:60'),
      PATIENT,
    );
    await sealed.tmux.run('send-keys', '-t', await pane(), 'Enter');
    await eventually(async () => expect(await watcher()).not.toBe(before), PATIENT);
    await lineShows(/^1 ● Agent one/);
    await sealed.tmux.run('send-keys', '-t', await pane(), 'Escape');
    await lineShows(/^1 ○ Agent one/);
  });

  test('a claude that no fleet knows, once the plugin is loaded', async () => {
    const folder = sealed.sandbox.path('elsewhere');
    await mkdir(folder);
    await sealed.tmux.run(
      'set-environment',
      '-gh',
      'claude_tmux_plugin',
      'x',
      ';',
      'new-window',
      '-d',
      '-t',
      'mine:',
      '-c',
      folder,
      'claude',
    );
    await eventually(
      async () =>
        expect(await sealed.tmux.run('show-environment', '-gh')).toMatch(/claude_tmux_text_1=.*Agent one.*elsewhere/),
      PATIENT,
    );
  });
});

/** The last line that the client shows. */
async function lineShows(pattern: RegExp): Promise<void> {
  await eventually(async () => {
    const screen = await client.screen();
    const line = screen.trimEnd().split('\n').at(-1) ?? '';
    if (!pattern.test(line)) throw new Error(`the line does not match ${String(pattern)}:\n${screen}`);
  }, PATIENT);
}

async function watcher(): Promise<number> {
  const paths = serverPaths(storePaths(sealed.env, sealed.sandbox.home), sealed.tmux.socket);
  return parseIdentity(await readFile(paths.pid, 'utf8'))?.pid ?? 0;
}

/** Asked of tmux: a command of the program would start the watcher itself. */
async function pane(): Promise<string> {
  const panes = await sealed.tmux.run('list-panes', '-a', '-f', '#{@claude_tmux_id}', '-F', '#{pane_id}');
  return panes.split('\n')[0] ?? '';
}
