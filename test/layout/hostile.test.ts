import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { branchFault } from '../../src/layout/branchName.ts';
import { loadLayout, type Loaded } from '../../src/layout/load.ts';
import { renderDiagnostics } from '../../src/layout/renderDiagnostics.ts';
import { inputOf } from './support.ts';

/** What breaks tmux, sh, git or a terminal, among ordinary words. */
const nasty = fc.constantFrom(
  '#(touch x)',
  '#{pane_id}',
  '#[fg=red]',
  '$(touch x)',
  '`touch x`',
  '${IFS}',
  '{{prompt}}',
  '{id}',
  "'",
  '"',
  '\\',
  ';',
  '\n',
  '\r',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  '-',
  '--',
  '/',
  '..',
  '.lock',
  '@{',
  '~',
  '🦊',
  '漢',
  'é',
  ' ',
  'a',
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** YAML in double quotes: every character arrives as it is. */
function layoutText(pane: Readonly<Record<string, unknown>>, top: Readonly<Record<string, unknown>> = {}): string {
  return stringify(
    { strategy: 'component', ...top, panes: [{ component: 'x', ...pane }] },
    { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 },
  );
}

function codesOf(loaded: Loaded): readonly string[] {
  return loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code);
}

describe('hostile values', () => {
  it('a label is in the normal form as written, or has a diagnostic', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const loaded = loadLayout(inputOf({ text: layoutText({ name, id: 'a' }) }));
        if (loaded.ok) expect(loaded.layout.panes[0]?.name).toBe(name);
        else
          expect(
            codesOf(loaded).every((code) =>
              ['empty-name', 'control-character', 'nul-character', 'broken-text', 'too-long'].includes(code),
            ),
          ).toBe(true);
      }),
    );
  });

  it('a branch is in the normal form with its placeholders filled in, or has a diagnostic', () => {
    fc.assert(
      fc.property(hostile, (branch) => {
        const loaded = loadLayout(inputOf({ text: layoutText({ name: 'A', id: 'a', branch }) }));
        const tree = loaded.ok ? loaded.layout.panes[0]?.tree : null;
        if (tree?.kind === 'own') expect(tree.spec.branch).toBe(branch.replaceAll('{id}', 'a'));
        else expect(codesOf(loaded)).not.toEqual([]);
      }),
    );
  });

  it('a prompt is told as written, whatever it holds, or has a diagnostic', () => {
    fc.assert(
      fc.property(hostile, (prompt) => {
        const loaded = loadLayout(inputOf({ text: layoutText({ name: 'A', id: 'a', prompt: `x${prompt}` }) }));
        const work = loaded.ok ? loaded.layout.panes[0]?.work : null;
        if (work?.kind === 'agent') expect(work.prompt).toContain(`x${prompt}`);
        else expect(['nul-character', 'broken-text']).toContain(codesOf(loaded)[0]);
      }),
    );
  });

  it('a task is put in as given and never looked at again', () => {
    fc.assert(
      fc.property(hostile, (task) => {
        const loaded = loadLayout(inputOf({ text: layoutText({ name: 'A', id: 'a', prompt: 'Do: {{task}}!' }), task }));
        const work = loaded.ok ? loaded.layout.panes[0]?.work : null;
        expect(work?.kind === 'agent' ? work.prompt : null).toContain(`Do: ${task}!`);
      }),
    );
  });

  it('a fleet name becomes a session name and a folder that need no quotes', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const loaded = loadLayout(inputOf({ text: layoutText({ name: 'A', id: 'a' }, { name: `x${name}` }) }));
        if (!loaded.ok) return;
        expect(loaded.layout.name).toBe(`x${name}`);
        expect(loaded.layout.session).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/);
        expect(loaded.layout.workspace).toMatch(/^\/home\/ann\/workspaces\/[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u);
      }),
    );
  });

  it('any text at all gives a layout or diagnostics, and those can be shown: nothing throws, nothing reaches the terminal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostile,
          fc.string(),
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const loaded = loadLayout(inputOf({ text }));
          const shown = renderDiagnostics(
            loaded.ok ? loaded.warnings : loaded.diagnostics,
            new Map([['team.yaml', text]]),
            { color: false },
          );
          // eslint-disable-next-line no-control-regex -- control characters are what must not be there
          expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('values of any type at any key give a layout or diagnostics', () => {
    const keys = [
      'name',
      'id',
      'color',
      'branch',
      'dir',
      'repo',
      'setup',
      'env',
      'claude',
      'prompt',
      'owns',
      'depends_on',
      'run',
      'in',
      'teleport',
      'template',
      'component',
    ];
    const tops = [
      'name',
      'repo',
      'base',
      'branch',
      'workspace',
      'isolation',
      'arrange',
      'dir',
      'setup',
      'include',
      'link',
      'env',
      'ports',
      'claude',
      'notify',
      'sync',
      'panes',
    ];
    const value = fc.oneof(
      hostile,
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('worktree', 'shared', 'a', '{id}', '~', '/'),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys), value),
        fc.dictionary(fc.constantFrom(...tops), value),
        (pane, top) => {
          const loaded = loadLayout(
            inputOf({
              text: JSON.stringify({
                strategy: 'component',
                panes: [{ component: 'x', name: 'A', ...pane }, pane],
                ...top,
              }),
            }),
          );
          expect(loaded.ok || loaded.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('branch names', () => {
  // `git check-ref-format --branch @` answers for HEAD, which `@` stands for.
  it('are judged as git judges them', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '/',
      '.',
      '-',
      '@',
      '{',
      '}',
      '@{',
      '..',
      '.lock',
      '~',
      '^',
      ':',
      '?',
      '*',
      '[',
      '\\',
      ' ',
      '#(x)',
      '$(x)',
      'é',
      '\u007f',
      '\t',
      'HEAD',
    );
    const names = fc
      .sample(
        fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
        { numRuns: 150, seed: 7 },
      )
      .filter((name) => name !== '@');
    const judged = names.map((name) => ({ name, good: branchFault(name) === null }));
    expect(judged).toEqual(names.map((name) => ({ name, good: gitTakes(name) })));
  });

  it.each(['feature/dark-mode', 'ann/x.y', '漢字', 'a#b', '$(x)'])('%s is good', (name) => {
    expect(branchFault(name)).toBeNull();
  });
});

function gitTakes(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
