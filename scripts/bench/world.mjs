import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A folder with a home, a small repository and a built program; everything that is measured runs with its environment.
 * The servers are private, and one run's is gone before the next begins.
 */
export async function makeWorld() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ct-bench-')));
  const path = (...parts) => join(folder, ...parts);
  const env = {
    PATH: process.env.PATH,
    HOME: path('home'),
    XDG_STATE_HOME: path('state'),
    XDG_CACHE_HOME: path('cache'),
    TMUX_TMPDIR: path('home'),
    SHELL: '/bin/bash',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    // The watcher is measured by itself (bar.mjs): a peer leaves nothing behind that would run into the next one's time.
    CLAUDE_TMUX_WATCH: 'off',
  };
  for (const name of ['home', 'state', 'cache', 'project']) mkdirSync(path(name));
  execFileSync('node', [join(ROOT, 'scripts/build.mjs'), path('program', 'dist')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  execFileSync('cp', ['-r', 'package.json', 'layouts', 'tmux-plugin', path('program')], { cwd: ROOT });
  makeProject(path('project'), env);
  return {
    path,
    env,
    program: path('program', 'dist', 'claude-tmux.cjs'),
    project: path('project'),
    dispose: () => dispose(folder),
  };
}

function makeProject(folder, env) {
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.invalid', ...args], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
  writeFileSync(join(folder, 'README.md'), '# Bench\n');
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'First commit');
}

/** Ends the server behind a socket; resolves when its process is gone and the path is free. */
export async function endServer(socket, env) {
  const asked = spawnSync('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'], { env, encoding: 'utf8' });
  if (asked.status === 0) {
    spawnSync('tmux', ['-S', socket, 'kill-server'], { env });
    while (isAlive(Number(asked.stdout))) await pause(5);
  }
  rmSync(socket, { force: true });
}

function isAlive(pid) {
  try {
    // A zombie that nobody reaps has ended.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function dispose(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
