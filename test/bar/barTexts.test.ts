import fc from 'fast-check';
import { expect, test } from 'vitest';
import { width } from '../../src/base/width.ts';
import type { BarStyle } from '../../src/bar/bar.ts';
import { barTexts } from '../../src/bar/barTexts.ts';
import { BAR_MARKS, stateMark } from '../../src/bar/marks.ts';
import { renderBar } from '../../src/bar/renderBar.ts';
import { AGENT_STATES } from '../../src/status/agentState.ts';
import { STATES } from '../../src/status/states.ts';
import type { FleetStatus } from '../../src/status/report.ts';
import { DAY, fleetOf, NOW, plain, type Told } from './sessions.ts';

const UNICODE: BarStyle = { marks: 'unicode', color: true };

function shown(fleets: readonly FleetStatus[], columns: number, style = UNICODE): string {
  return plain(renderBar(fleets, { width: columns, style, now: NOW }));
}

test('from wide to narrow: full, medium, short, counts', () => {
  const texts = [200, 114, 70, 30, 12, 5].map((columns) => shown([DAY], columns));
  expect(texts).toEqual([
    '1 ● Frontend - Dark Mode feature/frontend-dark-mode ±3 ↑2  2 ? Backend - Auth API 4m feature/api ±12 ↑1 ↓4  3 ✓ Tests feature/tests ±1 ≠1 rebase  4 ○ Docs feature/docs  5 ▶ Dev server ? ±?',
    '1 ● Frontend - Dark Mode ±3 ↑2  2 ? Backend - Auth API 4m ±12 ↑1↓4  3 ✓ Tests ±1 ≠1 ↻  4 ○ Docs  5 ▶ Dev server ±?',
    '1 ● Front…  2 ? Backend - A… 4m  3 ✓ Tests ≠1↻  4 ○ Docs  5 ▶ Dev s…',
    '1 ● 2 ? 4m 3 ✓ ≠1↻ 4 ○ 5 ▶',
    '1? 1● 3✓',
    '',
  ]);
});

test('those that need you keep a cut name longest', () => {
  const waiting = Array.from({ length: 10 }, (_, at) => ({
    name: `Name ${at} of a session`,
    state: 'permission' as const,
    waits: 0,
  }));
  const text = shown([fleetOf(waiting)], 200);
  for (let at = 0; at < 10; at++) expect(text).toContain(`${at + 1} ? Name ${at}`);
  const one = Array.from({ length: 9 }, (_, at) => ({
    name: `Calm ${at}`,
    state: at === 4 ? ('question' as const) : ('idle' as const),
  }));
  expect(shown([fleetOf(one)], 44)).toContain('5 ? Calm 4');
});

test('branches are cut before they are dropped', () => {
  expect(shown([DAY], 160)).toContain('feature/f…');
});

test('in ASCII marks are ASCII', () => {
  expect(shown([DAY], 200, { marks: 'ascii', color: false })).toMatch(
    /^1 \* Frontend - Dark Mode feature\/frontend-dark-mode ~3 \^2 {2}2 \? Backend - Auth API 4m feature\/api ~12 \^1 v4 {2}3 \+ Tests feature\/tests ~1 !1 rebase {2}4 o Docs/,
  );
});

test('every mark of every kind takes one cell, and in ASCII is ASCII', () => {
  for (const marks of ['unicode', 'ascii', 'nerd'] as const) {
    const all = [
      ...AGENT_STATES.map((state) => stateMark(state, marks)),
      ...Object.values<string>({ ...BAR_MARKS[marks] }),
    ];
    for (const mark of all) expect([mark, width(mark)]).toEqual([mark, 1]);
    if (marks === 'ascii') expect(all.join('')).toMatch(/^[!-~]+$/);
  }
});

test('what is not known is ?, what is none is left out, and neither is zero', () => {
  expect(shown([fleetOf([{ name: 'A', branch: 'b', changes: null, ahead: null, behind: null }])], 80)).toBe(
    '1 ● A b ±?',
  );
  expect(shown([fleetOf([{ name: 'A', branch: null, changes: null }])], 80)).toBe('1 ● A ? ±?');
  expect(shown([fleetOf([{ name: 'A', branch: null, changes: 0 }])], 80)).toBe('1 ● A detached');
  expect(shown([fleetOf([{ name: 'A', branch: 'b', ahead: null, behind: null }])], 80)).toBe('1 ● A b ↑?');
  expect(shown([fleetOf([{ name: 'A', branch: 'b' }])], 80)).toBe('1 ● A b');
});

