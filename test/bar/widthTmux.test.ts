import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawable } from '../../src/base/drawable.ts';
import { width } from '../../src/base/width.ts';
import { renderBar } from '../../src/bar/renderBar.ts';
import { eventually } from '../support/eventually.ts';
import { makeBarScreen, type BarScreen } from './screen.ts';
import { fleetOf, NOW } from './sessions.ts';

let screen: BarScreen;

beforeAll(async () => {
  screen = await makeBarScreen({ config: "set -g status-left ''\nset -g status-right ''\n" });
});
afterAll(() => screen.dispose());

/** Cells that tmux counts in each text. A character without a width would hang it, so this is only asked of drawable text. */
async function counted(texts: readonly string[]): Promise<number[]> {
  await screen.publish(texts.map((value, at) => ({ scope: null, name: `claude_tmux_v${at}`, value })));
  const shown = await screen.tmux.run(
    'display-message',
    '-p',
    texts.map((_, at) => `#{w:claude_tmux_v${at}}`).join(' '),
  );
  return shown.split(' ').map(Number);
}

const SAMPLES = [
  'abc',
  'é',
  'e\u0301',
  '日本語',
  '한국어',
  'ᄀ\u1161',
  '👍',
  '👍🏽',
  '👩‍👩‍👧',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'ﾊﾝｶｸ',
  'Ａ',
  '①',
  '±…↻',
  '\u00ad',
  '\u200b',
  '\uf013',
  '𝔘',
  '⌚',
  '☎',
  '䷀',
  '〿',
  'ا',
  '🫠',
];

test.each(SAMPLES)('%j takes the cells that tmux counts', async (text) => {
  expect(await counted([text])).toEqual([width(text)]);
});

/** `#{w:…}` of what versions count differently: 3.2a and 3.3a; 3.4 and 3.5a; 3.6, 3.7c and next-3.8. */
const DIFFERING: readonly (readonly [text: string, cells: readonly [number, number, number]])[] = [
  ...['☝', '⛹', '✌', '✍', '🏋', '🏌', '🕴', '🕵', '🖐'].map((text) => [text, [1, 2, 2]] as const),
  ['☝🏽', [3, 4, 4]],
  ['🕵\ufe0f\u200d♀\ufe0f', [2, 3, 3]],
  ['🇩', [1, 2, 1]],
  ['🇩🇪', [2, 4, 2]],
  ['🇩🇪🇫🇷', [4, 8, 4]],
];

test.each(DIFFERING)('%s takes the most cells that a version of tmux counts', async (text, cells) => {
  expect(width(text)).toBe(Math.max(...cells));
  expect(cells).toContain((await counted([text]))[0]);
});

test('a character made an emoji by U+FE0F counts two, as it is drawn from tmux 3.6 on; tmux counts one', async () => {
  expect(width('❤\ufe0f')).toBe(2);
  expect((await counted(['❤\ufe0f']))[0]).toBeLessThanOrEqual(2);
});

test('every character of the first plane, and every emoji, is counted as each tmux counts it, or is not let through', async () => {
  const differing = new Set([
    ...DIFFERING.map(([text]) => text),
    ...range(0x1f1e6, 0x1f1ff).map((point) => String.fromCodePoint(point)),
  ]);
  const points = [...range(0xa0, 0xd7ff), ...range(0xe000, 0xffff), ...range(0x1f000, 0x1ffff)].map((point) =>
    String.fromCodePoint(point),
  );
  const passed = points.filter(
    (character) => drawable(character) === character && character !== '\ufe0f' && !differing.has(character),
  );
  // Many are asked at once. Trimming drops what has no width and does not hang on it, so it is asked first.
  for (let from = 0; from < passed.length; from += 1600) {
    const texts = passed.slice(from, from + 1600);
    const joined = texts.map((text) => text.replaceAll('#', '##')).join('');
    await screen.publish([{ scope: null, name: 'claude_tmux_v', value: joined }]);
    expect(await screen.tmux.run('display-message', '-p', '#{=/9999:claude_tmux_v}')).toBe(joined);
    expect((await counted([joined]))[0]).toBe(texts.reduce((sum, text) => sum + width(text), 0));
  }
}, 60_000);

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

const written = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom(...SAMPLES, '#', '##[', '\u0378', '\u2028', '\u{1fae9}'), { maxLength: 20 })
    .map((parts) => parts.join('')),
);

test('a rendered text takes no more cells in tmux than were asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(written, fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 20 }),
      async (cases) => {
        const texts = cases.map(([name, columns]) =>
          renderBar([fleetOf([{ name, branch: name }, { name }])], {
            width: columns,
            style: { marks: 'unicode', color: true },
            now: NOW,
          }),
        );
        const cells = await counted(texts);
        cases.forEach(([, columns], at) => expect(cells[at]).toBeLessThanOrEqual(columns));
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test.each([...SAMPLES, ...DIFFERING.map(([text]) => text)])(
  '%j is drawn in no more cells than it is counted: what stands after it is in sight on a client that is just wide enough',
  async (text) => {
    const terminal = await screen.show(40);
    await screen.tmux.run('set-option', '-g', 'status-format[0]', '#{claude_tmux_v}|');
    await screen.publish([{ scope: null, name: 'claude_tmux_v', value: text }]);
    await terminal.resize(width(text) + 1);
    await eventually(async () => expect((await terminal.status(1))[0]).toMatch(/\|$/));
  },
);
