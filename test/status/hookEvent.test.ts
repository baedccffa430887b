import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeptOf, parseHookEvent } from '../../src/status/hookEvent.ts';

const kept = (prompt: string): string => parseHookEvent('UserPromptSubmit', 1, { prompt }).detail ?? '';

describe('what is kept of a prompt', () => {
  it('is known again by the text that was sent, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => isKeptOf(kept(text), text) && isKeptOf(kept(text.normalize('NFC')), text)), { examples: [[`${'x'.repeat(198)}e\u0301 and more`], ['e\u0301'.repeat(300)]] });
  });

  it.each([
    ['another text', 'go on', 'go off'],
    ['a draft before it', 'draft go on', 'go on'],
    ['only its beginning', 'go', 'go on'],
    ['a longer one with the same end', 'x'.repeat(300), `y${'x'.repeat(300)}`],
  ])('is not taken for it when it is %s', (_what, came, sent) => {
    expect(isKeptOf(kept(came), sent)).toBe(false);
  });
});
