import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench({ processes: true });
  await bench.layout(SHOP);
});
afterAll(() => bench.dispose());

describe('layouts and templates', () => {
  test('new writes a layout that is valid and trusted, and never over a file', async () => {
    for (const strategy of ['component', 'task', 'priority', 'stage']) {
      expect((await bench.ok('new', `mine-${strategy}`, '--strategy', strategy)).stdout).toBe(
        `${join(bench.checkout, `mine-${strategy}.yaml`)}\n`,
      );
      expect((await bench.ok('validate', `mine-${strategy}`)).stdout).toContain('valid');
      expect((await bench.ct(['plan', `mine-${strategy}`])).code).toBe(0);
    }
    expect(await bench.ct(['new', 'mine-task'])).toMatchObject({ code: 1 });
    expect(await readFile(join(bench.checkout, 'mine-task.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=/,
    );
  });

  test('layouts and templates list what names lead to, the nearest first', async () => {
    await mkdir(join(bench.checkout, '.claude-tmux'), { recursive: true });
    await writeFile(join(bench.checkout, '.claude-tmux', 'pair.yaml'), `# Our own pair\n${SHOP}`);
    const listed = (await bench.ok('layouts')).stdout;
    expect(listed).toMatch(/^pair +this folder +Our own pair$/m);
    expect(listed).toMatch(/^frontend-backend +shipped +\S/m);
    const templates = (await bench.ok('templates')).stdout.split('\n');
    expect(templates).toEqual(
      expect.arrayContaining([
        'purpose',
        'feature',
        'debug',
        'refactor',
        'bugfix',
        'plan',
        'implement',
        'test',
        'verify',
        'review',
        'docs',
        'ship',
      ]),
    );
    expect((await bench.ok('templates', 'purpose')).stdout).toContain('All other concerns belong to other sessions');
    expect((await bench.ct(['templates', 'purpos'])).stderr).toContain('did you mean "purpose"');
  });

  test('validate tells everything about each file, also beside one that is not there', async () => {
    await bench.layout('strategy: component\npanes:\n  - {name: A, component: x, colr: red}\n', 'bad.yaml');
    const ended = await bench.ct(['validate', 'bad.yaml', 'shpo', './gone.yaml', 'shop.yaml']);
    expect(ended).toMatchObject({ code: 2, stderr: '' });
    expect(ended.stdout).toMatch(
      /bad\.yaml:3:29 {2}error\[unknown-key\][^]*shpo:1:1 {2}error\[no-file\] {2}no layout "shpo"[^]*gone\.yaml:1:1 {2}error\[no-file\][^]*shop\.yaml: valid/,
    );
    const { layouts } = JSON.parse(
      (await bench.ct(['validate', '--json', 'bad.yaml', './gone.yaml', 'shop.yaml'])).stdout,
    ) as {
      readonly layouts: readonly {
        readonly path: string;
        readonly valid: boolean;
        readonly diagnostics: readonly { readonly code: string; readonly place: unknown }[];
      }[];
    };
    expect(layouts.map(({ valid, diagnostics }) => [valid, ...diagnostics.map(({ code }) => code)])).toEqual([
      [false, 'unknown-key'],
      [false, 'no-file'],
      [true],
    ]);
    expect(layouts[1]).toMatchObject({
      path: join(bench.checkout, 'gone.yaml'),
      diagnostics: [{ place: { path: join(bench.checkout, 'gone.yaml'), line: 1 } }],
    });
  });

  test('validate without a name checks the layouts of the folder, and says when there are none', async () => {
    const cwd = bench.sandbox.path('layouts');
    await bench.git(bench.checkout, 'clone', '-q', bench.remote, cwd);
    await mkdir(join(cwd, '.claude-tmux'), { recursive: true });
    expect(await bench.ct(['validate'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is none here') as unknown,
    });
    const places = [join(cwd, '.claude-tmux.yaml'), join(cwd, '.claude-tmux', 'a.yaml')];
    for (const place of places) await writeFile(place, SHOP);
    expect((await bench.ct(['validate'], { cwd })).stdout).toBe(places.map((place) => `${place}: valid\n`).join(''));
    expect((await bench.ok('cache')).code).toBe(0);
  });

  test('new says when it stands in no checkout, and names the reference that is there', async () => {
    const folder = bench.sandbox.path('plain');
    await mkdir(folder);
    const ended = await bench.ct(['new', 'mine'], { cwd: folder });
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('is in no git checkout') as unknown });
    const page = /^# Keys: (\S+\.md)\./m.exec(await readFile(join(folder, 'mine.yaml'), 'utf8'))?.[1] ?? '';
    expect(await readFile(page, 'utf8')).toContain('# The layout file');
  });

  test('validate --json gives the problems as data', async () => {
    await bench.layout('strategy: componant\npanes: []\n', 'bad.yaml');
    const ended = await bench.ct(['validate', '--json', 'bad.yaml', 'shop.yaml']);
    expect(ended.code).toBe(2);
    const { layouts } = JSON.parse(ended.stdout) as {
      layouts: { valid: boolean; diagnostics: { code: string; place: { line: number; column: number } }[] }[];
    };
    expect(layouts.map((layout) => layout.valid)).toEqual([false, true]);
    expect(layouts[0]?.diagnostics[0]?.place).toMatchObject({ line: 1, column: 11 });
  });
});
