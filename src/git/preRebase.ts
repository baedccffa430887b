import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { oneLine } from '../base/text.ts';
import type { Env } from '../store/paths.ts';
import { mutatePlumb } from './run/mutate.ts';
import { hasForeignHooks } from './run/prepare.ts';

/**
 * Asks the repository's `pre-rebase` hook, as `git rebase` would, before anything has moved; null when it agrees or there is none. The hooks
 * that act on what has happened (post-checkout, post-merge, post-rewrite) do not run: they may write files beside an agent.
 */
export async function askPreRebase(
  tree: string,
  { onto, hooks, env }: { readonly onto: string; readonly hooks: string; readonly env: Env },
): Promise<string | null> {
  const isThere = await access(join(resolve(tree, hooks), 'pre-rebase'), constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  if (await hasForeignHooks(tree, env))
    return 'has a pre-rebase hook of its own, which was not there when the clone was made and is not run: use git pull --rebase there';
  const { code, stderr, stdout } = await mutatePlumb(['hook', 'run', 'pre-rebase', '--', onto], { cwd: tree, env });
  if (code === 0) return null;
  if (/not a git command/.test(stderr)) return 'has a pre-rebase hook, which only git 2.36 and newer lets be asked';
  const words = oneLine(`${stderr}\n${stdout.toString('utf8')}`.trim().split('\n')[0] ?? '');
  return `has a pre-rebase hook that said no${words === '' ? '' : `: ${words}`}`;
}
