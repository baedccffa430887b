import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellWord } from '../../src/base/shellText.ts';
import { hasProgram } from '../agent/launchedPane.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { run } from '../support/run.ts';
import type { Environment } from '../support/sandbox.ts';
import { makeBench, SHOP, type Bench } from './fleet.ts';

const hasZsh = await hasProgram('zsh');
const hasFish = await hasProgram('fish');

let bench: Bench;
let terminal: PrivateTmux;
beforeAll(async () => {
  bench = await makeBench();
  terminal = startTmux(bench.sandbox);
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
});
afterAll(async () => {
  await terminal.dispose();
  await bench.dispose();
});

test.each(['bash', 'zsh', 'fish'])('the script for %s is one that the shell takes', async (shell) => {
  const { stdout } = await bench.ok('completion', shell);
  if (!(await hasProgram(shell))) {
    expect(stdout).toContain('claude-tmux');
    return;
  }
  const file = bench.sandbox.path(`syntax.${shell}`);
  await writeFile(file, stdout);
  expect(await run(shell, ['-n', file], { env: bench.env })).toMatchObject({ code: 0, stderr: '' });
});

/** The program on PATH under its name, and a shell's completion script. */
async function prepare(shell: string): Promise<{ readonly script: string; readonly env: Environment }> {
  const folder = bench.sandbox.path('on-path');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'claude-tmux'),
    `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(resolve('dist/claude-tmux.cjs'))} "$@"\n`,
    { mode: 0o755 },
  );
  const script = bench.sandbox.path(`completion.${shell}`);
  await writeFile(script, (await bench.ok('completion', shell)).stdout);
  return { script, env: { ...bench.env, PATH: `${folder}:${bench.env['PATH'] ?? ''}` } };
}

test('bash completes commands, layouts and sessions', async () => {
  const { script: file, env } = await prepare('bash');
  const complete = async (...words: string[]): Promise<string> => {
    const script = `. ${file}; COMP_WORDS=(claude-tmux ${words.map(shellWord).join(' ')}); COMP_CWORD=${words.length}; _claude_tmux; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await run('bash', ['-c', script], { env, cwd: bench.checkout })).stdout;
  };
  expect(await complete('stat')).toBe('status\n');
  expect(await complete('-L', 'other', 'stat')).toBe('status\n');
  expect(await complete('up', 'front')).toContain('frontend-backend');
  expect(await complete('up', './sh')).toBe('./shop.yaml\n');
  expect(await complete('go', 's')).toBe('server\n');
  expect(await complete('--socket-name', 'other', 'go', 's')).toBe('server\n');
  expect(await complete('up', '--dr')).toBe('--dry-run\n');
  expect(await complete('up', '--only', 'fe,s')).toBe('fe,server\n');
  expect(await complete('status', '--format', '')).toBe('text\ntmux\njson\nmarkdown\n');
  expect(await complete('status', '--fo')).toBe('--format\n--follow\n');
  expect(await complete('go', '--fleet', '')).toBe('shop\n');
  expect(await complete('completion', '')).toBe('bash\nzsh\nfish\n');
  expect(await complete('rename', 'fe', '')).toBe('\n');
  expect(await complete('sync', 'fe', 's')).toBe('server\n');
  // The repository is somebody else's: what its files are called is not run.
  const hostile = '$(touch ${HOME}${PWD:0:1}ran)`touch ran`';
  await mkdir(join(bench.checkout, '.claude-tmux'));
  await writeFile(join(bench.checkout, '.claude-tmux', `${hostile}.yaml`), '');
  expect(await complete('up', '$')).toContain(hostile);
  expect(await readdir(bench.sandbox.home)).not.toContain('ran');
  expect(await readdir(bench.checkout)).not.toContain('ran');
  await rm(join(bench.checkout, '.claude-tmux'), { recursive: true });
});

test.skipIf(!hasZsh)('zsh completes when Tab is pressed', async () => {
  const { script, env } = await prepare('zsh');
  const environment = Object.entries({ ...env, PS1: '> ', ZDOTDIR: bench.sandbox.path('none') })
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ');
  const pane = await terminal.run(
    'new-session',
    '-d',
    '-P',
    '-F',
    '#{pane_id}',
    '-x',
    '100',
    '-y',
    '20',
    '-c',
    bench.checkout,
    `env ${environment} zsh -f`,
  );
  const press = (...keys: readonly string[]): Promise<string> => terminal.run('send-keys', '-t', pane, ...keys);
  const shows = (text: string): Promise<void> =>
    eventually(async () => expect(await terminal.run('capture-pane', '-p', '-t', pane)).toContain(text));
  await press(`autoload -U compinit; compinit -u; . ${shellWord(script)}; echo rea''dy`, 'Enter');
  await shows('\nready');
  for (const [typed, whole] of [
    ['claude-tmux go se', 'claude-tmux go server'],
    ['claude-tmux up fronte', 'claude-tmux up frontend-backend'],
    ['claude-tmux -L other down sh', 'claude-tmux -L other down shop'],
    ['claude-tmux status --format mark', 'claude-tmux status --format markdown'],
    ['claude-tmux completion fi', 'claude-tmux completion fish'],
    ['claude-tmux up --only fe,se', 'claude-tmux up --only fe,server'],
  ] as const) {
    await press('-l', typed);
    await press('Tab');
    await shows(whole);
    await press('C-u');
  }
  await press('C-d');
});

test.skipIf(!hasFish)('fish completes commands, values and sessions', async () => {
  const { script, env } = await prepare('fish');
  const complete = async (line: string): Promise<readonly string[]> => {
    const { stdout } = await run('fish', ['--no-config', '-c', `source ${script}; complete -C ${shellWord(line)}`], {
      env,
      cwd: bench.checkout,
    });
    return stdout
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => text.replace(/\t.*/, ''));
  };
  expect(await complete('claude-tmux stat')).toEqual(['status']);
  expect(await complete('claude-tmux go se')).toEqual(['server']);
  expect(await complete('claude-tmux status --format ')).toEqual(['json', 'markdown', 'text', 'tmux']);
  expect(await complete('claude-tmux completion ')).toEqual(['bash', 'fish', 'zsh']);
  expect(await complete('claude-tmux go --fleet sh')).toEqual(['shop']);
  expect(await complete('claude-tmux -L other go se')).toEqual(['server']);
  expect(await complete('claude-tmux up --only fe,se')).toEqual(['fe,server']);
  expect(await complete('claude-tmux up --only=fe,se')).toEqual(['--only=fe,server']);
  // The second word is a session's name here, no command.
  expect(await complete('claude-tmux task up front')).not.toContain('frontend-backend');
  expect(await complete('claude-tmux up front')).toContain('frontend-backend');
});
