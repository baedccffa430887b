import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { appendFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { followed, makeClones } from './followed.ts';

const FOLDERS = 3000;
let sandbox: Sandbox;
let large: string;
/** A repository of 30,000 files in 3,000 folders, made once. */
beforeAll(async () => {
  sandbox = await makeSandbox();
  large = sandbox.path('large');
  for (let folder = 0; folder < FOLDERS; folder++) {
    const path = join(large, `part${folder % 50}`, `m${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 10; file++)
      writeFileSync(join(path, `f${file}.ts`), `export const x = ${folder * 10 + file};\n`);
  }
  await git(large, ['init', '-q'], sandbox.env);
  await git(large, ['add', '-A'], sandbox.env);
  await git(large, ['commit', '-qm', 'Large'], sandbox.env);
}, 300_000);
afterAll(() => sandbox.dispose());

it('a clone of 30,000 files: an edit, a new folder, a checkout that replaces a hundred folders', async () => {
  const live = await followed([large], { env: sandbox.env });
  try {
    await appendFile(join(large, 'part7/m7/f3.ts'), '// edited\n');
    await live.told(large, { changes: 1 });
    await mkdir(join(large, 'part7/m7/new'));
    await live.exact(large);
    await writeFile(join(large, 'part7/m7/new/x'), '');
    await live.told(large, { changes: 2 });
    await git(large, ['checkout', '-q', '-b', 'less'], sandbox.env);
    await git(large, ['rm', '-rq', 'part9'], sandbox.env);
    await git(large, ['commit', '-qm', 'Less'], sandbox.env);
    await git(large, ['checkout', '-q', '-'], sandbox.env);
    await live.exact(large, { changes: 2 });
    await appendFile(join(large, 'part9/m9/f0.ts'), '// edited\n');
    await live.told(large, { changes: 3 });
  } finally {
    live.trees.close();
  }
}, 180_000);

it('fifty clones, each of them edited: each has its own reading', async () => {
  const made = await makeClones(1);
  const paths = Array.from({ length: 50 }, (_, at) => made.sandbox.path('many', String(at)));
  await mkdir(made.sandbox.path('many'));
  for (const path of paths) await cp(made.clones[0] ?? '', path, { recursive: true, preserveTimestamps: true });
  const live = await followed(paths, { env: made.sandbox.env });
  try {
    for (const [at, path] of paths.entries())
      for (let file = 0; file <= at % 3; file++) await writeFile(join(path, 'src/deep/er', `new${file}`), '');
    for (const [at, path] of paths.entries()) await live.told(path, { untracked: 1 + (at % 3) });
    expect(live.problems).toEqual([]);
  } finally {
    live.trees.close();
    await made.sandbox.dispose();
  }
}, 180_000);

it('when more happened in one moment than the kernel keeps, everything is looked at anew', async () => {
  const { sandbox: own, clones } = await makeClones(2);
  const live = await followed(clones, { env: own.env });
  const [first = '', second = ''] = clones;
  try {
    // Two files by turns: equal events in a row are one.
    for (let count = 0; count < 10_000; count++)
      for (const name of ['README.md', 'src/a.txt']) appendFileSync(join(first, name), 'x');
    // The event of this one is dropped.
    appendFileSync(join(second, 'src/b.txt'), 'edited\n');
    await live.told(second, { changes: 1 });
    appendFileSync(join(second, 'docs/d.txt'), 'edited\n');
    await live.told(second, { changes: 2 });
  } finally {
    live.trees.close();
    await own.dispose();
  }
});
