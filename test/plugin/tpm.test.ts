import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { git } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';
import { bound, shows } from './scene.ts';

/** Debian's package, and any other TPM whose folder the developer names: the current one is in no package. */
const TPMS = [
  { which: "Debian's TPM", folder: '/usr/share/tmux-plugin-manager', suffix: '' },
  { which: 'the TPM of CLAUDE_TMUX_E2E_TPM', folder: process.env.CLAUDE_TMUX_E2E_TPM ?? '/none', suffix: '#release' },
];

let sandbox: Sandbox;
let tmux: PrivateTmux;
let terminal: PrivateTmux;

beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

/** A bare repository with the tracked files as they are in this working tree, and with the built program as a release has it. */
async function makeRemote(): Promise<string> {
  const work = sandbox.path('work');
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\0');
  for (const path of files.filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    cpSync(join(ROOT, path), join(work, path));
  }
  cpSync(join(ROOT, 'dist'), join(work, 'dist'), { recursive: true });
  await git(work, ['init', '-q', '-b', 'release'], sandbox.env);
  await git(work, ['add', '-A'], sandbox.env);
  await git(work, ['add', '-f', 'dist'], sandbox.env);
  await git(work, ['commit', '-q', '-m', 'Release'], sandbox.env);
  await git(sandbox.root, ['clone', '-q', '--bare', work, sandbox.path('remote', 'claude-tmux.git')], sandbox.env);
  return `file://${sandbox.path('remote', 'claude-tmux.git')}`;
}

/** Processes of this sandbox but for its tmux servers and clients, by their arguments. */
function processes(): readonly string[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
  return all.filter((line) => line.includes(sandbox.root) && !/^(tmux|env) /.test(line)).sort();
}

const state = async () => ({
  hooks: await tmux.run('show-hooks', '-g'),
  right: await tmux.run('show-options', '-gv', 'status-right'),
  keys: await tmux.run('list-keys'),
  processes: processes(),
});

async function install(): Promise<void> {
  await terminal.run('send-keys', 'C-b', 'I');
  await shows(terminal, 'to continue.');
  await terminal.run('send-keys', 'Escape', 'q');
}

/** A load is through when it has said so again; the hint `prefix + I` is part of none. */
async function reload(): Promise<void> {
  await tmux.run('set-environment', '-gu', 'claude_tmux_plugin');
  await tmux.run('source-file', sandbox.path('home', '.tmux.conf'));
  await eventually(async () => tmux.run('show-environment', '-gh', 'claude_tmux_plugin'), { within: 30_000 });
}

describe.each(TPMS)('$which', ({ folder, suffix }) => {
  test.skipIf(!existsSync(join(folder, 'tpm')) || process.platform !== 'linux')(
    'prefix + I clones and loads the plugin; again, and ten reloads, change nothing',
    async () => {
      const config = `set -g @plugin '${await makeRemote()}${suffix}'\nrun-shell '${join(folder, 'tpm')}'\n`;
      writeFileSync(sandbox.path('home', '.tmux.conf'), config);
      tmux = startTmux(sandbox, { config });
      await tmux.run('new-session', '-d', '-s', 'mine', '-x', '100', '-y', '30', 'sleep 100000');
      terminal = startTmux(sandbox);
      await terminal.run(
        'new-session',
        '-d',
        '-x',
        '100',
        '-y',
        '30',
        `env -u TMUX tmux -S '${tmux.socket}' attach-session`,
      );
      await terminal.run('set-option', '-g', 'status', 'off');
      await shows(terminal, '[mine]');
      await eventually(async () => expect(await bound(tmux, 'I')).toContain('install'));
      await install();
      await eventually(
        async () => expect(await tmux.run('show-options', '-gv', 'status-right')).toMatch(/^#\{E:claude_tmux\}/),
        { within: 30_000 },
      );
      expect(await bound(tmux, 'N')).toContain(
        sandbox.path('home', '.tmux', 'plugins', 'claude-tmux', 'tmux-plugin', 'run.sh'),
      );
      const once = await eventually(async () => {
        const now = await state();
        expect(
          now.processes.filter((line) => /tpm|plugin\.sh|plugin load|revive\.sh|watch --start/.test(line)),
        ).toEqual([]);
        // The watcher, which a load starts where a terminal is attached, is there for good.
        expect(now.processes.filter((line) => line.includes(' watch -S '))).toHaveLength(1);
        expect(now.hooks).toContain('window-unlinked[9137]');
        return now;
      });
      await install();
      for (let times = 0; times < 10; times++) await reload();
      await eventually(async () => expect(await state()).toEqual(once));
      // The clone carries a program that runs by itself.
      expect(existsSync(sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'node'))).toBe(true);
    },
    180_000,
  );
});
