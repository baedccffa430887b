import { lstatSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { shellWord } from '../base/shellText.ts';
import { MOST, readLargeFile } from '../store/regularFile.ts';
import { hasCode, readText } from '../store/file.ts';

/** What stands at a path, as far as files tell; `why` completes "the folder … ". */
export type Place =
  | { readonly kind: 'absent' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'other'; readonly why: string }
  /** `gitDir` is the `.git` folder, or the one that a worktree's `.git` file names. */
  | { readonly kind: 'repository'; readonly gitDir: string };

/** Looks without starting git, and only at the path itself: git would climb to a repository above it. Throws when it cannot be read. */
export async function readPlace(path: string): Promise<Place> {
  const itself = existing(path, () => lstatSync(path));
  if (itself === null) return { kind: 'absent' };
  const target = existing(path, () => statSync(path));
  if (target === null) return { kind: 'other', why: 'is a link that leads nowhere' };
  if (!target.isDirectory()) return { kind: 'other', why: 'is a file' };
  const git = join(path, '.git');
  const entry = existing(git, () => statSync(git));
  if (entry === null)
    return readdirSync(path).length === 0
      ? { kind: 'empty' }
      : { kind: 'other', why: 'is not a git repository and not empty' };
  const gitDir = entry.isDirectory() ? git : await readGitFile(path);
  const head = gitDir === null ? null : existing(gitDir, () => statSync(join(gitDir, 'HEAD')));
  if (gitDir !== null && head !== null) return { kind: 'repository', gitDir };
  if (gitDir === null || gitDir === git) return { kind: 'other', why: 'holds a `.git` that is damaged' };
  return {
    kind: 'other',
    why: `is a worktree of a repository that is no longer at "${gitDir}"; if that was moved, move it back, or run there: git worktree repair ${shellWord(path)}`,
  };
}

/** Current branch from HEAD, without starting git; null when detached. `unknown` when only git can tell (reftable). */
export async function readHeadBranch(gitDir: string): Promise<{ readonly branch: string | null } | 'unknown'> {
  const head = (await readLargeFile(join(gitDir, 'HEAD'), MOST.mark)).toString('utf8');
  const match = /^ref: refs\/heads\/(.+?)\n?$/s.exec(head);
  if (match?.[1] === '.invalid') return 'unknown';
  return { branch: match?.[1] ?? null };
}

/** A worktree's own git folder knows where the shared one is; for a clone they are the same. */
export async function readCommonDir(gitDir: string): Promise<string> {
  const text = await readText(join(gitDir, 'commondir'));
  return text === null ? gitDir : resolve(gitDir, text.trim());
}

async function readGitFile(path: string): Promise<string | null> {
  const match = /^gitdir: (.+?)\r?\n?$/s.exec((await readLargeFile(join(path, '.git'), MOST.mark)).toString('utf8'));
  const target = match?.[1];
  if (target === undefined) return null;
  return isAbsolute(target) ? target : resolve(path, target);
}

/** Null when there is nothing (or a link to nothing); "may not look" is an error. */
function existing<T>(path: string, look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`"${path}" cannot be read: ${reason}`, {
      hint: 'see the permissions of the folders above it',
      cause: error,
    });
  }
}
