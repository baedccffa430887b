import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostics.ts';
import { renderDiagnostics } from '../../src/layout/renderDiagnostics.ts';

function at(line: number, column: number, length: number): Diagnostic {
  return {
    severity: 'error',
    code: 'some-code',
    message: 'what is wrong',
    place: { path: 'a.yaml', line, column, length },
  };
}

function frameOf(text: string, diagnostic: Diagnostic): readonly string[] {
  return renderDiagnostics([diagnostic], new Map([['a.yaml', text]]), { color: false })
    .split('\n')
    .slice(1);
}

describe('renderDiagnostics', () => {
  it('gives place, code, message, the line with a caret, and the hint', () => {
    const text = renderDiagnostics([{ ...at(2, 3, 4), hint: 'do this' }], new Map([['a.yaml', 'x\n  name: y\n']]), {
      color: false,
    });
    expect(text).toBe(
      'a.yaml:2:3  error[some-code]  what is wrong\n    2 |   name: y\n      |   ^^^^\n    hint: do this\n',
    );
  });

  it('puts the caret under the place after tabs and wide characters', () => {
    expect(frameOf('\t漢🦊 bad', at(1, 6, 3))).toEqual(['    1 |   漢🦊 bad', '      |        ^^^', '']);
  });

  it('cuts a long line around the place', () => {
    const [frame = '', caret = ''] = frameOf(`${'a'.repeat(5000)}bad${'c'.repeat(5000)}`, at(1, 5001, 3));
    expect(frame.length).toBeLessThan(120);
    expect(frame.slice(caret.indexOf('^'), caret.indexOf('^') + 3)).toBe('bad');
  });

  it('shows what a terminal would act on instead of sending it', () => {
    const text = renderDiagnostics(
      [{ ...at(1, 1, 1), message: 'no \u001b]0;x\u0007', hint: '\u202e\r' }],
      new Map([['a.yaml', 'a\u001b[2J\u009b']]),
      { color: false },
    );
    expect(text).toContain('no \\u001b]0;x\\u0007');
    expect(text).toContain('a\\u001b[2J\\u009b');
    expect(text).toContain('\\u202e\\u000d');
  });

  it('leaves the frame out when the file or the line is not known', () => {
    expect(frameOf('x', at(9, 1, 1))).toEqual(['']);
    expect(renderDiagnostics([at(1, 1, 1)], new Map(), { color: false })).toBe(
      'a.yaml:1:1  error[some-code]  what is wrong\n',
    );
  });

  it('ends the caret with the line under CRLF', () => {
    expect(frameOf('ab\r\ncd', at(1, 1, 9))).toEqual(['    1 | ab', '      | ^^', '']);
  });

  it('colours errors red and warnings yellow when asked to', () => {
    const texts = new Map([['a.yaml', 'ab']]);
    expect(renderDiagnostics([at(1, 1, 1)], texts, { color: true })).toContain('\u001b[31merror[some-code]');
    expect(renderDiagnostics([{ ...at(1, 1, 1), severity: 'warning' }], texts, { color: true })).toContain(
      '\u001b[33mwarning[some-code]',
    );
  });
});
