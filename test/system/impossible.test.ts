import { readdir, readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_RISK, expectStillThere, PLACES_AT_RISK, type AtRisk, type Made, type Witness } from '../git/atRisk.ts';
import { makeBench, type Bench } from './fleet.ts';

/** What must be impossible: losing work. A session each, whose clone holds one kind of thing that is nowhere else. */
const ROWS: readonly (AtRisk & { readonly id: string })[] = [...AT_RISK, ...PLACES_AT_RISK].map((row, index) => ({
  ...row,
  id: `s${index}`,
}));

let bench: Bench;
const made = new Map<string, Made>();
const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);

beforeAll(async () => {
  bench = await makeBench();
  const panes = ROWS.map(
    ({ id }) => `  - { name: ${id}, id: ${id}, component: web, run: sleep 100000, branch: work/${id} }`,
  );
  await bench.layout(`name: shop\nstrategy: component\narrange: windows\npanes:\n${panes.join('\n')}\n`);
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
}, 600_000);
afterAll(async () => {
  for (const { end } of made.values()) await end?.();
  await bench.dispose();
});

/** The clone in its place, or the archive that its receipt names. */
async function find(id: string): Promise<string> {
  if (existsSync(workspace(id))) return workspace(id);
  const names = await readdir(workspace('.closed'));
  const slot = names.find((name) => name.startsWith(`${id}-`) && !name.endsWith('.json')) ?? 'none';
  expect(names).toContain(`${slot}.json`);
  return workspace('.closed', slot);
}

describe('close of a clone with', () => {
  it.each(ROWS)('$what keeps it, byte for byte', async ({ id, make, risk, what }) => {
    const sandbox = {
      ...bench.sandbox,
      path: (...parts: string[]) => bench.sandbox.path(`row-${id}-${parts.join('-')}`),
    };
    const thing = await make({ sandbox, env: bench.env, tree: workspace(id) });
    made.set(id, thing);
    const asked = await bench.ct(['close', id]);
    expect([what, asked.code]).toEqual([what, 1]);
    await expectStillThere(workspace(id), thing.witness, bench.env);
    const closed = await bench.ct(['close', id, '--yes']);
    const isRefused = risk === 'process' || risk === null;
    expect([what, closed.code, existsSync(workspace(id))]).toEqual([what, isRefused ? 1 : 0, isRefused]);
    await expectStillThere(await find(id), thing.witness, bench.env);
  });
});

const isClosed = ({ risk }: AtRisk): boolean => risk !== null && risk !== 'process';

describe('prune of an archive with', () => {
  it('anything of that deletes nothing', async () => {
    const pruned = await bench.ct(['prune', '--older-than', '0d', '--yes']);
    expect(pruned.stdout).not.toMatch(/deleted|shrunk/);
    for (const { id } of ROWS) await expectStillThere(await find(id), made.get(id)?.witness ?? {}, bench.env);
  }, 600_000);
});

it('undo brings each back as it was', async () => {
  for (const { id, risk } of ROWS.filter(isClosed).slice(0, 4)) {
    const before = (await stat(await find(id))).ino;
    await bench.ok('undo', id, '--yes');
    expect([risk, (await stat(workspace(id))).ino]).toEqual([risk, before]);
    await expectStillThere(workspace(id), made.get(id)?.witness ?? {}, bench.env);
    await bench.ok('close', id, '--yes');
  }
});

it('prune --shrink keeps all of it: whole, or in bundle, patches and files', async () => {
  const pruned = await bench.ct(['prune', '--older-than', '0d', '--shrink', '--yes']);
  const shrunk = new Map(
    [...pruned.stdout.matchAll(/^(s\d+)-\S+: shrunk, what only it had is in (.*)$/gm)].map(
      ([, id = '', folder = '']) => [id, folder],
    ),
  );
  expect([...shrunk.keys()].map((id) => ROWS.find((row) => row.id === id)?.risk).sort()).toEqual(SHRINKABLE);
  for (const { id } of ROWS) {
    const folder = shrunk.get(id);
    const witness = made.get(id)?.witness ?? {};
    if (folder === undefined) await expectStillThere(await find(id), witness, bench.env);
    else await expectKept(folder, witness);
  }
}, 600_000);

/** What a bundle, patches and files can hold; everything else stays whole, and so does a clone that its user put in the place. */
const SHRINKABLE = [
  ...[
    'branch',
    'copy',
    'copy',
    'detached',
    'hidden',
    'hidden',
    'hidden',
    'hidden',
    'object',
    'object',
    'ref',
    'staged',
    'staged',
    'stash',
    'tag',
  ],
  ...['uncommitted', 'uncommitted', 'uncommitted', 'unpushed', 'unpushed', 'unpushed', 'untracked', 'untracked'],
];

/** As its README says: a clone of the bundle, the patch laid over it. */
async function expectKept(folder: string, { files = {}, objects = {} }: Witness): Promise<void> {
  for (const [path, text] of Object.entries(files))
    expect([path, await readFile(join(folder, 'files', path), 'utf8')]).toEqual([path, text]);
  const back = `${folder}-back`;
  await bench.git(bench.sandbox.root, 'clone', '-q', '--mirror', join(folder, 'commits.bundle'), `${back}.git`);
  for (const [name, id] of Object.entries(objects).filter(([ref]) => !ref.startsWith(':')))
    expect([name, await bench.git(`${back}.git`, 'rev-parse', `${id}^{object}`)]).toEqual([name, id]);
  const staged = Object.entries(objects).filter(([ref]) => ref.startsWith(':'));
  if (staged.length === 0) return;
  await bench.git(bench.sandbox.root, 'clone', '-q', join(folder, 'commits.bundle'), back);
  await bench.git(back, 'apply', '--index', join(folder, 'staged.patch'));
  for (const [name, id] of staged) expect([name, await bench.git(back, 'rev-parse', name)]).toEqual([name, id]);
}
