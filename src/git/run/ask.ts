import { orThrow, runGit, type GitAnswer, type GitPlace } from './start.ts';

/**
 * Output of a git command that only reads, as text; 10 s unless said otherwise. Takes no lock (git 2.39: a `status` without
 * --no-optional-locks made 64 of 300 commits of an agent beside it fail). Throws ProgramError, or a UserError when git is not installed.
 */
export async function readGit(args: readonly string[], place: GitPlace): Promise<string> {
  return orThrow(args, await ask(args, place)).toString('utf8');
}

/** The same for questions that git answers with exit code 1 for "no" (`config --get`, `rev-parse --verify --quiet`): null then. */
export async function askGit(args: readonly string[], place: GitPlace): Promise<string | null> {
  const answer = await ask(args, place);
  return answer.code === 1 && answer.stderr === '' ? null : orThrow(args, answer).toString('utf8');
}

function ask(args: readonly string[], place: GitPlace): Promise<GitAnswer> {
  return runGit(args, { timeoutMs: 10_000, ...place }, 'ask');
}

/** Runs a git command that only reads, and reports how it ended; two minutes unless said otherwise. */
export async function plumb(args: readonly string[], place: GitPlace): Promise<GitAnswer> {
  return runGit(args, { timeoutMs: 120_000, ...place }, 'ask');
}

/** The same for a command that must succeed: its output as trimmed text. Throws ProgramError. */
export async function plumbText(args: readonly string[], place: GitPlace): Promise<string> {
  return orThrow(args, await plumb(args, place))
    .toString('utf8')
    .trim();
}
