import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { output } from '../support/run.ts';
import { ROOT } from '../support/sources.ts';

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Job {
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

const document = parseDocument(readFileSync(join(ROOT, '.github/workflows/test.yml'), 'utf8'));
const jobs = Object.entries((document.toJS() as Workflow).jobs);
const steps = jobs.flatMap(([, job]) => job.steps ?? []);

test('the workflow is YAML without a warning, and each job has a runner, a time limit and the one test command', () => {
  expect([...document.errors, ...document.warnings]).toEqual([]);
  expect(jobs.map(([name]) => name)).toEqual(['linux', 'macos']);
  for (const [, job] of jobs) {
    expect(job['runs-on']).toMatch(/^(ubuntu|macos)-latest$/);
    expect(job['timeout-minutes']).toBe(90);
    expect((job.steps ?? []).filter(({ run }) => run?.includes('scripts/test'))).toHaveLength(1);
  }
});

test('each step either runs a script or uses an action of a fixed version', () => {
  expect(steps.filter(({ run, uses }) => (run === undefined) === (uses === undefined))).toEqual([]);
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
});

test.each(steps.flatMap(({ run }) => (run === undefined ? [] : [run])))(
  'the script %j is one that a shell can read',
  async (script) => {
    // Expressions are put in before a shell sees the text.
    const text = script.replace(/\$\{\{[^}]*\}\}/g, 'VALUE');
    expect(await output('sh', ['-n', '-c', text], { env: { PATH: '/usr/bin:/bin' } })).toBe('');
  },
);
