import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layoutJsonSchema } from '../../src/layout/jsonSchema.ts';
import { loadLayout } from '../../src/layout/load.ts';
import { newLayoutText } from '../../src/layout/newLayout.ts';
import { STRATEGIES } from '../../src/layout/layout.ts';
import { layoutReference } from '../../src/layout/reference.ts';
import { STRATEGY_FACTS } from '../../src/layout/strategies.ts';
import { inputOf, shippedTemplates, SHIPPED } from './support.ts';

const names = readdirSync(SHIPPED).filter((name) => name.endsWith('.yaml'));

describe('shipped layouts', () => {
  it('are the eleven that the documentation names', () => {
    const expected = [
      'boris',
      'by-component',
      'by-priority',
      'by-stage',
      'by-task',
      'feature-pipeline',
      'frontend-backend',
      'investigate-fix',
      'multi-component',
      'pair',
      'review-prep',
    ];
    expect(names.map((name) => name.replace('.yaml', ''))).toEqual(expected);
  });

  it.each(names)('%s is valid without a warning, with and without a task', (name) => {
    const text = readFileSync(new URL(name, SHIPPED), 'utf8');
    for (const task of [null, 'the task']) {
      const loaded = loadLayout(inputOf({ path: `layouts/${name}`, text, task }));
      expect(loaded).toMatchObject({ ok: true, warnings: [] });
    }
  });

  it.each(names)('%s points editors to the schema and says on its second line what it is for', (name) => {
    const [first, second] = readFileSync(new URL(name, SHIPPED), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./layout.schema.json');
    expect(second).toMatch(/^# [A-Z].{20,}[.:]$/);
  });

  it.each(['feature-pipeline', 'multi-component', 'investigate-fix', 'review-prep'])(
    '%s takes the task as an argument and tells it to every session',
    (name) => {
      const text = readFileSync(new URL(`${name}.yaml`, SHIPPED), 'utf8');
      expect(loadLayout(inputOf({ text }))).toMatchObject({ ok: true, asksForTask: true });
      const loaded = loadLayout(inputOf({ text, task: 'Export as CSV' }));
      expect(loaded).toMatchObject({ ok: true, asksForTask: false });
      const prompts = loaded.ok
        ? loaded.layout.panes.map(({ work }) => (work.kind === 'agent' ? work.prompt : null))
        : [];
      expect(prompts).toHaveLength(5);
      for (const prompt of prompts) expect(prompt).toContain('Export as CSV');
    },
  );
});

describe('shipped templates', () => {
  it('has one for each template that a strategy uses', () => {
    const used = STRATEGIES.flatMap((strategy) =>
      Object.values(STRATEGY_FACTS[strategy].keys).map(({ template }) => template),
    );
    expect([...shippedTemplates().keys()].toSorted()).toEqual([...new Set(used)].toSorted());
  });

  it.each([...shippedTemplates()])('%s holds the prompt once and only known placeholders', (_, text) => {
    const words = [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, word]) => word);
    expect(words.filter((word) => word === 'prompt')).toHaveLength(1);
    expect(['prompt', 'task', 'name', 'branch', 'base', 'owns', 'others', 'handoff']).toEqual(
      expect.arrayContaining(words),
    );
  });
});

describe('what `new` writes', () => {
  it.each(STRATEGIES)('is valid under the strategy %s, with every id written out', (strategy) => {
    const loaded = loadLayout(inputOf({ text: newLayoutText({ strategy, schemaPath: '/x/layout.schema.json' }) }));
    expect(loaded).toMatchObject({ ok: true, warnings: [], layout: { strategy } });
    expect(loaded.ok && loaded.layout.panes.every(({ idWritten }) => idWritten)).toBe(true);
  });

  it('keeps a hostile fleet name and schema path in their places', () => {
    const name = 'a": b\n#(touch x)';
    const text = newLayoutText({ strategy: 'task', name, schemaPath: 'x\nname: evil' });
    const loaded = loadLayout(inputOf({ text }));
    expect(loaded.ok).toBe(false);
    expect(loaded).toMatchObject({ diagnostics: [{ code: 'control-character', place: { line: 4 } }] });
  });
});

describe('generated files', () => {
  it('the committed JSON Schema is the one the declaration gives (npm run generate)', () => {
    expect(JSON.parse(readFileSync(new URL('layout.schema.json', SHIPPED), 'utf8'))).toEqual(layoutJsonSchema());
  });

  it('the committed reference page is the one the declaration gives (npm run generate)', () => {
    expect(readFileSync(new URL('../docs/layout-file.md', SHIPPED), 'utf8')).toBe(layoutReference());
  });
});
