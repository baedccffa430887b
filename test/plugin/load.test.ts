import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { output } from '../support/run.ts';
import { ROOT } from '../support/sources.ts';
import { bound, makeListener, makeScene, shows, type PluginScene } from './scene.ts';

const scenes: PluginScene[] = [];

async function scene(config?: string): Promise<PluginScene> {
  const made = await makeScene(config === undefined ? {} : { config });
  scenes.push(made);
  return made;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

const FRAGMENT = '#{E:claude_tmux}#{?claude_tmux, ,}';

test('a load puts the bar at the front of status-right, sets its keys and hooks, and changes nothing else', async () => {
  const { tmux, dump, load } = await scene();
  const before = (await dump()).split('\n');
  await load();
  const added = (await dump()).split('\n').filter((line) => !before.includes(line));
  expect(added.filter((line) => line.startsWith('status-right '))).toHaveLength(1);
  expect(await tmux.run('show-options', '-gv', 'status-right')).toMatch(
    /^#\{E:claude_tmux\}#\{\?claude_tmux, ,\}#\{\?window_bigger/,
  );
  expect(added.filter((line) => / claude-tmux: /.test(line)).map((line) => line.split(/ +/)[1])).toEqual([
    'A',
    'F',
    'N',
  ]);
  expect(added.filter((line) => /^[a-z-]+\[9138\] /.test(line)).map((line) => line.split(' ')[0])).toEqual([
    'client-attached[9138]',
    'session-created[9138]',
  ]);
  expect(added).toContain('claude_tmux_plugin=N A F');
});

test('the configuration that a server starts with may load it, before there is a session', async () => {
  const { tmux } = await scene(
    `run-shell '${join(ROOT, 'claude-tmux.tmux')}'\nset -g status-right 'set later in the file'\n`,
  );
  await eventually(
    async () => expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(`${FRAGMENT}set later in the file`),
    { within: 30_000 },
  );
  expect(await tmux.run('show-environment', '-gh', 'claude_tmux_plugin')).toBe('claude_tmux_plugin=N A F');
});

test('whoever reads the configuration does not wait for a load', async () => {
  const { sandbox, tmux } = await scene();
  const program = sandbox.path('slow');
  writeFileSync(program, `#!/bin/sh\nexec tmux wait-for claude-tmux-test\n`, { mode: 0o755 });
  await tmux.run('set-option', '-g', '@claude_tmux_bin', program);
  await tmux.run('run-shell', join(ROOT, 'claude-tmux.tmux'));
  await expect(tmux.run('show-environment', '-gh', 'claude_tmux_plugin')).rejects.toThrow('unknown variable');
  await tmux.run('wait-for', '-S', 'claude-tmux-test');
});

test('a theme that the plugin manager runs after it does not take the bar away', async () => {
  const { sandbox, tmux } = await scene();
  const manager = sandbox.path('manager');
  // As TPM: one plugin after the other. The theme is slow: it waits for a load that does not wait for it, up to two seconds.
  writeFileSync(
    manager,
    `'${join(ROOT, 'claude-tmux.tmux')}'\ntries=0\nuntil tmux show-environment -gh claude_tmux_plugin || [ "$tries" -gt 20 ]; do tries=$((tries + 1)); sleep 0.1; done\ntmux set-option -g status-right theme\n`,
  );
  await tmux.run('run-shell', `sh '${manager}' >/dev/null 2>&1`);
  await eventually(async () => expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(`${FRAGMENT}theme`), {
    within: 30_000,
  });
});

test('a server behind a socket whose path has blanks and quotes is the one that is changed', async () => {
  const { sandbox, load, attach, tmux } = await scene();
  await load();
  const socket = sandbox.path("a 'b c");
  const other = (...args: string[]) => output('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: sandbox.env });
  await other('new-session', '-d', '-s', 'other', 'sleep 100000');
  await other('run-shell', join(ROOT, 'claude-tmux.tmux'));
  await eventually(async () => expect(await other('show-options', '-gv', 'status-right')).toContain(FRAGMENT), {
    within: 30_000,
  });
  // Nested: a terminal of that server inside a pane of this one, whose keys reach the inner one by its own prefix.
  await other('set-option', '-g', 'prefix', 'C-a');
  await tmux.run('new-window', `env -u TMUX tmux -S "${socket}" attach-session`);
  const terminal = await attach();
  await shows(terminal, '[other]');
  await terminal.run('send-keys', 'C-a', 'A');
  expect(await shows(terminal, 'no Claude session is on the screen')).toContain('[other]');
});

test('ten loads leave what one leaves', async () => {
  const { dump, load } = await scene();
  await load();
  const once = await dump();
  for (let times = 0; times < 9; times++) await load();
  expect(await dump()).toBe(once);
});

test.each([
  ['tmux as it comes', ''],
  [
    'a status-right with all that is hard to quote',
    `set -g status-right '#(echo x) "q" \\$HOME \\\\ #[fg=red]é☃ #{?a,b,c};'`,
  ],
  ['an empty status-right', `set -g status-right ''`],
  ['keys that the user has bound', 'bind N display-message mine\nbind -r F next-window\nbind B new-window'],
  [
    'hooks of others',
    `set-hook -g 'client-attached[0]' 'display-message a'\nset-hook -g 'client-attached[42]' 'display-message b'\nset-hook -ga session-created 'display-message c'`,
  ],
  [
    'other keys by option',
    `set -g @claude_tmux_key_next 'M-n'\nset -g @claude_tmux_key_menu none\nset -g @claude_tmux_key_dashboard ';'\nunbind ';'`,
  ],
  ['no bar by itself', 'set -g @claude_tmux_auto off'],
])('with %s, uninstalling after ten loads leaves everything as it was, byte for byte', async (_what, config) => {
  const { dump, load, ct } = await scene(`${config}\n`);
  const before = await dump();
  for (let times = 0; times < 10; times++) await load();
  expect(await dump()).not.toBe(before);
  expect(await ct('uninstall-plugin')).toMatchObject({ code: 0, stdout: '' });
  expect(await dump()).toBe(before);
});

test.each([
  [
    'puts its own before it',
    (right: string) => `#[fg=blue]theme #[default]${right}`,
    (own: string) => `#[fg=blue]theme #[default]${own}`,
  ],
  ['puts its own behind it', (right: string) => `${right} | theme;`, (own: string) => `${own} | theme;`],
  ['replaces it', () => 'theme', () => 'theme'],
])('what a theme made of status-right afterwards stays when it %s', async (_what, rewrite, expected) => {
  const { tmux, load, ct } = await scene();
  const own = await tmux.run('show-options', '-gv', 'status-right');
  await load();
  await tmux.run(
    'set-option',
    '-g',
    'status-right',
    rewrite(await tmux.run('show-options', '-gv', 'status-right')).replace(/;$/, '\\;'),
  );
  await ct('uninstall-plugin');
  expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(expected(own));
});

test('what a watcher that was killed has left in tmux goes as well', async () => {
  const { tmux, dump, load, ct } = await scene();
  const before = await dump();
  await load();
  for (const hook of ['client-attached', 'pane-exited', 'window-pane-changed'])
    await tmux.run('set-hook', '-g', `${hook}[9137]`, 'wait-for -S claude_tmux_watch');
  await tmux.run('set-environment', '-gh', 'claude_tmux', '#{?x,#{claude_tmux_text_1},}');
  await ct('uninstall-plugin');
  expect(await dump()).toBe(before);
});

test('uninstalling twice says that there is nothing to take out', async () => {
  const { load, ct } = await scene();
  await load();
  await ct('uninstall-plugin');
  const { code, stderr } = await ct('uninstall-plugin');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('the plugin is not loaded in the tmux server at') as unknown,
  });
});

