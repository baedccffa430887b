import { expect, test } from 'vitest';
import { barVariables } from '../../src/bar/barVariables.ts';
import { barFleet, DAY, fleetOf, NOW, plain } from './sessions.ts';

const LOOK = { style: { marks: 'unicode', color: true }, now: NOW } as const;

function named(variables: ReturnType<typeof barVariables>, name: string): string {
  return variables.find((variable) => variable.name === name)?.value ?? 'not there';
}

test('nothing runs: the places are there and empty, and the heartbeat says since when', () => {
  expect(barVariables([], LOOK)).toEqual([
    { scope: null, name: 'claude_tmux', value: expect.not.stringContaining('claude_tmux_text') as string },
    { scope: null, name: 'claude_tmux_window', value: expect.stringContaining('claude_tmux_map') as string },
    { scope: null, name: 'claude_tmux_map', value: '|' },
    { scope: null, name: 'claude_tmux_ts', value: String(NOW / 1000) },
  ]);
});

test('a fleet has its line in its own session; Claude sessions of no fleet are on the bar and have no line', () => {
  const stray = fleetOf([{ name: 'notes' }], { name: 'home', layout: null, strategy: null });
  const variables = barVariables([barFleet(DAY, { tmuxSession: '$3' }), barFleet(stray, { tmuxSession: '$0' })], LOOK);
  expect([...new Set(variables.map(({ scope }) => scope))]).toEqual([null, '$3']);
  expect(plain(named(variables, 'claude_tmux_text_1'))).toContain('home 1 ● notes');
});

test('a fleet that is down is not on the bar', () => {
  expect(barVariables([barFleet(DAY, { tmuxSession: null })], LOOK)).toEqual(barVariables([], LOOK));
});

test('selectors hold nothing that a user wrote', () => {
  const written = fleetOf(
    [
      { name: 'LABEL', branch: 'BRANCH', path: '/PATH' },
      { name: 'OTHER', state: 'question' },
    ],
    { name: 'FLEET' },
  );
  const selectors = barVariables([barFleet(written), barFleet({ ...written, name: 'TWO' })], LOOK).filter(({ value }) =>
    value.includes('#{'),
  );
  expect(new Set(selectors.map(({ name }) => name))).toEqual(
    new Set(['claude_tmux', 'claude_tmux_window', 'claude_tmux_line']),
  );
  for (const { value } of selectors) expect(value).not.toMatch(/LABEL|BRANCH|PATH|OTHER|FLEET|TWO/);
});

test('click ranges stand in the line alone, around each session, with a blank between', () => {
  const variables = barVariables([barFleet(fleetOf([{}, {}]), { windowIndexes: { '@0': 5, '@1': 7 } })], LOOK);
  expect(named(variables, 'claude_tmux_text_1')).not.toContain('range=');
  expect(named(variables, 'claude_tmux_line_text_1')).toMatch(
    /#\[range=window\|5\].*#\[norange\] {2}#\[range=window\|7\].*#\[norange\]/,
  );
});

test('in the window that is shown already a click selects the pane, where this tmux can', () => {
  const clicks = { windowIndexes: { '@0': 5, '@1': 7 }, paneClicks: '@1' };
  const variables = barVariables([barFleet(fleetOf([{}, {}, { window: '@1' }]), clicks)], LOOK);
  const line = named(variables, 'claude_tmux_line_text_1');
  expect(line.match(/#\[range=[^\]]*\]/g)).toEqual(['#[range=window|5]', '#[range=pane|%1]', '#[range=pane|%2]']);
});

test('a session whose window is not known has no range and no mark, and is shown all the same', () => {
  const variables = barVariables([barFleet(fleetOf([{ window: null, pane: null }]))], LOOK);
  expect(named(variables, 'claude_tmux_map')).toBe('|');
  expect(named(variables, 'claude_tmux_line_text_1')).not.toContain('range=');
  expect(plain(named(variables, 'claude_tmux_line_text_1'))).toContain('1 ● Session 1');
});

test('a window with several sessions bears the mark of the one that is most urgent', () => {
  const fleet = fleetOf([
    { state: 'idle', window: '@4' },
    { state: 'question', window: '@4' },
    { state: 'working', window: '@4' },
  ]);
  expect(plain(named(barVariables([barFleet(fleet)], LOOK), 'claude_tmux_map'))).toBe('|@4=?|');
});

test('sixty sessions make no more than some thirty texts', () => {
  const variables = barVariables(
    [barFleet(fleetOf(Array.from({ length: 60 }, () => ({ name: 'A label of some length' }))))],
    LOOK,
  );
  expect(variables.length).toBeLessThan(40);
});
