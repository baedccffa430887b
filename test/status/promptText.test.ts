import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHookEvent } from '../../src/status/hookEvent.ts';
import { isKeptOf, withoutPasteTags } from '../../src/status/promptText.ts';
import { parseTranscriptTail } from '../../src/status/transcript.ts';

const kept = (prompt: string): string => parseHookEvent('UserPromptSubmit', 1, { prompt }).detail ?? '';

/** What Claude Code 2.1.332 makes of a paste of more than 800 characters or three line breaks; `id` is the same for a whole session. */
const wrapped = (text: string, { id = '4965', before = '' } = {}): string => {
  const body = text.replace(/<(?=\/?pasted_content)/g, '<\\');
  return `${before}\n\n<pasted_content id="${id}">\n${body}\n</pasted_content id="${id}">\n`;
};
/** Characters that it drops. */
const stripped = (text: string): string => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');

/** As each version gives a prompt on, by name. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  'as it is (2.1.197)': (text) => text,
  composed: (text) => text.normalize('NFC'),
  'without direction marks (2.1.332)': (text) => stripped(text).normalize('NFC'),
  'as a paste (2.1.332)': (text) => wrapped(stripped(text).normalize('NFC')),
};

const TEXTS = [
  ...[799, 800, 801].map((length) => 'x y'.repeat(300).slice(0, length)),
  ...[2, 3, 4].map((breaks) => Array.from({ length: breaks + 1 }, (_, line) => `line ${line}`).join('\n')),
  'line 1\r\nline 2\r\nline 3\r\nline 4\r\n',
  'tell me what <pasted_content id="4965"> means\nand\n</pasted_content id="4965">\nthat',
  `<pasted_content id="4965">\nmine\n</pasted_content id="4965">\n${'x'.repeat(900)}`,
  `${'y'.repeat(185)} <pasted_content id="4965"> and more`,
  `${'y'.repeat(195)} </pasted_content and more`,
  '\u202egnp.exe\u202c is a file',
  `${'x'.repeat(198)}e\u0301 and more`,
  'e\u0301'.repeat(300),
  `${'a'.repeat(199)}…`,
  'family \u{1f468}\u200d\u{1f469}\u200d\u{1f467} of emoji',
];
const tagged = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.constantFrom(
        '\n',
        '<pasted_content id="4965">\n',
        '\n</pasted_content id="4965">\n',
        '<\\pasted_content',
        '\u202e',
        '\u2066',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('what is kept of a prompt', () => {
  it.each(Object.entries(WAYS))('is known again by the text that was sent, given on %s', (_way, give) => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 400 }), tagged), (text) =>
        isKeptOf(kept(give(text)), text),
      ),
      { examples: TEXTS.map((text): [string] => [text]) },
    );
  });

  it('is known again where the JSON of a long paste was cut', () => {
    const long = 'many words and\n'.repeat(9000);
    expect(isKeptOf(kept(wrapped(long).slice(0, 60_000)), long)).toBe(true);
  });

  it.each([
    ['another text', 'go on', 'go off'],
    ['a draft before it', 'draft go on', 'go on'],
    ['a draft before the paste', wrapped('1\n2\n3\n4', { before: 'draft ' }), '1\n2\n3\n4'],
    ['another paste', wrapped('1\n2\n3\n4'), '1\n2\n3\n5'],
    ['only its beginning', 'go', 'go on'],
    ['a longer one with the same end', 'x'.repeat(300), `y${'x'.repeat(300)}`],
  ])('is not taken for it when it is %s', (_what, came, sent) => {
    expect(isKeptOf(kept(came), sent)).toBe(false);
  });
});

describe('the last prompt that is shown', () => {
  const shown = (prompt: string): string | null =>
    parseTranscriptTail(JSON.stringify({ type: 'last-prompt', lastPrompt: prompt })).lastPrompt;

  it.each([
    ['a paste', wrapped('one\ntwo\nthree\nfour'), 'one two three four'],
    ['words and a paste', wrapped('one\ntwo', { before: 'Do this:' }), 'Do this: one two'],
    ['two pastes', `${wrapped('one')}${wrapped('two')}`, 'one two'],
    [
      'a paste that speaks of the tag',
      wrapped('what is <pasted_content id="4965">?'),
      'what is <pasted_content id="4965">?',
    ],
    [
      'words that speak of the tag',
      'what is <pasted_content id="4965"> for?',
      'what is <pasted_content id="4965"> for?',
    ],
    ['a tag with another end', '<pasted_content>one</pasted_content>', '<pasted_content>one</pasted_content>'],
  ])('is without the tags around %s', (_what, prompt, expected) => {
    expect(kept(prompt)).toBe(expected);
    expect(shown(prompt)?.replace(/ +/g, ' ')).toBe(expected);
  });

  it('is the text of any paste, whatever stands in it', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => withoutPasteTags(wrapped(text)) === text.trim()));
  });
});
