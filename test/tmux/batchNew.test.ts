import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { formatTmuxLayout, parseTmuxLayout } from '../../src/base/tmuxLayout.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf, upSteps, type Label } from '../plan/planOf.ts';
import { attachTo, makeScene, type Scene } from './scene.ts';

const scenes: Scene[] = [];

async function scene(config?: string): Promise<Scene> {
  const made = await makeScene(config === undefined ? {} : { config });
  scenes.push(made);
  return made;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

/** Where a program is on the PATH; null when it is not installed. */
function pathOf(program: string): string | null {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => `${folder}/${program}`).find((path) => existsSync(path)) ?? null;
}

function rows({ tmux }: Scene, format: string): Promise<string[]> {
  return tmux.run('list-panes', '-s', '-t', '=shop:', '-F', format).then((text) => text.split('\n'));
}

/** Everything of a server that is not a fleet's. */
async function globals({ tmux }: Scene): Promise<string> {
  return tmux.run(
    'show-options',
    '-g',
    ';',
    'show-options',
    '-s',
    ';',
    'show-options',
    '-gw',
    ';',
    'show-hooks',
    '-g',
    ';',
    'show-hooks',
    '-gw',
    ';',
    'list-keys',
    ';',
    'show-environment',
    '-g',
  );
}

