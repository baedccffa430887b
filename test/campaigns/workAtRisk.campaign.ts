import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_RISK, PLACES_AT_RISK, type AtRisk, type Made, type Witness } from '../git/atRisk.ts';
import { makeBench, type Bench } from '../system/fleet.ts';

/** Every kind of work at risk under every command that touches a clone: afterwards each byte is in the clone, its archive, or what a shrunk archive keeps. */
const ROWS: readonly (AtRisk & { readonly id: string })[] = [...AT_RISK, ...PLACES_AT_RISK].map((row, index) => ({
  ...row,
  id: `s${index}`,
}));

/** Commands one after another on one session; any of them may refuse. */
const VERBS: Readonly<Record<string, (id: string) => readonly (readonly string[])[]>> = {
  restart: (id) => [['restart', id, '--yes']],
  rename: (id) => [['rename', id, `Renamed ${id}`]],
  'up again': () => [
    ['down', 'shop', '--yes'],
    ['up', 'shop.yaml', '--detach', '--yes'],
  ],
  task: (id) => [['task', id, 'Next', '--yes']],
  'sync, auto': (id) => [['sync', id, '--mode', 'auto']],
  'sync, rebase': (id) => [['sync', id, '--mode', 'rebase']],
  'sync, merge': (id) => [['sync', id, '--mode', 'merge']],
  'sync, ff-only': (id) => [['sync', id, '--mode', 'ff-only']],
  'close and undo': (id) => [
    ['close', id, '--yes'],
    ['undo', id, '--yes'],
  ],
  'close and prune': (id) => [
    ['close', id, '--yes'],
    ['prune', '--older-than', '0d', '--yes'],
  ],
  'close and shrink': (id) => [
    ['close', id, '--yes'],
    ['prune', '--older-than', '0d', '--shrink', '--yes'],
  ],
};

describe.each(Object.entries(VERBS))('%s loses nothing of a clone with', (_name, commandsFor) => {
  let bench: Bench;
  const made = new Map<string, Made>();
  const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);

  beforeAll(async () => {
    bench = await makeBench();
    const panes = ROWS.map(({ id }) => `  - { name: ${id}, id: ${id}, component: web, branch: work/${id} }`);
    // An agent that is not Claude is up at once, and no state of it is in the way.
    await bench.layout(
      `name: shop\nstrategy: component\narrange: windows\nclaude: {command: [sleep], args: ["100000"]}\npanes:\n${panes.join('\n')}\n`,
    );
    await bench.ok('up', 'shop.yaml', '--detach', '--yes');
    await writeFile(join(bench.checkout, 'theirs.txt'), 'theirs\n');
    for (const args of [
      ['add', 'theirs.txt'],
      ['commit', '-q', '-m', 'Theirs'],
      ['push', '-q', 'origin', 'main'],
    ])
      await bench.git(bench.checkout, ...args);
  });
  afterAll(async () => {
    for (const { end } of made.values()) await end?.();
    await bench.dispose();
  });

  it.each(ROWS)('$what', async ({ id, make, what }) => {
    const sandbox = {
      ...bench.sandbox,
      path: (...parts: string[]) => bench.sandbox.path(`row-${id}-${parts.join('-')}`),
    };
    const thing = await make({ sandbox, env: bench.env, tree: workspace(id) });
    made.set(id, thing);
    for (const command of commandsFor(id)) {
      const { code, stderr } = await bench.ct(command);
      // A refusal is a sentence, and no bug of ours.
      expect([
        what,
        command[0],
        code === 0 || (code === 1 && stderr.trim() !== '') || command[0] === 'sync',
        stderr,
      ]).toEqual([what, command[0], true, stderr]);
    }
    await expectNothingLost(id, thing.witness);
  });

  /** A branch may have moved; what it led to must be there, and be led to. */
  async function expectNothingLost(
    id: string,
    { files = {}, objects = {}, outside = {}, inside = '' }: Witness,
  ): Promise<void> {
    for (const [path, text] of Object.entries(outside))
      expect([path, await readFile(path, 'utf8')]).toEqual([path, text]);
    const kept = await findKept(id);
    if (kept !== null) {
      for (const [path, text] of Object.entries(files))
        expect([path, await readFile(join(kept, 'files', path), 'utf8')]).toEqual([path, text]);
      const back = `${kept}.git`;
      await bench.git(bench.sandbox.root, 'clone', '-q', '--mirror', join(kept, 'commits.bundle'), back);
      for (const [name, object] of Object.entries(objects))
        if (!name.startsWith(':')) await bench.git(back, 'cat-file', '-e', object);
      return;
    }
    const tree = await findTree(id);
    for (const [path, text] of Object.entries(files))
      expect([path, await readFile(join(tree, path), 'utf8')]).toEqual([path, text]);
    for (const object of Object.values(objects)) await bench.git(join(tree, inside), 'cat-file', '-e', object);
    for (const [name, object] of Object.entries(objects))
      if (name.startsWith('refs/'))
        expect([name, await bench.git(join(tree, inside), 'rev-parse', name)]).toEqual([name, object]);
  }

  async function findTree(id: string): Promise<string> {
    if (existsSync(workspace(id))) return workspace(id);
    const names = await readdir(workspace('.closed'));
    return workspace('.closed', names.find((name) => name.startsWith(`${id}-`) && !name.endsWith('.json')) ?? 'none');
  }

  async function findKept(id: string): Promise<string | null> {
    const names = await readdir(workspace('.closed')).catch(() => []);
    const kept = names.find((name) => name.startsWith(`${id}-`) && name.endsWith('.kept'));
    return kept === undefined ? null : workspace('.closed', kept);
  }
});
