import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;

const layout = (name: string): string =>
  `name: ${name}\nstrategy: component\npanes:\n  - name: Server\n    component: tooling\n    branch: ${name}/server\n    run: sleep 100000\n  - name: Other\n    component: docs\n    branch: ${name}/other\n    run: sleep 100000\n`;

/** One fleet is up, two are down: all of one checkout, as the days leave them. */
beforeAll(async () => {
  bench = await makeBench();
  for (const name of ['old', 'older', 'today']) {
    await bench.layout(layout(name), `${name}.yaml`);
    await bench.ok('up', `${name}.yaml`, '--detach', '--yes');
    if (name !== 'today') await bench.ok('down', name, '--yes');
  }
});
afterAll(() => bench.dispose());

test('status shows the fleet that is up with its sessions, and the others in a line each', async () => {
  const { stdout } = await bench.ok('status');
  expect(stdout).toMatch(
    /^today \(component\)\n(?: {2}\d .*\n){2}\nold is down, 2 sessions\nolder is down, 2 sessions\n$/,
  );
});

test('status --all, and of one fleet, shows those that are down whole, and says that they are', async () => {
  expect((await bench.ok('status', '--all')).stdout).toMatch(/^today[^]*^old \(component\) is down\n {2}1 {2}Server/m);
  expect((await bench.ok('status', 'old')).stdout).toMatch(/^old \(component\) is down\n {2}1 {2}Server/);
});

test('a fleet or a session that is not named further is the one that is up', async () => {
  const { stdout } = await bench.ct(['path', 'other'], { cwd: '/' });
  expect(stdout).toContain('today');
  expect((await bench.ct(['send', '--all', 'hello'])).stderr).not.toContain('several fleets');
  expect((await bench.ok('exec', '--all', '--', 'pwd')).stderr).toContain('today');
  expect((await bench.ok('complete', 'session')).stdout).toBe('server\nother\n');
});

test('exec takes the fleet behind the session too', async () => {
  expect((await bench.ok('exec', 'other', '-f', 'old', '--', 'pwd')).stdout).toContain('/old/other');
});

test('forget drops the record of a fleet that is down, leaves its clones, and up brings it back on them', async () => {
  const clone = (await bench.ct(['path', 'other', '-f', 'older'])).stdout.trim();
  const { code, stderr } = await bench.ct(['forget', 'today']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /"today" was not forgotten: it is up \(server, other\)\n.*claude-tmux down today/,
    ) as string,
  });
  await bench.ok('forget', 'older');
  expect((await bench.ok('ls')).stdout).not.toContain('older');
  expect(existsSync(join(clone, '.git'))).toBe(true);
  await bench.ok('up', 'older.yaml', '--detach', '--yes');
  expect((await bench.ok('status', 'older')).stdout).not.toContain('is down');
  await bench.ok('down', 'older', '--yes');
});

test('forget refuses while something that was closed could still be brought back, unless it is told', async () => {
  await bench.ok('up', 'old.yaml', '--detach', '--yes');
  await bench.ok('close', 'other', '-f', 'old', '--yes');
  await bench.ok('down', 'old', '--yes');
  const refused = await bench.ct(['forget', 'old']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /1 closed session could not be brought back or pruned\n.*ls --closed.*forget old --yes/,
  );
  await bench.ok('forget', 'old', '--yes');
  expect((await bench.ok('ls')).stdout).not.toContain('old ');
});

test('a second repository of the same name takes a free fleet name for the same layout, and keeps it; the first keeps its own', async () => {
  const text =
    'strategy: component\nisolation: shared\npanes:\n  - name: Server\n    id: server\n    component: tooling\n    run: sleep 100000\n';
  const folder = bench.sandbox.path('home', '.config', 'claude-tmux', 'layouts');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'one.yaml'), text);
  const second = bench.sandbox.path('else', 'shop');
  await mkdir(second, { recursive: true });
  await bench.git(second, 'init', '-q');
  await bench.git(second, 'commit', '-q', '--allow-empty', '-m', 'First');
  await bench.ok('up', 'one', '--detach');
  const up = () => bench.ct(['up', 'one', '--detach'], { cwd: second });
  const made = await up();
  expect([made.code, made.stderr]).toEqual([
    0,
    expect.stringMatching(
      /note: the fleet "shop-one" is that of .*; this one is called "shop-one-2"\n[^]*"shop-one-2" is up: 1 pane made/,
    ),
  ]);
  expect((await up()).stderr).toContain('"shop-one-2" is up: nothing to do');
  expect((await bench.ok('up', 'one', '--detach')).stderr).toContain('"shop-one" is up: nothing to do');
  await bench.ok('down', 'shop-one', '--yes');
  await bench.ok('forget', 'shop-one');
  expect((await up()).stderr).toContain('"shop-one-2" is up: nothing to do');
  await bench.ok('down', 'shop-one-2', '--yes');
});

test('a name that differs from that of a fleet in capital letters alone is refused; one that is made of the repository takes a free one', async () => {
  const text = (name: string): string =>
    `${name}strategy: component\nisolation: shared\npanes:\n  - name: Server\n    id: server\n    component: tooling\n    run: sleep 100000\n`;
  await bench.layout(text('name: Cased\n'), 'cased.yaml');
  await bench.ok('up', 'cased.yaml', '--detach', '--yes');
  await bench.layout(text('name: cased\n'), 'lower.yaml');
  expect(await bench.ct(['up', 'lower.yaml', '--detach', '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'the name "cased" differs from that of the fleet "Cased" in capital letters alone',
    ) as unknown,
  });
  const folder = bench.sandbox.path('home', '.config', 'claude-tmux', 'layouts');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'two.yaml'), text(''));
  await bench.ok('up', 'two', '--detach');
  const second = bench.sandbox.path('else', 'Shop');
  await mkdir(second, { recursive: true });
  await bench.git(second, 'init', '-q');
  await bench.git(second, 'commit', '-q', '--allow-empty', '-m', 'First');
  const made = await bench.ct(['up', 'two', '--detach'], { cwd: second });
  expect(made).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /the fleet "(\w+)-two" is that of .*; this one is called "Shop-two-2"\n[^]*"Shop-two-2" is up/i,
    ) as unknown,
  });
});
