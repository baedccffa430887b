import type { CheckoutFacts } from '../layout/world.ts';
import type { Env } from '../store/paths.ts';
import { askGit, readGit } from './run/ask.ts';
import { readPorcelain } from './treeStatus.ts';

/** Work in the checkout that its clones will not have. */
export interface UnsharedWork {
  /** Tracked files with changes, staged or not. */
  readonly uncommitted: number;
  /** Untracked files and folders, ignored ones not counted. */
  readonly untracked: number;
  /** Commits of HEAD that no remote-tracking branch has. */
  readonly unpushed: number;
}

/**
 * Clones of a checkout without an origin are made of its own branches: there, only commits on no branch are missing. `ours` are layout files,
 * absolute: no session misses them in its clone.
 */
export async function readUnsharedWork(
  checkout: Pick<CheckoutFacts, 'root' | 'origin'>,
  { ours, env }: { readonly ours: readonly string[]; readonly env: Env },
): Promise<UnsharedWork> {
  const place = { cwd: checkout.root, env };
  const [status, head] = await Promise.all([
    readPorcelain(checkout.root, { env }),
    askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], place),
  ]);
  const shared = checkout.origin === null ? '--branches' : '--remotes=origin';
  const unpushed = head === null ? '0' : await readGit(['rev-list', '--count', 'HEAD', '--not', shared], place);
  return {
    uncommitted: status.changes - status.untracked,
    untracked: status.untracked === 0 ? 0 : await countUntracked(checkout.root, { ours, env, known: status.untracked }),
    unpushed: Number(unpushed),
  };
}

/** As `git status` counts them (a folder that is untracked as a whole is one), less those of ours. */
async function countUntracked(
  root: string,
  { ours, env, known }: { readonly ours: readonly string[]; readonly env: Env; readonly known: number },
): Promise<number> {
  const own = new Set(ours.filter((path) => path.startsWith(`${root}/`)).map((path) => path.slice(root.length + 1)));
  if (own.size === 0) return known;
  const list = async (...more: string[]): Promise<readonly string[]> =>
    (await readGit(['ls-files', '--others', '--exclude-standard', '-z', ...more], { cwd: root, env }))
      .split('\0')
      .filter((name) => name !== '');
  const [folded, files] = await Promise.all([list('--directory', '--no-empty-directory'), list()]);
  const left = files.filter((name) => !own.has(name));
  return folded.filter((name) =>
    name.endsWith('/') ? left.some((file) => file.startsWith(name)) : left.includes(name),
  ).length;
}
