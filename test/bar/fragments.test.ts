import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BAR_NAMES, BAR_OPTIONS } from '../../src/bar/names.ts';
import { barVariables } from '../../src/bar/barVariables.ts';
import { eventually } from '../support/eventually.ts';
import { configFrom } from './fragments.ts';
import { makeBarScreen } from './screen.ts';
import { barFleet, fleetOf } from './sessions.ts';

const PAGE = readFileSync(new URL('../../docs/status-bar.md', import.meta.url), 'utf8');

test.each([
  ['plain', ['1 ● F#(touch canary) ', '2 ? Backend', '0:sleep●', '1:sleep?'], /\d\d:\d\d$/],
  ['catppuccin', ['1 ● F#(touch canary) ', '2 ? Backend', ' 0  sleep● ', ' 1  sleep? '], /S +lab$/],
  ['dracula', ['1 ● F#(touch canary) ', '2 ? Backend', ' 0 sleep ● ', ' 1 sleep?'], /CPU 12% .*\d\d:\d\d$/],
  ['powerline', ['1 ● F#(touch canary) ', '2 ? Backend', ' 0 sleep ● ', ' 1 sleep ? '], / 0\.42 {2}10:00$/],
])(
  'the fragment for %s shows sessions, the marks of windows, and what the theme had there',
  async (theme, expected, end) => {
    const screen = await makeBarScreen({
      config: configFrom(theme, (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')),
      windows: 2,
    });
    try {
      await screen.tmux.run('set-option', '-wg', 'automatic-rename', 'off');
      for (const window of ['0', '1']) await screen.tmux.run('rename-window', '-t', `=lab:${window}`, 'sleep');
      await screen.publish(
        barVariables(
          [barFleet(fleetOf([{ name: 'F#(touch canary)' }, { name: 'Backend', state: 'permission', waits: 0 }]))],
          { style: { marks: 'unicode', color: true }, now: Date.now() },
        ),
      );
      const terminal = await screen.show(200);
      await eventually(async () => {
        const [line = ''] = await terminal.status(1);
        for (const text of expected) expect(line).toContain(text);
        expect(line).toMatch(end);
      });
      expect(existsSync(screen.sandbox.path('canary'))).toBe(false);
      await screen.publish([{ scope: null, name: BAR_NAMES.heartbeat, value: '1' }]);
      await eventually(async () => {
        const [line = ''] = await terminal.status(1);
        expect(line).toContain('stale');
        expect(line).not.toMatch(/Backend|●/);
      });
    } finally {
      await screen.dispose();
    }
  },
);

test('the page names every placeholder and option there is, and has its pictures', () => {
  for (const name of [BAR_NAMES.everywhere, BAR_NAMES.window, BAR_NAMES.line])
    expect(PAGE).toContain(`\`#{E:${name}}\``);
  for (const option of Object.values(BAR_OPTIONS)) expect(PAGE).toContain(`\`${option}\``);
  for (const [, path = ''] of PAGE.matchAll(/\]\((images\/[^)]*)\)/g))
    expect(existsSync(new URL(`../../docs/${path}`, import.meta.url))).toBe(true);
});