test.each([
  ['status-left', `set -g status-left '#{E:claude_tmux} '`],
  ['a module of a theme', `set -g @theme_module '#{E:claude_tmux}'`],
])('who has placed the bar in %s gets no second one', async (_where, config) => {
  const { tmux, load } = await scene(`${config}\n`);
  const before = await tmux.run('show-options', '-gv', 'status-right');
  await load();
  expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(before);
});

test('@claude_tmux_auto off takes the bar out again at the next load, and on puts it back', async () => {
  const { tmux, load } = await scene();
  const before = await tmux.run('show-options', '-gv', 'status-right');
  await load();
  await tmux.run('set-option', '-g', '@claude_tmux_auto', 'off');
  await load();
  expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(before);
  await tmux.run('set-option', '-g', '@claude_tmux_auto', 'on');
  await load();
  expect(await tmux.run('show-options', '-gv', 'status-right')).toBe(FRAGMENT + before);
});

test('a key that is taken is left alone, and the first who attaches is told so, once', async () => {
  const { tmux, load, attach, ct } = await scene(
    'bind N display-message mine\nset -g @claude_tmux_key_menu F\nset -g @claude_tmux_key_dashboard nonsense\n',
  );
  await load();
  expect(await bound(tmux, 'N')).toContain('display-message mine');
  const { stderr } = await ct('plugin', 'load');
  expect(stderr.trimEnd().split('\n')).toEqual([
    'claude-tmux: @claude_tmux_key_next: the key "N" does something else already and is left alone; name another one, or none',
    'claude-tmux: @claude_tmux_key_dashboard: tmux knows no key "nonsense"',
  ]);
  const terminal = await attach();
  await shows(terminal, 'claude-tmux: @claude_tmux_key_next: the key "N" does something else already');
  await eventually(async () => expect(await tmux.run('show-hooks', '-g')).not.toContain('[9139]'));
  await load();
  expect(await tmux.run('show-hooks', '-g')).not.toContain('[9139]');
});