test('without colours nothing is coloured, and what needs you still stands out', () => {
  const text = renderBar([DAY], { width: 200, style: { marks: 'unicode', color: false }, now: NOW });
  expect(text).not.toMatch(/[fb]g=/);
  expect(text).toContain('#[reverse bold]? Backend - Auth API 4m#[default]');
});

test("on a theme's ground only what brings its own ground is coloured", () => {
  const styles = [...renderBar([DAY], { width: 200, style: UNICODE, now: NOW }).matchAll(/#\[([^\]]*)\]/g)].map(
    ([, style]) => style,
  );
  expect(styles).toEqual(['push-default', 'bg=yellow fg=black bold', 'default', 'default', 'pop-default']);
});

test.each(['component', 'task', 'priority', 'stage'])(
  'under %s a session that needs you is never left out before one that does not',
  (strategy) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...AGENT_STATES), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        (states, columns) => {
          const fleet = fleetOf(
            states.map((state): Told => ({ state })),
            { strategy },
          );
          const needing = states.flatMap((state, at) => (STATES[state].needsYou ? [at + 1] : []));
          const text = shown([fleet], 1 + (columns % 300));
          if (!/ {2}\+\d+$/.test(text)) return;
          const kept = [...text.matchAll(/(?:^| )(\d+) \S/g)].map((match) => Number(match[1]));
          const calm = kept.filter((number) => !needing.includes(number));
          if (calm.length > 0) expect(kept).toEqual(expect.arrayContaining(needing));
          expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        },
      ),
    );
  },
);

test('a narrow bar keeps the first sessions, and under stage the running one with its neighbours', () => {
  const states = Array.from({ length: 12 }, (_, at): Told => ({
    state: at < 6 ? 'done' : at === 6 ? 'working' : 'waiting',
  }));
  expect(shown([fleetOf(states)], 35)).toMatch(/^1 ✓ 2 ✓ .* {2}\+\d+$/);
  expect(shown([fleetOf(states, { strategy: 'stage' })], 35)).toMatch(/^4 ✓ 5 ✓ 6 ✓ 7 ● 8 ⧗ 9 ⧗ .*\+\d+$/);
});

test('several fleets bear their names, and their sessions give way in turn', () => {
  const fleets = [fleetOf([{}, {}, {}]), fleetOf([{ state: 'idle' }], { name: 'api' })];
  expect(shown(fleets, 200)).toBe(
    'shop 1 ● Session 1 feature/api  2 ● Session 2 feature/api  3 ● Session 3 feature/api · api 1 ○ Session 1 feature/api',
  );
  expect(shown(fleets, 30)).toBe('shop 1 ● 2 ● 3 ● · api 1 ○');
});

test('counts say what went wrong, what runs in the background and what is unknown, and never call it ok', () => {
  const states = ['permission', 'limited', 'working', 'background', 'crashed', 'unknown', 'idle', 'done'] as const;
  const texts = barTexts([fleetOf(states.map((state) => ({ state })))], {
    style: UNICODE,
    now: NOW,
    isOwnGround: false,
    clickRange: () => null,
  }).map(({ text }) => plain(text));
  expect(texts.at(-2)).toBe('3? 1● 1◐ 1-');
});

/** Labels and branches nobody would think of. */
const written = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '#',
        '#[',
        '#(',
        '#{',
        ']',
        '}',
        ',',
        '%',
        '\n',
        '\u001b[31m',
        '日',
        '👩‍👩‍👧',
        '🇩🇪',
        '❤️',
        'e\u0301',
        '\u202e',
        '\ud800',
        '\u0378',
        'x'.repeat(10_000),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

test('whatever labels and branches hold, a text keeps to its width, to one line, and to styles of our own', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: written, branch: written }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 250 }),
      (sessions, columns) => {
        const text = renderBar([fleetOf(sessions)], { width: columns, style: UNICODE, now: NOW });
        expect(width(plain(text))).toBeLessThanOrEqual(columns);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        const styles = [...text.replaceAll('##', '').matchAll(/#(.?[^\]]*)/gu)].map(([, style]) => style);
        for (const style of styles) expect(style).toMatch(/^\[(push-default|pop-default|default)$/);
      },
    ),
  );
});
