import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { parsePorcelain, withoutClaudeWorktrees, type Porcelain } from '../status/porcelain.ts';
import type { TreeCondition } from '../status/syncRefusal.ts';
import type { TreeStatus } from '../status/treeStatus.ts';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import { ONLY_TRUE_OBJECTS } from './neutralRepository.ts';
import { readRefFile } from './refFile.ts';
import { readGit } from './run/ask.ts';
import { withConfig } from './run/environment.ts';

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

/** Status of one tree: one git process, a second one for a branch that has no upstream and has left its base. Throws when the path holds no repository or git cannot tell. */
export async function readTreeStatus(path: string, options: StatusOptions): Promise<TreeStatus> {
  const place = await readPlace(path);
  if (place.kind !== 'repository')
    throw new UserError(`"${path}" is not a git repository`, { hint: 'run `claude-tmux up` to make the clone anew' });
  const status = await readPorcelain(path, options);
  const { ahead, behind } =
    status.ahead !== null || status.head === null
      ? status
      : await countFrom(status.head, { ...options, path, gitDir: place.gitDir });
  return {
    ...status,
    ahead,
    behind,
    operation: readOperation(place.gitDir),
    detachedAt: await readDetached(status, { ...options, path }),
  };
}

/** Asked only of a HEAD that is detached, and again only when it has moved (a tag that is made at the same commit comes with the next ref change). */
async function readDetached(
  { branch, head }: Porcelain,
  { path, env, timeoutMs = 10_000, before = null }: StatusOptions & { readonly path: string },
): Promise<string | null> {
  if (branch !== null || head === null) return null;
  if (before?.head === head && before.branch === null && before.detachedAt !== undefined) return before.detachedAt;
  const [tag = ''] = (await readGit(['tag', '--points-at', head], { cwd: path, env, timeoutMs })).split('\n');
  return tag === '' ? head.slice(0, 9) : tag;
}

/** The same without ahead and behind, which take git longer than all the rest. */
export async function readCondition(path: string, gitDir: string, env: Env): Promise<TreeCondition> {
  const text = await readGit([...STATUS, '--no-ahead-behind'], { cwd: path, env });
  return { ...parseOwn(text, path), operation: readOperation(gitDir) };
}

/** A branch and one of origin: commits that only the one has, and only the other. */
export interface Against {
  readonly own: number;
  readonly behind: number;
}

/**
 * The same and, from the same process, how the tree's branch stands to origin's branch `base`: for this one question git is told that this is
 * its upstream (through the environment, git 2.31). `against` is null without a base, and where the user has set another upstream.
 */
export async function readConditionAgainst(
  path: string,
  gitDir: string,
  { base, env }: { readonly base: string | null; readonly env: Env },
): Promise<TreeCondition & { readonly against: Against | null }> {
  const head = await readHeadBranch(gitDir);
  if (base === null || head === 'unknown' || head.branch === null)
    return { ...(await readCondition(path, gitDir, env)), against: null };
  const asked = withConfig(env, [
    { key: `branch.${head.branch}.remote`, value: 'origin' },
    { key: `branch.${head.branch}.merge`, value: `refs/heads/${base}` },
  ]);
  // A replaced or grafted base would make an own commit look like one of the base.
  const text = await readGit(STATUS, { cwd: path, env: asked, set: ONLY_TRUE_OBJECTS });
  const status = parseOwn(text, path);
  const isCompared = status.branch === head.branch && text.split('\0').includes(`# branch.upstream origin/${base}`);
  return {
    ...status,
    operation: readOperation(gitDir),
    against:
      isCompared && status.ahead !== null && status.behind !== null
        ? { own: status.ahead, behind: status.behind }
        : null,
  };
}

/** The counts alone; takes no lock (see readGit). */
export async function readPorcelain(
  path: string,
  { env, timeoutMs = 10_000 }: Pick<StatusOptions, 'env' | 'timeoutMs'>,
): Promise<Porcelain> {
  return parseOwn(await readGit(STATUS, { cwd: path, env, timeoutMs }), path);
}

function parseOwn(text: string, path: string): Porcelain {
  return parsePorcelain(
    withoutClaudeWorktrees(text, () => readdirSync(join(path, '.claude')).every((name) => name === 'worktrees')),
  );
}

interface Counted extends StatusOptions {
  readonly path: string;
  readonly gitDir: string;
}

/** Until its first commit a branch is where its base is: there is nothing to count, and no process needed to say so. */
async function countFrom(
  head: string,
  { path, gitDir, ...options }: Counted,
): Promise<Pick<Porcelain, 'ahead' | 'behind'>> {
  if (head === options.before?.head) return options.before;
  const tip = readRefFile(await readCommonDir(gitDir), `refs/remotes/origin/${options.base ?? 'HEAD'}`);
  return tip === head ? { ahead: 0, behind: 0 } : readAgainstBase(path, options);
}

/** The branch on origin, else (a worktree of a checkout without one) the local branch; unknown (null) where git has neither. */
async function readAgainstBase(
  path: string,
  { base, env, timeoutMs = 10_000 }: StatusOptions,
): Promise<Pick<Porcelain, 'ahead' | 'behind'>> {
  const refs = [`refs/remotes/origin/${base ?? 'HEAD'}`, ...(base === null ? [] : [`refs/heads/${base}`])];
  for (const ref of refs) {
    try {
      const text = await readGit(['rev-list', '--left-right', '--count', `HEAD...${ref}`, '--'], {
        cwd: path,
        env,
        timeoutMs,
      });
      const [ahead = 0, behind = 0] = text.trim().split(/\s+/).map(Number);
      return { ahead, behind };
    } catch (error) {
      if (!(error instanceof ProgramError) || error.code !== 128) throw error;
    }
  }
  return { ahead: null, behind: null };
}

/** What waits in a repository to be continued, `merge`; null for nothing. Told by the files git keeps meanwhile; `rebase-apply` is shared by two of them. */
export function readOperation(gitDir: string): string | null {
  const signs: readonly (readonly [string, string])[] = [
    ['rebase-merge', 'rebase'],
    ['rebase-apply/applying', 'am'],
    ['rebase-apply', 'rebase'],
    ['MERGE_HEAD', 'merge'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
    ['BISECT_LOG', 'bisect'],
  ];
  return signs.find(([name]) => existsSync(join(gitDir, name)))?.[1] ?? null;
}