test('a key that the options no longer name is given back', async () => {
  const { tmux, load } = await scene();
  await load();
  await tmux.run('set-option', '-g', '@claude_tmux_key_next', 'J');
  await tmux.run('set-option', '-g', '@claude_tmux_key_menu', 'none');
  await load();
  const keys = await tmux.run('list-keys', '-N', '-T', 'prefix');
  expect(
    keys
      .split('\n')
      .filter((line) => line.includes('claude-tmux: '))
      .map((line) => /^(?:C-b )?(\S+)/.exec(line)?.[1]),
  ).toEqual(['F', 'J']);
});

test('a key that the user has bound since is not touched by the next load', async () => {
  const { tmux, load, ct } = await scene();
  await load();
  await tmux.run('bind-key', 'A', 'display-message', 'mine now');
  await load();
  await ct('uninstall-plugin');
  expect(await bound(tmux, 'A')).toContain('mine now');
});

test('a terminal that attaches brings a dead watcher back; a control-mode client starts nothing', async () => {
  const { sandbox, tmux, load, attach } = await scene();
  const asked = makeListener(sandbox.path('bin', 'listener'), sandbox.path('asked'));
  await tmux.run('set-option', '-g', '@claude_tmux_bin', sandbox.path('bin', 'listener'));
  await load();
  const control = await attach('-C');
  await shows(control, '%session-changed');
  await eventually(async () => expect(await tmux.run('list-clients', '-F', '#{client_control_mode}')).toBe('1'));
  await attach();
  await eventually(() => expect(asked()).toContain('watch --start'));
  // One for the terminal; another would be the control-mode client's, who came before.
  expect(asked().filter((line) => line === 'watch --start')).toHaveLength(1);
});

test('a load while a terminal is attached starts the watcher at once', async () => {
  const { sandbox, tmux, load, attach } = await scene();
  const asked = makeListener(sandbox.path('bin', 'listener'), sandbox.path('asked'));
  await tmux.run('set-option', '-g', '@claude_tmux_bin', sandbox.path('bin', 'listener'));
  await attach();
  await eventually(async () => expect(await tmux.run('list-clients')).not.toBe(''));
  await load();
  await eventually(() =>
    expect(asked()).toEqual([expect.stringMatching(/^plugin load --folder .*tmux-plugin$/), 'watch --start']),
  );
});
