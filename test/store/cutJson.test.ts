import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCutObject } from '../../src/store/cutJson.ts';

describe('a JSON object that was cut off', () => {
  it.each([
    ['{"a":1,"b":"tex', { a: 1, b: 'tex' }],
    ['{"a":1,"b":"tex\\', { a: 1, b: 'tex' }],
    ['{"a":1,"b":"tex\\\\', { a: 1, b: 'tex\\' }],
    ['{"a":1,"b":"tex\\u00e', { a: 1, b: 'tex' }],
    ['{"a":1,"b":"tex\\\\u00e', { a: 1, b: 'tex\\u00e' }],
    ['{"a":{"b":["c","d', { a: { b: ['c', 'd'] } }],
    ['{"a":1,"b":{"c":2},"d', { a: 1, b: { c: 2 } }],
    ['{"a":1,"d":', { a: 1 }],
    ['{"a":1,"d":tr', { a: 1 }],
    ['{"a":"},{,\\"', { a: '},{,"' }],
  ])('%s keeps what came', (text, object) => {
    expect(parseCutObject(text)).toEqual(object);
  });

  it.each(['', 'x', '{', '"text', '[1', '{"a'])('%j is none, or an empty one', (text) => {
    expect(parseCutObject(text) ?? {}).toEqual({});
  });

  it('keeps the beginning of its last text and all members before it, wherever the cut is', () => {
    const value = fc.record({ session_id: fc.string(), n: fc.integer(), prompt: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(value, fc.nat(), (object, at) => {
        const text = JSON.stringify(object);
        const least = text.indexOf('"prompt":"') + '"prompt":"'.length;
        const cut = parseCutObject(text.slice(0, least + (at % (text.length - least + 1))));
        expect(cut).toMatchObject({ session_id: object.session_id, n: object.n });
        expect(object.prompt.startsWith(String(cut?.prompt))).toBe(true);
      }),
    );
  });
});
