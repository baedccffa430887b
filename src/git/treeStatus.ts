import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { parsePorcelain, type Porcelain } from '../status/porcelain.ts';
import type { TreeCondition } from '../status/syncRefusal.ts';
import type { TreeStatus } from '../status/treeStatus.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './git.ts';
import { readPlace } from './gitDir.ts';

export interface StatusOptions {
  /** Branch of origin that ahead and behind are counted against when there is no upstream; null for origin's HEAD. */
  readonly base: string | null;
  readonly env: Env;
  readonly timeoutMs?: number;
  /** An earlier status, when no ref has changed since: while HEAD is the same, its counts against the base hold, which spares a process. */
  readonly before?: TreeStatus | null;
}

/** `--ahead-behind` and `--untracked-files`: the user's configuration may switch either off, and then a count would be wrong. */
const STATUS = ['status', '--porcelain=v2', '--branch', '-z', '--ahead-behind', '--untracked-files=normal'];

/** Status of one tree: one git process, a second one without an upstream. Throws when the path holds no repository or git cannot tell. */
export async function readTreeStatus(path: string, options: StatusOptions): Promise<TreeStatus> {
  const place = await readPlace(path);
  if (place.kind !== 'repository') throw new UserError(`"${path}" is not a git repository`, { hint: 'run `claude-tmux up` to make the clone anew' });
  const [status, operation] = await Promise.all([readPorcelain(path, options), readOperation(place.gitDir)]);
  const { ahead, behind } = status.ahead !== null || status.head === null ? status : status.head === options.before?.head ? options.before : await readAgainstBase(path, options);
  return { ...status, ahead, behind, operation };
}

/** The same without ahead and behind, which take git longer than all the rest. */
export async function readCondition(path: string, gitDir: string, env: Env): Promise<TreeCondition> {
  const [status, operation] = await Promise.all([readPorcelain(path, { env }), readOperation(gitDir)]);
  return { ...status, operation };
}

/** The counts alone; takes no lock (see readGit). */
export async function readPorcelain(path: string, { env, timeoutMs = 10_000 }: Pick<StatusOptions, 'env' | 'timeoutMs'>): Promise<Porcelain> {
  return parsePorcelain(await readGit(STATUS, { cwd: path, env, timeoutMs }));
}

/** The branch on origin, else (a worktree of a checkout without one) the local branch; unknown (null) where git has neither. */
async function readAgainstBase(path: string, { base, env, timeoutMs = 10_000 }: StatusOptions): Promise<Pick<Porcelain, 'ahead' | 'behind'>> {
  const refs = [`refs/remotes/origin/${base ?? 'HEAD'}`, ...(base === null ? [] : [`refs/heads/${base}`])];
  for (const ref of refs) {
    try {
      const text = await readGit(['rev-list', '--left-right', '--count', `HEAD...${ref}`, '--'], { cwd: path, env, timeoutMs });
      const [ahead = 0, behind = 0] = text.trim().split(/\s+/).map(Number);
      return { ahead, behind };
    } catch (error) {
      if (!(error instanceof ProgramError) || error.code !== 128) throw error;
    }
  }
  return { ahead: null, behind: null };
}

/** What waits in a repository to be continued, `merge`; null for nothing. Told by the files git keeps meanwhile; `rebase-apply` is shared by two of them. */
export async function readOperation(gitDir: string): Promise<string | null> {
  const has = (name: string): Promise<boolean> => access(join(gitDir, name)).then(() => true, () => false);
  const signs: readonly (readonly [string, string])[] = [
    ['rebase-merge', 'rebase'],
    ['rebase-apply/applying', 'am'],
    ['rebase-apply', 'rebase'],
    ['MERGE_HEAD', 'merge'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
    ['BISECT_LOG', 'bisect'],
  ];
  const found = await Promise.all(signs.map(([name]) => has(name)));
  return signs[found.indexOf(true)]?.[1] ?? null;
}
