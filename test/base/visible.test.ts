import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paint } from '../../src/base/paint.ts';
import { exactLine, oneLine } from '../../src/base/text.ts';
import { visible, visibleDrawing, visiblePainted } from '../../src/base/visible.ts';

/** Text of any UTF-16 units, with what hides or turns text more often than chance has it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;x\u0007',
        '\u009b2J',
        '\u202e',
        '\u2066',
        '\u061c',
        '\u200b',
        '\u200d',
        '\ufeff',
        '\u{e0041}',
        '\ufe0f',
        '\u2028',
        '\ud800',
        '\r',
        '\t',
        '\n',
      ),
    ),
  )
  .map((parts) => parts.join(''));

// What must never be there.
const RAW =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/u;

describe('the gate for text', () => {
  it('lets nothing through that a terminal acts on or hides', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(visible(text)).not.toMatch(RAW);
        expect(oneLine(text)).not.toMatch(/[\n\t]/);
        expect(exactLine(text)).not.toMatch(/[\n\t]/);
      }),
    );
  });

  it('leaves a JSON text equal in value', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (value) => {
        const text = visible(JSON.stringify(value, null, 2));
        expect(text).not.toMatch(RAW);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('goes through twice as once', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });

  it('shows the escape of what it stops', () => {
    expect(exactLine('ls\n rm\t-rf \u001b[2K\r')).toBe('ls\\u000a rm\\u0009-rf \\u001b[2K\\u000d');
    expect(oneLine('two\r\n\tlines \u001b[2K')).toBe('two   lines \\u001b[2K');
    expect(visible('a\u202eb\u0007\u{e0041}\u009b')).toBe('a\\u202eb\\u0007\\udb40\\udc41\\u009b');
  });

  it.each(['Größe 日本語 العربية', '👩‍💻 🤷🏽‍♂️ ⚠️ 1️⃣', 'می‌خواهم', 'क्‍ष', '葛\u{e0100}', '\uf252 \u{f0001}'])(
    'leaves %s as it is written',
    (text) => {
      expect(visible(text)).toBe(text);
      expect(oneLine(text)).toBe(text);
    },
  );

  it.each(['ls\u200d', 'rm\u200c-rf', 'a\ufe0f', '\ufe0f\ufe0f', '\u{1f3f4}\u{e0067}', '\u3164', '\u034f'])(
    'shows a joiner, a selector or a filler that belongs to nothing: %j',
    (text) => {
      expect(visible(text)).toContain('\\u');
    },
  );

  it('knows its own colours and movements, and no other sequence', () => {
    const own = paint('x', '#102030', true) + paint('y', 'red', true) + paint('z', 'colour208', true);
    expect(visiblePainted(own)).toBe(own);
    expect(visible(own)).not.toContain('\u001b');
    expect(visiblePainted('\u001b[8m \u001b[2J \u001b[1;31m')).not.toContain('\u001b');
    expect(visibleDrawing('\u001b[3A\u001b[J')).toBe('\u001b[3A\u001b[J');
    expect(visibleDrawing('\u001b[2J\u001b[3B')).not.toContain('\u001b');
  });
});
