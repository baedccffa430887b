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
const tree = (id: string): string => join(bench.sandbox.home, 'workspaces', 'shop', id);

beforeAll(async () => {
  bench = await makeBench();
  const panes = ROWS.map(({ id }) => `  - { name: ${id}, id: ${id}, component: web, branch: work/${id} }`);
  // An agent that is not Claude is up at once, and no state of it is in the way.
  await bench.layout(
    `name: shop\nstrategy: component\narrange: windows\nclaude: {command: [sleep], args: ["100000"]}\npanes:\n${panes.join('\n')}\n`,
  );
  await bench.ok('up', 'shop.yaml', '--yes');
}, 600_000);
afterAll(async () => {
  for (const { end } of made.values()) await end?.();
  await bench.dispose();
});

/** A task moves HEAD to another branch; what it stood for is the branch it was on. */
function onItsBranch({ objects, ...rest }: Witness, id: string): Witness {
  if (objects?.['HEAD'] === undefined || rest.inside !== undefined)
    return { ...rest, ...(objects === undefined ? {} : { objects }) };
  const { HEAD, ...others } = objects;
  return { ...rest, objects: { ...others, [`refs/heads/work/${id}`]: HEAD } };
}

/** Kinds that a task leaves where they are, and goes on. */
const LEFT: ReadonlySet<AtRisk['risk']> = new Set<AtRisk['risk']>([
  'untracked',
  'copy',
  'stash',
  'unpushed',
  'branch',
  'tag',
  'ref',
  'object',
]);

describe('another task in a clone with', () => {
  it.each(ROWS)('$what keeps it, byte for byte', async ({ id, make, risk, what }) => {
    const sandbox = {
      ...bench.sandbox,
      path: (...parts: string[]) => bench.sandbox.path(`row-${id}-${parts.join('-')}`),
    };
    const thing = await make({ sandbox, env: bench.env, tree: tree(id) });
    made.set(id, thing);
    const given = await bench.ct(['task', id, 'Next', '--yes']);
    expect([what, given.code === 0, given.stderr]).toEqual([what, LEFT.has(risk), given.stderr]);
    await expectStillThere(tree(id), LEFT.has(risk) ? onItsBranch(thing.witness, id) : thing.witness, bench.env);
  });

  it('any of these, up and down keep it too', async () => {
    await bench.ok('down', 'shop', '--yes');
    await bench.ct(['up', 'shop.yaml', '--yes']);
    for (const { id, risk } of ROWS) {
      const { witness = {} } = made.get(id) ?? {};
      await expectStillThere(tree(id), LEFT.has(risk) ? onItsBranch(witness, id) : witness, bench.env);
    }
  });
});
