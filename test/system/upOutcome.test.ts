import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

/** A `claude` of one's own in front of the stand-in, for as long as it is in the folder. */
async function replaceClaude(script: string): Promise<Record<string, string>> {
  const folder = bench.sandbox.path('own');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'claude'),
    `#!/bin/sh\n[ "$1" = --version ] && { echo '2.1.332 (Claude Code)'; exit 0; }\n${script}\n`,
    { mode: 0o755 },
  );
  return { PATH: `${folder}:${bench.env['PATH'] ?? ''}` };
}

const SIX = `name: shop\nstrategy: component\nisolation: shared\npanes:\n${['a', 'b', 'c', 'd', 'e', 'f'].map((id) => `  - {name: "Part ${id}", id: ${id}, component: ${id}}\n`).join('')}`;

test('agents that end at once are said with their first words, the rest is not started, and the next up tries again', async () => {
  await bench.layout(SIX);
  const env = await replaceClaude(`echo x >>"${bench.sandbox.path('starts')}"; echo 'error: the wall'; exit 1`);
  const first = await bench.ct(['up', 'shop.yaml', '--yes'], { env });
  expect([first.code, first.stderr]).toEqual([
    1,
    expect.stringMatching(/ended as soon as it was started \(exit code 1\):\n +error: the wall/),
  ]);
  expect(first.stderr).not.toContain('"shop" is up');
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual(Array(6).fill('crashed')),
  );
  const starts = (await bench.ct(['exec', 'a', '--', 'wc', '-l', bench.sandbox.path('starts')])).stdout;
  expect(Number.parseInt(starts, 10)).toBeLessThan(6);
  const again = await bench.ct(['up', 'shop.yaml']);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('"shop" is up')]);
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual(Array(6).fill(AT_REST)),
  );
});

test('agents that all wait at the same question are said, and up ends with 1', async () => {
  const env = await replaceClaude(
    "echo ' ❯ No, exit'; echo '   Yes, I trust this folder'; echo ' Enter to confirm · Esc to cancel'; exec sleep 1000",
  );
  const { code, stderr } = await bench.ct(['up', 'shop.yaml', '--yes'], { env });
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('"fe", "be" asks whether this folder is trusted in its pane and waits for you'),
  ]);
  expect(stderr).not.toContain('"shop" is up');
  const again = await bench.ct(['up', 'shop.yaml']);
  expect([again.code, again.stderr]).toEqual([
    1,
    expect.stringMatching(
      /nothing to do, but 2 sessions ask something in their panes and cannot go on: "fe" \(asks .*\), "be" \(asks .*\); answer there: claude-tmux go fe\n/,
    ),
  ]);
});

test('a session that tmux takes away at once is not called made', async () => {
  await bench.tmux.run('set-hook', '-g', 'session-created', 'set destroy-unattached on');
  const { code, stderr } = await bench.ct(['up', 'shop.yaml', '--yes']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('the tmux session "shop" ended as soon as it was made')]);
  expect(stderr).not.toMatch(/is up|panes made/);
});

test('a fleet without agents is not waited for', async () => {
  await bench.layout(
    'name: shop\nstrategy: component\nisolation: shared\npanes:\n  - {name: One, id: one, component: a, run: sleep 1000}\n',
  );
  expect((await bench.ok('up', 'shop.yaml', '--yes')).stderr).toContain('"shop" is up: 1 pane made');
});
