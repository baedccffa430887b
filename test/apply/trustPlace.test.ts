import { mkdir, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTrustedByClaude } from '../../src/agent/claudeTrust.ts';
import { trustPlace } from '../../src/apply/trustPlace.ts';
import { git, makeRepo } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await makeSandbox();
  const { env } = sandbox;
  await makeRepo(sandbox.path('main'), { env, files: { 'a/b/f': '' } });
  await makeRepo(sandbox.path('part'), { env, files: { f: '' } });
  await git(sandbox.root, ['clone', '-q', sandbox.path('main'), sandbox.path('w', 'clone')], env);
  await git(sandbox.path('main'), ['worktree', 'add', '-q', sandbox.path('w', 'linked')], env);
  await git(sandbox.path('w', 'clone'), ['submodule', 'add', '-q', sandbox.path('part'), 'part'], env);
  await symlink(sandbox.path('w', 'clone'), sandbox.path('link'));
  await mkdir(sandbox.path('plain', 'below'), { recursive: true });
});
afterAll(() => sandbox.dispose());

/** tree, folder in it, trusted key, whether Claude Code 2.1.332 starts without asking; each row was seen with it. */
const ROWS: readonly (readonly [string, string, string, boolean])[] = [
  ['plain', 'below', 'plain', true],
  ['plain', 'below', '', true],
  ['w/clone', '', 'w', false],
  ['w/clone', '', '', false],
  ['w/clone', '', 'main', false],
  ['w/clone', '', 'w/clone', true],
  ['w/clone', 'a/b', 'w/clone', true],
  ['w/clone', 'a/b', 'w/clone/a', true],
  ['w/clone', '', 'w/clone/a', false],
  ['w/clone', 'part', 'w/clone', false],
  ['w/clone', 'part', 'w/clone/part', true],
  ['w/linked', '', 'main', true],
  ['w/linked', '', 'w/linked', true],
  ['w/linked', '', 'w', false],
  ['link', '', 'w/clone', true],
  ['link', '', 'link', false],
  ['w/not-yet', '', 'w', false],
  ['w/not-yet', '', 'w/not-yet', true],
];

it.each(ROWS)('in %s/%s with the key %s: %s', async (tree, dir, key, isTrusted) => {
  const projects = { [sandbox.path(key).replace(/\/$/, '')]: { hasTrustDialogAccepted: true } };
  expect(isTrustedByClaude(await trustPlace(sandbox.path(tree), dir), { projects, isGated: false })).toBe(isTrusted);
});

it('where something is permitted without asking, only the key itself counts', async () => {
  const linked = await trustPlace(sandbox.path('w', 'linked'));
  expect(linked.key).toBe(sandbox.path('main'));
  const isTrusted = (key: string): boolean =>
    isTrustedByClaude(linked, { projects: { [key]: { hasTrustDialogAccepted: true } }, isGated: true });
  expect([isTrusted(sandbox.path('main')), isTrusted(sandbox.path('w', 'linked'))]).toEqual([true, false]);
});

it('is nothing but true, and nothing inherited', async () => {
  const place = await trustPlace(sandbox.path('plain'));
  expect(
    isTrustedByClaude(place, { projects: { [place.key]: { hasTrustDialogAccepted: 'yes' } }, isGated: false }),
  ).toBe(false);
  expect(isTrustedByClaude({ ...place, key: '__proto__' }, { projects: {}, isGated: false })).toBe(false);
});
