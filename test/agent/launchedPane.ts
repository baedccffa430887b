import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type LaunchSpec, readLaunchBody, renderLaunchFile } from '../../src/agent/launchFile.ts';
import { fleetPaths, type SessionPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { startTmux } from '../support/privateTmux.ts';
import { run } from '../support/run.ts';
import type { Sandbox } from '../support/sandbox.ts';

export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Says how it was started, how often, and what came on stdin; then ends with the exit code in a file, or waits for its end. */
const RECORDER = `
echo "$*" >>"$SEEN/starts"
if [ -t 0 ]; then echo tty >"$SEEN/stdin"; else cat >"$SEEN/stdin"; fi
pwd -P >"$SEEN/cwd"
[ ! -e "$SEEN/code" ] || { read -r code <"$SEEN/code"; exit "$code"; }
exec sleep 1000`;

/** A pane whose agent writes down how it was started; `code` ends it at once with that exit code. */
export async function makeRecorder(sandbox: Sandbox, code?: number): Promise<LaunchedPane> {
  const pane = await makePane(sandbox, RECORDER);
  if (code !== undefined) await writeFile(sandbox.path('seen', 'code'), `${code}\n`);
  return pane;
}

export async function hasProgram(program: string): Promise<boolean> {
  return (await run('sh', ['-c', `command -v ${program}`], { env: { PATH: process.env.PATH ?? '' } })).code === 0;
}

/** The shells that stand as sh somewhere, as they are started in its place. */
export const SHELLS = await Promise.all(
  ['dash', 'bash --posix', 'busybox sh', 'mksh', 'yash --posix', 'ksh93', 'zsh --emulate sh'].map(async (shell) => ({
    shell,
    there: await hasProgram(shell.split(' ')[0] ?? ''),
  })),
);

/** A session's files in a sandbox, and a pane that runs its launch file. */
export interface LaunchedPane {
  readonly files: SessionPaths;
  /** Folder in which the stand-in leaves what it got. */
  readonly seen: (name: string) => string;
  readonly has: (name: string) => boolean;
  write(spec?: Partial<LaunchSpec>): Promise<void>;
  start(options?: { readonly mode?: 'hold'; readonly shell?: string }): Promise<void>;
  screen(): Promise<string>;
  key(key: string): Promise<void>;
  tmux(...args: string[]): Promise<string>;
  pid(): number;
}

/**
 * What the agent does: a POSIX sh text. It finds its arguments in $@, and leaves what it saw in $SEEN.
 */
export async function makePane(sandbox: Sandbox, agent: string): Promise<LaunchedPane> {
  const files = sessionPaths(fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1'), 'api');
  const seen = sandbox.path('seen');
  const program = sandbox.path('stand-in');
  const tmux = startTmux(sandbox);
  await mkdir(files.root, { recursive: true });
  await mkdir(seen, { recursive: true });
  await mkdir(sandbox.path('gates'), { recursive: true });
  await mkdir(sandbox.path('tree'), { recursive: true });
  await writeFile(program, `#!/bin/sh\n${agent}\n`);
  await chmod(program, 0o755);
  const plain: LaunchSpec = {
    label: 'Api',
    program: 'stand-in',
    cwd: sandbox.path('tree'),
    exports: { SEEN: seen },
    unset: [],
    login: [],
    fresh: [program, 'fresh'],
    resume: [program, 'resume'],
    promptFile: null,
    promptMarkedBy: 'hook',
    conversation: null,
    transcripts: null,
    question: null,
    setup: null,
    startsAtOnce: null,
    agreeWith: null,
    gates: sandbox.path('gates'),
    files,
  };
  return {
    files,
    seen: (name) => readFileSync(`${seen}/${name}`, 'utf8'),
    has: (name) => existsSync(`${seen}/${name}`),
    write: async (spec = {}) =>
      writeFile(files.launch, renderLaunchFile({ ...plain, ...spec }, await readLaunchBody(PACKAGE_ROOT)), {
        mode: 0o600,
      }),
    start: async ({ mode, shell = 'sh' } = {}) => {
      await tmux.run(
        'new-session',
        '-d',
        '-s',
        's',
        '-x',
        '100',
        '-y',
        '30',
        '--',
        ...shell.split(' '),
        files.launch,
        ...(mode ? [mode] : []),
      );
    },
    screen: () => tmux.run('capture-pane', '-p', '-J', '-t', 's:'),
    key: async (key) => {
      await tmux.run('send-keys', '-t', 's:', key);
    },
    tmux: (...args) => tmux.run(...args),
    pid: () => Number(readFileSync(files.pid, 'utf8').split('\n')[0]),
  };
}
