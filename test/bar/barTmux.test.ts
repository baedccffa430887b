import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BarStyle, BarVariable } from '../../src/bar/bar.ts';
import { barTexts } from '../../src/bar/barTexts.ts';
import { barVariables } from '../../src/bar/barVariables.ts';
import { eventually } from '../support/eventually.ts';
import { makeBarScreen, type BarScreen } from './screen.ts';
import { barFleet, DAY, fleetOf, plain, type Told } from './sessions.ts';

const UNICODE: BarStyle = { marks: 'unicode', color: true };
const CONFIG = `
set -g mouse on
set -g status 2
set -g status-format[1] '#{E:claude_tmux_line}'
set -g status-left '<#{E:claude_tmux}>'
set -g status-right '{#{E:claude_tmux}}'
set -g status-left-length 60
set -g window-status-format '#I#{E:claude_tmux_window}'
set -g window-status-current-format '#I#{E:claude_tmux_window}'
`;
let screen: BarScreen;
let canary: string;

beforeAll(async () => {
  screen = await makeBarScreen({ config: CONFIG, windows: 3 });
  canary = screen.sandbox.path('canary');
});
afterAll(() => screen.dispose());

/** The variables as of this moment of the real clock, which tmux compares with. */
function variables(sessions: readonly Told[], now = Date.now()): readonly BarVariable[] {
  return barVariables([barFleet(fleetOf(sessions))], { style: UNICODE, now });
}

test('clients of different widths show different texts of one fleet at the same time', async () => {
  const now = Date.now();
  await screen.publish(barVariables([barFleet(DAY)], { style: UNICODE, now }));
  const texts = barTexts([DAY], { style: UNICODE, now, isOwnGround: true, clickRange: () => null }).filter(
    ({ cells }) => cells >= 8,
  );
  for (const columns of [220, 120, 70, 30]) {
    const terminal = await screen.show(columns);
    const expected = plain(texts.find(({ cells }) => cells <= columns)?.text ?? 'no text fits');
    await eventually(async () => expect((await terminal.status(1))[0]).toBe(expected));
  }
});

test('in status-left and status-right there are counts, and more once status-right-length gives room', async () => {
  const terminal = await screen.show(180);
  await screen.publish(variables([{ state: 'permission', name: 'Frontend' }, {}, { state: 'done' }]));
  await eventually(async () => expect((await terminal.status(2))[0]).toMatch(/^<1\? 1● 1✓>.*\{1\? 1● 1✓\}$/));
  await screen.tmux.run('set-option', '-g', 'status-right-length', '160');
  await eventually(async () =>
    expect((await terminal.status(2))[0]).toMatch(/\{1 \? Frontend .*2 ● Session 2.*3 ✓ Session 3.*\}$/),
  );
  await screen.tmux.run('set-option', '-gu', 'status-right-length');
});

test('each window shows the mark of its session, and the theme has its colours again after it', async () => {
  const terminal = await screen.show(100);
  await screen.tmux.run('set-option', '-g', 'window-status-format', '#[fg=red bg=blue]#I#{E:claude_tmux_window}x');
  await screen.publish(
    variables([{ window: '@0' }, { window: '@1', state: 'question' }, { window: '@1', state: 'idle' }]),
  );
  await eventually(async () => expect((await terminal.status(2))[0]).toContain('0● 1?x 2x'));
  const [line = ''] = await terminal.painted(2);
  expect(line.replaceAll('\u001b', '')).toMatch(/\[30m\[43m\?\S*\[31m\[44mx/);
  await screen.tmux.run('set-option', '-g', 'window-status-format', '#I#{E:claude_tmux_window}');
});

test('values that nobody has stood behind for 90 s say that they are stale, without a process', async () => {
  const terminal = await screen.show(130);
  await screen.publish(variables([{}]));
  await eventually(async () => expect((await terminal.status(1))[0]).toContain('Session 1'));
  await screen.publish([{ scope: null, name: 'claude_tmux_ts', value: String(Math.floor(Date.now() / 1000) - 95) }]);
  await eventually(async () => {
    const [first = '', second = ''] = await terminal.status(2);
    expect(first).toMatch(/^<stale>.*\{stale\}$/);
    expect(first).not.toContain('●');
    expect(second).toMatch(/^stale /);
  });
  await screen.publish([{ scope: null, name: 'claude_tmux_ts', value: String(Math.floor(Date.now() / 1000) - 60) }]);
  await eventually(async () => expect((await terminal.status(1))[0]).toContain('Session 1'));
});

test('a clock that was put back an hour does not keep dead values fresh', async () => {
  const terminal = await screen.show(131);
  await screen.publish([
    ...variables([{}]),
    { scope: null, name: 'claude_tmux_ts', value: String(Math.floor(Date.now() / 1000) + 3600) },
  ]);
  await eventually(async () => expect((await terminal.status(2))[0]).toMatch(/^<stale>/));
});

test('without any variable the places are empty', async () => {
  const fresh = await makeBarScreen({ config: CONFIG });
  try {
    const terminal = await fresh.show(80);
    await eventually(async () => expect(await terminal.status(2)).toEqual([expect.stringMatching(/^<>0 +\{\}$/), '']));
  } finally {
    await fresh.dispose();
  }
});

const HOSTILE = [
  '#(touch CANARY)',
  '#{E:status-left}',
  '#[fg=red]x',
  '%H:%M',
  'a}b',
  'a,b',
  'x#',
  '##',
  '#,#}',
  '|@1=?|',
  '#{?1,a,b}',
  '#[range=window|2]',
  '\\1&',
  '\';"$HOME`id`',
];

test.each(HOSTILE)('the label and branch %j are drawn as they are and run nothing', async (written) => {
  const text = written.replace('CANARY', canary);
  await screen.tmux.run('set-option', '-g', 'status-right-length', '300');
  await screen.publish(variables([{ name: text.slice(0, 40), branch: text.slice(0, 40), window: '@0' }]));
  const terminal = await screen.show(299);
  await eventually(async () => {
    const [first = '', second = ''] = await terminal.status(2);
    expect(second).toBe(`1 ● ${text.slice(0, 40)} ${text.slice(0, 40)}`);
    expect(first).toContain(`<1 ● ${text.slice(0, 40)}`);
    expect(first).toContain(`{1 ● ${text.slice(0, 40)} ${text.slice(0, 40)}}`);
  });
  expect(existsSync(canary)).toBe(false);
  await screen.tmux.run('set-option', '-gu', 'status-right-length');
});

test('a click on a session in the line selects its window, whatever stands before it', async () => {
  const terminal = await screen.show(132);
  await screen.publish(variables([{ name: '日本語 👍' }, { name: 'Second' }, { name: 'Third' }]));
  const line = await eventually(async () => {
    const [text = ''] = await terminal.status(1);
    expect(text).toContain('Third');
    return text;
  });
  expect(line.startsWith('1 ● 日本語 👍 ')).toBe(true);
  // Clicked again until it counts: tmux takes a second click soon after the first for a double click.
  for (const [column, index] of [
    [45, '1'],
    [2, '0'],
  ] as const) {
    await eventually(async () => {
      await terminal.click(column, 8);
      expect(await screen.tmux.run('display-message', '-p', '-t', '=lab:', '#{window_index}')).toBe(index);
    });
  }
});
