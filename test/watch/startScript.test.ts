import { chmod, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renderStartScript } from '../../src/watch/startScript.ts';
import { output } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

it('starts the program with what it needs of the environment it was written in, and nothing of the one it is run in', async () => {
  const hostile = `a'b"c $(touch ${sandbox.path('canary')}) \`id\`\nnew line`;
  const node = sandbox.path("my node's");
  await writeFile(node, '#!/bin/sh\nfor word; do printf "[%s]" "$word"; done >"$HOME/argv"\nenv >"$HOME/env"\n');
  await chmod(node, 0o755);
  const script = sandbox.path('start.sh');
  await writeFile(
    script,
    renderStartScript({
      node,
      program: '/p/#(x).cjs',
      socket: '/tmp/so ck',
      env: { ...sandbox.env, XDG_STATE_HOME: hostile, ANTHROPIC_API_KEY: 'sk-secret' },
    }),
  );
  await output('sh', [script], { env: { ...sandbox.env, ANTHROPIC_API_KEY: 'sk-of-the-caller', TMUX: 'x' } });
  expect(await output('cat', [sandbox.path('home', 'argv')], { env: sandbox.env })).toBe(
    '[/p/#(x).cjs][watch][-S][/tmp/so ck]',
  );
  const env = await output('cat', [sandbox.path('home', 'env')], { env: sandbox.env });
  expect(env).toContain(`XDG_STATE_HOME=${hostile}\n`);
  expect(env).not.toMatch(/secret|of-the-caller|^TMUX=/m);
});
