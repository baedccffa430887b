import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  // Like a Claude that still asks whether it may start: it is in no registry.
  const claude = bench.sandbox.path('bin', 'claude');
  await rm(claude);
  await writeFile(
    claude,
    '#!/bin/sh\ncase $1 in --version | -v) echo "2.1.332 (Claude Code)" ;; *) exec sleep 100000 ;; esac\n',
    { mode: 0o755 },
  );
});
afterEach(() => bench.dispose());

const layout = (name: string): string =>
  `name: ${name}\nstrategy: component\nworkspace: ${join(bench.sandbox.home, 'workspaces', 'shop')}\npanes:\n  - {name: Web, id: web, component: web, branch: work/web}\n`;

test('an agent of one fleet keeps that of another out of its clone, before any registry knows it', async () => {
  await bench.layout(layout('shop'));
  await bench.layout(layout('second'), 'second.yaml');
  await bench.ok('up', 'shop.yaml', '--yes');
  const path = join(bench.sandbox.home, 'workspaces', 'shop', 'web');
  const refused = await eventually(async () => {
    const ended = await bench.ct(['up', 'second.yaml', '--yes']);
    expect(ended.stderr).toContain('"web" was not started: another Claude (pid ');
    return ended;
  });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`works in its clone ${path}; end it`) as unknown,
  });
  expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine\nshop');
  await bench.ok('down', 'shop', '--yes');
  await bench.ok('up', 'second.yaml', '--yes');
});
