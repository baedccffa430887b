#!/usr/bin/env node
// Makes docs/images/*.png: a private tmux with published variables and the page's own fragment, seen by a client inside another
// tmux, whose screen is painted. Needs tmux, and on Debian python3-pil and fonts-dejavu-core.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from './generate/importSource.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { pictureScene } = await importSource(root, 'test/bar/pictureScene.ts');

for (const theme of ['line', 'plain', 'catppuccin', 'dracula', 'powerline']) {
  const folder = mkdtempSync(join(tmpdir(), 'ct-picture-'));
  try {
    picture(theme, folder);
  } finally {
    for (const name of ['out', 'in']) tryTmux(folder, name, 'kill-server');
    rmSync(folder, { recursive: true });
  }
}

function picture(theme, folder) {
  const { config, variables } = pictureScene(root, theme, Date.now());
  writeFileSync(join(folder, 'in.conf'), `${config}\nset -g status-interval 1\nset -ga terminal-features ',*:RGB'\n`);
  writeFileSync(
    join(folder, 'out.conf'),
    "set -g status off\nset -g default-terminal tmux-256color\nset -ga terminal-features ',*:RGB'\n",
  );
  tmux(folder, 'in', 'new-session', '-d', '-s', 'shop', '-n', 'frontend', 'sleep 60');
  for (const name of ['backend', 'tests'])
    tmux(folder, 'in', 'new-window', '-d', '-t', '=shop:', '-n', name, 'sleep 60');
  writeFileSync(join(folder, 'variables'), variables);
  tmux(folder, 'in', 'source-file', join(folder, 'variables'));
  tmux(folder, 'out', 'new-session', '-d', '-x', '150', '-y', '6', `env -u TMUX tmux -S ${join(folder, 'in')} attach`);
  // Segments of a theme come from jobs, which are drawn at the next redraw.
  execFileSync('sleep', ['2.5']);
  const screen = tmux(folder, 'out', 'capture-pane', '-p', '-e', '-N')
    .split('\n')
    .slice(0, 6)
    .slice(theme === 'line' ? -2 : -1)
    .join('\n');
  const image = join(root, 'docs', 'images', `${theme}.png`);
  execFileSync('/usr/bin/python3', [join(root, 'scripts', 'picture', 'paint.py'), image], { input: screen });
  console.log(image);
}

function tmux(folder, name, ...args) {
  const env = { PATH: process.env.PATH, HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  return execFileSync('tmux', ['-S', join(folder, name), '-f', join(folder, `${name}.conf`), ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function tryTmux(...args) {
  try {
    tmux(...args);
  } catch {
    // It never started, or has ended.
  }
}
