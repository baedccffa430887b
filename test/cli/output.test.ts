import { describe, expect, it } from 'vitest';
import { openOutput, type Passes } from '../../src/cli/output.ts';

const HOSTILE = 'a\u001b[31m\u202e\u009b\u0007b\tc\n';
const SHOWN = 'a\\u001b[31m\\u202e\\u009b\\u0007b\tc\n';

/** What reaches a stream of a program that is not this process. */
function written(text: string, { passes, isTTY }: { readonly passes?: Passes; readonly isTTY: boolean }): string {
  let all = '';
  const stream = { isTTY, columns: 80, rows: 24, on: () => stream, write: (part: string) => (all += part) };
  openOutput({ stdout: stream } as unknown as NodeJS.Process, 'stdout').write(text, passes);
  return all;
}

describe('the way out', () => {
  it.each([true, false])('shows hostile text as escapes; on a terminal: %s', (isTTY) => {
    expect(written(HOSTILE, { isTTY })).toBe(SHOWN);
  });

  it('keeps the value of JSON', () => {
    const value = { detail: 'x\u009by\u202e\u{e0041}\ud800' };
    const text = written(JSON.stringify(value), { isTTY: false });
    expect(text).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('lets colours of ours through where the writer painted, and nothing else', () => {
    expect(written('\u001b[31mx\u001b[39m\u001b[2J', { passes: 'painted', isTTY: true })).toBe(
      '\u001b[31mx\u001b[39m\\u001b[2J',
    );
  });

  it('gives a program every byte, and a terminal none that it acts on', () => {
    expect(written(HOSTILE, { passes: 'exact', isTTY: false })).toBe(HOSTILE);
    expect(written(HOSTILE, { passes: 'exact', isTTY: true })).toBe(SHOWN);
  });
});
