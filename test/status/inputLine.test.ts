import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsOnly, readInputLine, type InputLine, type StyledScreen } from '../../src/status/inputLine.ts';
import { ROOT } from '../support/sources.ts';

/** Screens of the real Claude Code, a file for each version, size and renderer; `capture-pane -e` with the cursor, from tmux 3.3a. */
const FOLDER = join(ROOT, 'test/fixtures/claude/input');
const files = readdirSync(FOLDER);

const EMPTY: InputLine = { kind: 'empty' };
const UNSEEN: InputLine = { kind: 'unseen' };
const draft = (text: string, clipped = false): InputLine => ({ kind: 'draft', text, clipped });

/** What each screen holds, by its name; a function where it depends on the width. */
const EXPECTED: Readonly<Record<string, InputLine | 'draft'>> = {
  start: EMPTY,
  typed: 'draft',
  'typed-home': draft('rm -rf x'),
  blanks: draft(''),
  'bash-empty': draft('!'),
  'bash-ls': draft('!ls'),
  slash: 'draft',
  'slash-comp': 'draft',
  wide: draft('日本語'),
  multiline: draft('one\ntwo'),
  'newline-only': draft('\n'),
  long: 'draft',
  huge: draft('[Pasted text #1]'),
  pasted: 'draft',
  at: draft('@'),
  help: EMPTY,
  history: UNSEEN,
  transcript: UNSEEN,
  'after-turn': EMPTY,
  working: EMPTY,
  'working-draft': draft('queued one'),
  'working-queued': EMPTY,
  permission: UNSEEN,
  config: UNSEEN,
  rewind: EMPTY,
  'rewind-menu': UNSEEN,
  'copy-mode': EMPTY,
  color: EMPTY,
};

describe.each(files)('the input line on a recorded screen of %s', (file) => {
  const screens = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Readonly<Record<string, StyledScreen>>;
  test.each(Object.entries(screens))('%s', (name, screen) => {
    const expected = EXPECTED[name];
    const found = readInputLine(screen);
    expect(expected, `a screen that nobody described: ${name}`).toBeDefined();
    expect(expected === 'draft' ? found.kind : found).toEqual(expected);
  });
});

test('every version and both renderers were recorded', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      '2.1.197-80x24.json',
      '2.1.197-40x24.json',
      '2.1.332-80x24.json',
      '2.1.332-40x24.json',
      '2.1.332-80x24-fullscreen.json',
      '2.1.332-40x24-fullscreen.json',
    ]),
  );
});

const box = (row: string, x: number): StyledScreen => ({
  text: `────────\n${row}\n────────\n  ? for shortcuts\n`,
  cursor: { x, y: 1 },
});

test('text that is not dim is a draft wherever the cursor stands in it', () => {
  const letters = fc.stringMatching(/^[a-z0-9 äß日本/@#]*[a-z0-9äß日本]$/);
  fc.assert(
    fc.property(letters, fc.nat({ max: 40 }), (text, x) => {
      expect(readInputLine(box(`❯\u00a0${text}`, 2 + x)).kind).toBe('draft');
    }),
  );
});

test('a screen without a box, or with a cursor outside of it, shows no input line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[ -~❯]*$/), { maxLength: 24 }),
      fc.nat({ max: 30 }),
      fc.nat({ max: 30 }),
      (rows, x, y) => {
        expect(readInputLine({ text: rows.join('\n'), cursor: { x, y } })).toEqual(UNSEEN);
      },
    ),
  );
});

describe('the text that was pasted', () => {
  const cases: readonly (readonly [string, InputLine, string, boolean])[] = [
    ['stands there alone', draft('hello'), 'hello', true],
    ['wraps', draft('word word\nword'), 'word word word', true],
    ['is one placeholder', draft('[Pasted text #2 +4 lines]'), 'l1\nl2\nl3\nl4\nl5', true],
    ['is longer than the box shows', draft('the middle of', true), 'begin the middle of', true],
    [
      'is longer than the box shows, and somebody typed behind it',
      draft('the middle of and', true),
      'begin the middle of',
      false,
    ],
    ['is there in part only', draft('hel'), 'hello', false],
    ['stands behind a draft', draft('rm -rf xhello'), 'hello', false],
    ['stands behind a draft as a placeholder', draft('rm -rf [Pasted text #1 +4 lines]'), 'l1\nl2\nl3\nl4\nl5', false],
    ['is followed by what somebody typed', draft('hello there'), 'hello', false],
    ['is not there', EMPTY, 'hello', false],
    ['cannot be seen', UNSEEN, 'hello', false],
    [
      'has a character that the terminal draws in another way',
      draft('a family: \ufffd here'),
      'a family: 👩‍👩‍👧 here',
      true,
    ],
    ['went into shell mode', draft('!hello'), 'hello', false],
  ];
  test.each(cases)('%s', (_name, line, text, expected) => {
    expect(holdsOnly(line, text)).toBe(expected);
  });
});
