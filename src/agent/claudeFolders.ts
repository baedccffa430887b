import { isAbsolute, join, resolve } from 'node:path';
import type { Env } from '../store/paths.ts';

/** Where Claude Code keeps what we read (2.1.197). Only the trust of a clone is ever written there, on the user's yes. */
export interface ClaudeFolders {
  readonly root: string;
  /** `.claude.json`: trust and approvals by project. */
  readonly global: string;
  /** The registry: one file for each live process. */
  readonly sessions: string;
  /** Transcripts, one folder for each project. */
  readonly projects: string;
}

/** A Claude account, by the value of CLAUDE_CONFIG_DIR that selects it: an absolute path, or '' for `~/.claude`. */
export type Account = string;

/** The environment of the caller of a command. */
export interface Caller {
  readonly env: Env;
  readonly home: string;
}

/** CLAUDE_CONFIG_DIR moves everything, `.claude.json` into the folder itself. */
export function claudeFolders(account: Account, home: string): ClaudeFolders {
  const root = account === '' ? join(home, '.claude') : account;
  return {
    root,
    global: join(account === '' ? home : root, '.claude.json'),
    sessions: join(root, 'sessions'),
    projects: join(root, 'projects'),
  };
}

/**
 * The folders of a session: those of the account its conversations are in, not the caller's. The caller's count only while the
 * session's account is not known: before its first start.
 */
export function claudeFoldersOf(session: { readonly account: Account | null }, caller: Caller): ClaudeFolders {
  return claudeFolders(session.account ?? callerAccount(caller), caller.home);
}

/** The account that a claude started from the caller's environment uses. Only for what belongs to no session. */
export function callerAccount({ env, home }: Caller): Account {
  return toAccount(env.CLAUDE_CONFIG_DIR ?? '', { home, cwd: '/' });
}

/** Each of these accounts once, and the caller's. */
export function knownAccounts(
  sessions: readonly { readonly account: Account | null }[],
  caller: Caller,
): readonly Account[] {
  return [...new Set([...sessions.flatMap(({ account }) => account ?? []), callerAccount(caller)])];
}

export interface StartingSession {
  /** The layout's variables of its pane. */
  readonly own: Readonly<Record<string, string>>;
  /** Absolute folder where it starts. */
  readonly cwd: string;
  /** Its account until now; null when it has never started. */
  readonly account: Account | null;
}

/** The account a session starts in: that of its pane's `env`, else the one it has, else the caller's. */
export function startAccount({ own, cwd, account }: StartingSession, caller: Caller): Account {
  const written = own.CLAUDE_CONFIG_DIR;
  return written === undefined ? (account ?? callerAccount(caller)) : toAccount(written, { home: caller.home, cwd });
}

/** A `~` in a layout's `env` is the home folder: no shell expands it. */
function toAccount(value: string, { home, cwd }: { readonly home: string; readonly cwd: string }): Account {
  if (value === '') return '';
  return resolve(cwd, value === '~' || value.startsWith('~/') ? join(home, value.slice(1)) : value);
}

/** The account that a hook's `transcript_path` (`ROOT/projects/PROJECT/ID.jsonl`) lies in; `believed` is the recorded one. */
export function transcriptAccount(
  path: string,
  { believed, home }: { readonly believed: Account | null; readonly home: string },
): Account | null {
  const root = /^(.+)\/projects\/[^/]+\/[^/]+\.jsonl$/.exec(path)?.[1];
  if (root === undefined || !isAbsolute(root)) return believed;
  // `~/.claude` may have been named by CLAUDE_CONFIG_DIR too: then `.claude.json` lies elsewhere.
  if (believed !== null && claudeFolders(believed, home).root === root) return believed;
  return root === claudeFolders('', home).root ? '' : root;
}

/** How an account is named to the user. */
export function accountName(account: Account): string {
  return account === '' ? '~/.claude' : account;
}
