import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../support/run.ts';
import { hasProgram } from './launchedPane.ts';

const FOLDER = resolve('tmux-plugin');
const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.sh'));
const SHELLS = await Promise.all(
  ['dash', 'bash', 'busybox', 'mksh', 'yash', 'ksh93', 'posh', 'zsh'].map(async (shell) => ({
    shell,
    there: await hasProgram(shell),
  })),
);
const env = { PATH: process.env['PATH'] ?? '' };

describe.each(SHELLS)('a script for sh, under $shell', ({ shell, there }) => {
  const argv = shell === 'busybox' ? ['busybox', 'sh'] : shell === 'zsh' ? ['zsh', '--emulate', 'sh'] : [shell];

  it.skipIf(!there).each(SCRIPTS)('is parsed: %s', async (name) => {
    const [program, ...args] = [...argv, '-n', join(FOLDER, name)];
    const { code, stderr } = await run(program, args, { env });
    expect([code, stderr.split('\n').filter((line) => line !== '' && !line.includes('warning'))]).toEqual([0, []]);
  });

  it.skipIf(!there)('finds a process by its start, whatever its name is', async () => {
    const script = `read_start() {
    start=
    IFS= read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    set -- \${stat##*") "}
    case $1 in Z | X) ;; *) start=\${20} ;; esac
  }
  read_start $$; printf '%s' "$start"; IFS= read -r stat </proc/$$/stat; set -- \${stat##*") "}; printf ' %s' "\${20}"`;
    const [program, ...args] = [...argv, '-c', script];
    expect((await run(program, args, { env })).stdout).toMatch(/^(\d+) \1$/);
  });
});