describe('a new fleet', () => {
  test('has its panes in order, each with its id, label, number and colour, in windows of the planned layout', async () => {
    const on = await scene();
    const labels = labelsOf(5);
    const { made, errors } = await on.up(labels);
    expect(errors).toEqual([]);
    expect([...made.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(
      await rows(on, '#{@claude_tmux_number} #{@claude_tmux_id} #{@claude_tmux_name} #{@claude_tmux_color}'),
    ).toEqual([
      '1 p1 Work 1 blue',
      '2 p2 Work 2 red',
      '3 p3 Work 3 colour208',
      '4 p4 Work 4 #8a2be2',
      '5 p5 Work 5 default',
    ]);
    const [layout] = upSteps(labels).flatMap((step) => (step.kind === 'arrange-window' ? [step.layout] : []));
    const shown = parseTmuxLayout(await on.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_layout}'));
    expect(shown && formatTmuxLayout(shown)).toBe(layout);
    await eventually(() => labels.forEach(({ id }) => readFileSync(on.sandbox.path(`ran.${id}`))));
  });

  test('shows its first pane, and every window its first', async () => {
    const on = await scene();
    await on.up(labelsOf(9), { kind: 'named', name: 'columns' });
    const session = await on.session();
    expect(session.windows.map((window) => window.active)).toEqual([true, false]);
    for (const window of session.windows)
      expect(window.panes.map((pane) => pane.active)).toEqual(window.panes.map((_, index) => index === 0));
  });

  test('has sixty panes in one go', async () => {
    const on = await scene();
    const { made, errors } = await on.up(labelsOf(60));
    expect(errors).toEqual([]);
    const session = await on.session();
    expect(session.windows.flatMap((window) => window.panes.map((pane) => pane.session))).toEqual(
      labelsOf(60).map(({ id }) => id),
    );
    expect(made.size).toBeGreaterThan(60);
  });

  test('is found under its own name only, whatever it was called while it was built', async () => {
    const on = await scene();
    await on.up(labelsOf(2));
    expect(await on.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('shop');
    expect(await on.tmux.run('list-windows', '-a', '-F', '#{window_name}')).toBe('Work 1');
  });

  test('leaves the session that took its name in the meantime alone, and says so', async () => {
    const on = await scene();
    await on.tmux.run('new-session', '-d', '-s', 'shop', 'sleep 1000');
    const { errors } = await on.up(labelsOf(2));
    expect(errors).toEqual(['duplicate session: shop']);
    expect(await on.tmux.run('list-panes', '-s', '-t', '=shop:', '-F', '#{@claude_tmux_id}')).toBe('');
    expect((await on.session()).windows[0]?.panes).toHaveLength(2);
  });
});

describe('configurations that people have', () => {
  test.each([
    ['base-index 1', 'set -g base-index 1\nset -gw pane-base-index 1\nset -g renumber-windows on\n'],
    [
      'windows that stay, sessions that do not',
      'set -g remain-on-exit on\nset -g destroy-unattached on\nset -g default-command "exit 3"\n',
    ],
    [
      'names of their own',
      'set -g automatic-rename on\nset -g allow-rename on\nset -g automatic-rename-format "#{pane_current_command}"\nset -g set-titles on\n',
    ],
    [
      'titles at the bottom and sizes by hand',
      'set -gw pane-border-status bottom\nset -g default-size 20x5\nset -gw window-size smallest\nset -gw aggressive-resize on\n',
    ],
    [
      'hooks that split and add',
      "set-hook -g after-new-window 'split-window \"sleep 99\"'\nset-hook -g after-split-window 'select-layout even-vertical'\nset-hook -g after-new-session 'new-window -d \"sleep 99\"'\n",
    ],
    [
      'aliases in the way',
      "set -s command-alias[80] 'split-window=split-window -h'\nset -s command-alias[81] 'new-window=new-window -k'\n",
    ],
    ['a status line of three rows', 'set -g status 3\n'],
  ])('%s', async (_what, config) => {
    const on = await scene(config);
    const labels = labelsOf(7);
    const { errors } = await on.up(labels, { kind: 'named', name: 'main-left' });
    expect(errors).toEqual([]);
    const session = await on.session();
    const ours = session.windows.flatMap((window) => window.panes).filter((pane) => pane.session !== null);
    expect(ours.map((pane) => pane.session)).toEqual(labels.map(({ id }) => id));
    expect(ours.map((pane) => pane.dead)).toEqual(ours.map(() => false));
    const names = await on.tmux.run(
      'list-windows',
      '-t',
      '=shop:',
      '-F',
      '#{window_name} #{window_width}x#{window_height} #{pane-border-status}',
      '-f',
      '#{@claude_tmux_id}',
    );
    expect(names.split('\n')).toEqual(
      session.windows
        .filter((window) => window.panes.some((pane) => pane.session !== null))
        .map((_, at) => `Work ${at === 0 ? 1 : 5} 200x49 top`),
    );
  });

  for (const shell of ['bash', 'zsh', 'fish'])
    test.skipIf(pathOf(shell) === null)(`default-shell ${shell}`, async () => {
      const path = pathOf(shell) ?? '';
      const on = await scene(`set -g default-shell ${path}\n`);
      await on.up(labelsOf(3));
      expect(await on.tmux.run('show-options', '-gv', 'default-shell')).toBe(path);
      await eventually(() => ['p1', 'p2', 'p3'].forEach((id) => readFileSync(on.sandbox.path(`ran.${id}`))));
    });
});

test('nothing of the server changes but the new session', async () => {
  const on = await scene(
    "set -g status-left '#(date)'\nset-hook -g after-new-window 'set -g @x y'\nbind x kill-pane\n",
  );
  await on.tmux.run('new-session', '-d', '-s', 'mine', '-x', '90', '-y', '30', 'sleep 1000');
  const others = async () =>
    on.tmux.run(
      'show-options',
      '-t',
      '=mine:',
      ';',
      'show-options',
      '-w',
      '-t',
      '=mine:',
      ';',
      'list-panes',
      '-s',
      '-t',
      '=mine:',
    );
  const before = [await globals(on), await others()];
  await on.up(labelsOf(4));
  expect([await globals(on), await others()]).toEqual(before);
  expect(await on.tmux.run('show-hooks', '-t', '=shop:')).toBe('');
  const own = (await on.tmux.run('show-options', '-t', '=shop:'))
    .split('\n')
    .map((line) => (line.startsWith('status-format[0]') ? 'status-format[0]' : line));
  expect(own).toEqual([
    '@claude_tmux_fleet 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
    '@claude_tmux_line on',
    'default-size 200x49',
    'destroy-unattached off',
    'status 2',
    'status-format[0]',
    'status-format[1] "#{E:claude_tmux_line}"',
  ]);
});

describe('what tmux could read as more than text', () => {
  const payloads = (canary: string): string[] => [
    `#(touch ${canary})`,
    `#{E:@x}#[fg=red]`,
    `'; run-shell 'touch ${canary}' ; '`,
    `" ; run-shell "touch ${canary}" ; "`,
    `$(touch ${canary})\`touch ${canary}\``,
    `line\nrun-shell 'touch ${canary}'`,
    '-t kill-server;',
    'ends with a backslash \\',
    '🦊 日本 %H:%M ~ $HOME',
    `#(touch ${canary}) `.repeat(300),
  ];

  test('is shown literally on borders and in the status line of a terminal, and nothing runs', async () => {
    const on = await scene();
    const canary = on.sandbox.path('canary');
    const labels = payloads(canary).map((name, index): Label => ({
      id: `p${index}`,
      name,
      color: `#(touch ${canary})`,
    }));
    const { errors } = await on.up(labels, { kind: 'named', name: 'windows' });
    expect(errors).toEqual([]);
    const terminal = await on.attach(attachTo(on, '=shop'), { columns: 120, rows: 30 });
    for (const [index, { name = '' }] of labels.entries()) {
      await on.tmux.run('select-window', '-t', `=shop:${index}`);
      const shown = name.replaceAll('\n', ' ').slice(0, 60).trimEnd();
      await eventually(async () =>
        expect(await terminal.run('capture-pane', '-p')).toContain(` ${index + 1} ${shown}`),
      );
    }
    await on.tmux.run('run-shell', 'sleep 0.2');
    expect(existsSync(canary)).toBe(false);
  });

  test('in a launch file path and a start folder stays a path', async () => {
    const on = await scene();
    const id = "a'b #(touch canary) ;$x";
    const { errors } = await on.up([{ id: id.replaceAll('/', '') }]);
    expect(errors).toEqual([]);
    await eventually(() => readFileSync(on.sandbox.path(`ran.${id}`)));
    expect(existsSync(on.sandbox.path('canary'))).toBe(false);
  });
});
