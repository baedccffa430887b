import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.dispose());

test('a clone that lacks submodules is brought up, named with the reason, and the exit code is 1', async () => {
  const id = await bench.git(bench.checkout, 'rev-parse', 'HEAD');
  await writeFile(
    join(bench.checkout, '.gitmodules'),
    `[submodule "lib"]\n\tpath = lib\n\turl = ${bench.sandbox.path('nowhere.git')}\n`,
  );
  await bench.git(bench.checkout, 'add', '.gitmodules');
  await bench.git(bench.checkout, 'update-index', '--add', '--cacheinfo', `160000,${id},lib`);
  await bench.git(bench.checkout, 'commit', '-q', '-m', 'A submodule');
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'HEAD:main');
  await bench.layout(SHOP);
  const { code, stderr } = await bench.ct(['up', 'shop.yaml', '--yes']);
  expect(code).toBe(1);
  for (const pane of ['fe', 'be'])
    expect(stderr).toMatch(
      new RegExp(
        `claude-tmux: "${pane}": its submodules are not all there: .*git submodule update --init --recursive \\(in .*/${pane}\\)`,
        's',
      ),
    );
  expect((await bench.sessions()).map((session) => session.id)).toEqual(['fe', 'be', 'server']);
});

test('a wrapper that does not start claude is named with its words before the panes start', async () => {
  const wrapper = bench.sandbox.path('bin', 'direnv');
  await writeFile(
    wrapper,
    '#!/bin/sh\necho "direnv: error $PWD/.envrc is blocked. Run \\`direnv allow\\` to approve its content" >&2\nexit 1\n',
  );
  await chmod(wrapper, 0o755);
  await bench.layout(
    SHOP.replace('strategy: component', 'strategy: component\nclaude: {command: [direnv, exec, ., claude]}'),
  );
  const { stderr } = await bench.ct(['up', 'shop.yaml', '--yes']);
  expect(stderr).toMatch(
    /note: direnv exec \. claude --version does not tell the version of Claude Code: direnv: error \S+ is blocked\. Run `direnv allow`/,
  );
});
