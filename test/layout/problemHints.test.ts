import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostics.ts';
import { loadLayout } from '../../src/layout/load.ts';
import { inputOf, PANE, pane } from './support.ts';

/** The hint of every diagnostic. */
function problemHints(text: string): readonly (string | undefined)[] {
  const loaded = loadLayout(inputOf({ text }));
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ hint }) => hint);
}

describe('hints', () => {
  it('of panes without an id lists none', () => {
    expect(problemHints('strategy: component\npanes: [{name: Сервер, component: x, depends_on: api}]')).toContain(
      'no pane here has an id: add one, id: short-name',
    );
  });

  const hintOf = (text: string): string | undefined => {
    const loaded = loadLayout(inputOf({ text }));
    const found: readonly Diagnostic[] = loaded.ok ? loaded.warnings : loaded.diagnostics;
    return found[0]?.hint;
  };

  it.each([
    ['workspce: x', 'did you mean "workspace"?'],
    ['windows: []', 'did you mean "panes"?'],
    ['model: opus', 'write it under "claude": claude: {model: …}'],
    ['prompt: x', 'it belongs to a pane'],
  ])('%s at the top of the file: %s', (line, hint) => {
    expect(hintOf(`${line}\nstrategy: component\n${PANE}`)).toBe(hint);
  });

  it.each([
    ['colour: red', 'did you mean "color"?'],
    ['layout: tiled', 'did you mean "arrange", at the top of the file?'],
    ['color: bleu', 'did you mean "blue"?'],
    ['name: 1.10', 'YAML reads it as the number 1.1: put it in quotes'],
  ])('%s in a pane: %s', (line, hint) => {
    expect(
      hintOf(
        `strategy: component\npanes:\n  - component: x\n    ${line}${line.startsWith('name') ? '' : '\n    name: A'}`,
      ),
    ).toBe(hint);
  });
});

describe('a value that YAML takes for a comment', () => {
  it.each(['branch: #x', 'prompt: #12 is broken', 'run: #'])('%s: the hint says to quote it', (written) => {
    const [hint] = problemHints(pane(written));
    expect(hint).toMatch(
      written === 'run: #' ? /write run: ""/ : /^"#" starts a comment in YAML: put the value in quotes: "#/,
    );
  });

  it('is not what a key without any value is', () => {
    expect(problemHints(pane('branch:'))).toEqual(['give it a value or remove the key']);
  });
});
