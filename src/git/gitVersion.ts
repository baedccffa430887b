import { UserError } from '../base/errors.ts';
import { installHint } from '../base/installHint.ts';
import { isAtLeast } from '../base/version.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './run/ask.ts';

/** What each feature needs of git, and what there is to do with an older one. docs/git.md names the same versions. */
export const GIT_FEATURES = {
  /** Clones and worktrees. */
  trees: { since: [2, 25], what: 'claude-tmux', instead: null },
  /** A fetch that leaves FETCH_HEAD, which the agent's own `git pull` may be reading, as it is. */
  task: {
    since: [2, 29],
    what: '`task`',
    instead: 'close the session and add another: claude-tmux close, claude-tmux add',
  },
  /** The same, and refs that are held while files move (2.27). */
  sync: { since: [2, 29], what: '`sync`', instead: 'run git pull --rebase in the clones' },
} as const;
type GitFeature = keyof typeof GIT_FEATURES;

/** Throws a UserError for a git that is too old for a feature. To be asked before anything is changed for it. */
export async function refuseOldGit(env: Env, feature: GitFeature = 'trees'): Promise<void> {
  refuse(await readGitVersion(env), feature);
}

/** True when git merges without a work tree (`merge-tree --write-tree`, 2.38). Throws a UserError when it is too old for any sync. */
export async function canMergeTrees(env: Env): Promise<boolean> {
  const text = await readGitVersion(env);
  refuse(text, 'sync');
  return isAtLeast(text, [2, 38]);
}

function refuse(text: string, feature: GitFeature): void {
  const { since, what, instead } = GIT_FEATURES[feature];
  if (isAtLeast(text, since)) return;
  const hint = instead === null ? installHint('git', process.platform) : `update git, or ${instead}`;
  throw new UserError(`${what} needs git ${since.join('.')} or newer; this is ${text.replace('git version ', '')}`, {
    hint,
  });
}

/** `git version 2.39.5`. */
export async function readGitVersion(env: Env): Promise<string> {
  return (await readGit(['version'], { cwd: '/', env })).trim();
}
