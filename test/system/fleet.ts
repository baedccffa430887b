import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StatusReport, SessionStatus } from '../../src/status/report.ts';
import { expect } from 'vitest';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { PROGRAM, runProgram, startProgram } from '../support/program.ts';
import { git, makeRepo } from '../support/repo.ts';
import type { Ended } from '../support/run.ts';
import { makeSandbox, type Environment, type Sandbox } from '../support/sandbox.ts';

const STAND_IN = resolve('scripts/stand-in-agent');

/** A sandbox with a project that has a remote, a private tmux server, the stand-in as `claude` on PATH, and the built program. */
export interface Bench {
  readonly sandbox: Sandbox;
  readonly tmux: PrivateTmux;
  readonly env: Environment;
  /** The checkout one stands in. */
  readonly checkout: string;
  /** The bare repository that is its origin. */
  readonly remote: string;
  /** Runs the program in the checkout (or `cwd`) on the private server. */
  ct(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Environment; readonly input?: string },
  ): Promise<Ended>;
  /** As `ct`, always in a process that is no child of another command's: two of them may wait for each other's lock. */
  apart: Bench['ct'];
  /** As `ct`, and throws unless the exit code is 0. */
  ok(...args: string[]): Promise<Ended>;
  /** `status --format json` of all fleets, flat. */
  sessions(): Promise<readonly SessionStatus[]>;
  /** Writes a layout into the checkout and returns its name. */
  layout(text: string, name?: string): Promise<string>;
  git(cwd: string, ...args: string[]): Promise<string>;
  dispose(): Promise<void>;
}

interface BenchOptions {
  /** The tmux configuration; none when absent. */
  readonly config?: string;
  /** With the watcher, which a fleet otherwise does without here: its tests are its own. */
  readonly watched?: boolean;
  /** Each command is a process of its own; otherwise the test runs it itself (`runProgram`). */
  readonly processes?: boolean;
}

export async function makeBench({ config, watched = false, processes = false }: BenchOptions = {}): Promise<Bench> {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build');
  const sandbox = await makeSandbox();
  const tmux = startTmux(sandbox, config === undefined ? {} : { config });
  // The server is there before the program comes, with the configuration of the test and not the user's.
  await tmux.run('new-session', '-d', '-s', 'mine', '-x', '200', '-y', '50', 'sleep 100000');
  const env: Environment = {
    ...sandbox.env,
    ...(watched ? {} : { CLAUDE_TMUX_WATCH: 'off' }),
    PATH: `${await makeAgentFolder(sandbox)}:${sandbox.env['PATH'] ?? ''}`,
  };
  const { checkout, remote } = await makeProject(sandbox, env);
  const start = processes ? startProgram : runProgram;
  const ct: Bench['ct'] = (args, options = {}) =>
    start(args, { cwd: checkout, ...options, env: { ...env, ...options.env } });
  const withSocket: Bench['ct'] = ([command = '', ...args], options) =>
    ct([command, '-S', tmux.socket, ...args], options);
  const apart: Bench['ct'] = ([command = '', ...args], options = {}) =>
    startProgram([command, '-S', tmux.socket, ...args], { cwd: checkout, ...options, env: { ...env, ...options.env } });
  return {
    sandbox,
    tmux,
    env,
    checkout,
    remote,
    ct: withSocket,
    apart,
    ok: async (...args) => {
      const ended = await withSocket(args);
      if (ended.code !== 0)
        throw new Error(
          `claude-tmux ${args.join(' ')} ended with ${ended.code ?? 'a signal'}\n${ended.stdout}${ended.stderr}`,
        );
      return ended;
    },
    sessions: async () => {
      const { stdout } = await withSocket(['status', '--format', 'json']);
      return (JSON.parse(stdout) as StatusReport).fleets.flatMap((fleet) => fleet.sessions);
    },
    layout: async (text, name = 'shop.yaml') => {
      await writeFile(join(checkout, name), text);
      return name;
    },
    git: (cwd, ...args) => git(cwd, args, env),
    dispose: async () => {
      await tmux.dispose();
      await sandbox.dispose();
    },
  };
}

async function makeAgentFolder(sandbox: Sandbox): Promise<string> {
  const folder = sandbox.path('bin');
  await mkdir(folder);
  await chmod(STAND_IN, 0o755);
  await symlink(STAND_IN, join(folder, 'claude'));
  return folder;
}

async function makeProject(
  sandbox: Sandbox,
  env: Environment,
): Promise<{ readonly checkout: string; readonly remote: string }> {
  const checkout = sandbox.path('src', 'shop');
  const remote = sandbox.path('remote', 'shop.git');
  await makeRepo(checkout, {
    env,
    files: { 'README.md': '# Shop\n', 'web/index.html': '<p>\n', '.gitignore': '.env\nnode_modules/\n*.yaml\n' },
  });
  await mkdir(sandbox.path('remote'), { recursive: true });
  await git(sandbox.root, ['clone', '-q', '--bare', checkout, remote], env);
  await git(checkout, ['remote', 'add', 'origin', remote], env);
  await git(checkout, ['fetch', '-q', 'origin'], env);
  await git(checkout, ['branch', '-q', '--set-upstream-to=origin/main'], env);
  await git(checkout, ['remote', 'set-head', 'origin', 'main'], env);
  return { checkout, remote };
}

/** Two agents and a command beside the first one. */
export const SHOP = `
name: shop
strategy: component
arrange: tiled
panes:
  - name: "Frontend - Dark Mode"
    id: fe
    component: frontend
    prompt: "Make it dark."
  - name: "Backend - Auth API"
    id: be
    component: backend
  - name: "Server"
    id: server
    component: tooling
    run: sleep 100000
`;

/** An agent that has a prompt, after its first turn, which nobody has looked at. Between its start and that turn it is at rest as well. */
export const TOLD = 'done';

/** An agent between turns: `done` until somebody has looked at it. */
export const AT_REST: unknown = expect.stringMatching(/^(idle|done)$/);
