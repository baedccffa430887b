import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { spliceJson } from '../base/spliceJson.ts';
import { reasonOf } from '../base/trouble.ts';
import { hasCode, makeFolders } from '../store/file.ts';
import {
  claudeConfigPath,
  ConfigRefused,
  projectsIn,
  readConfigFile,
  throughLinks,
  type ClaudeHome,
  type ConfigFile,
} from './claudeConfig.ts';
import { isAccepted } from './claudeTrust.ts';
import { LockHeld, withClaudeLock, type ClaudeLockOptions } from './claudeLock.ts';

export interface Acceptance extends ClaudeLockOptions {
  readonly whose: ClaudeHome;
  /** Keys of `projects`: real paths of git roots. */
  readonly keys: readonly string[];
  /** Called after each step of the writing; a test ends the process in it. */
  readonly after?: (step: WriteStep) => void;
}

export type WriteStep = 'locked' | 'read' | 'made' | 'written' | 'synced' | 'renamed';

export interface Accepted {
  /** Claude Code's file. */
  readonly file: string;
  /** Keys that are not trusted afterwards. */
  readonly missing: readonly string[];
  /** Why; completes `"/home/u/.claude.json" …`. Null when nothing is missing. */
  readonly why: string | null;
}

/** Claude Code writes without the lock now and then, from what it read before: what got lost is written so often again. */
const MOST_TRIES = 3;
/** A file that changes all the time while it is held under its lock. */
const MOST_READINGS = 20;

/**
 * Notes in Claude Code's own file that the user trusts these folders, as its message names it: `projects[KEY].hasTrustDialogAccepted`.
 * Under Claude's lock, from the file as it is then, in one step, nothing else changed; read back. What could not be is in the result.
 * Call it on the user's yes only: this is the one place where a file of Claude's is written.
 */
export async function acceptTrust({ whose, keys, after = () => undefined, ...lock }: Acceptance): Promise<Accepted> {
  const file = claudeConfigPath(whose);
  let missing = keys;
  try {
    for (let tries = 0; tries < MOST_TRIES && missing.length > 0; tries++) {
      // A folder of CLAUDE_CONFIG_DIR that Claude Code has not made yet.
      await makeFolders(dirname(file), { mode: 0o700 });
      const real = throughLinks(file);
      await withClaudeLock(real, lock, (isOurs) => replace(real, { keys, isOurs, after }));
      missing = untrustedIn(real, keys);
    }
    return {
      file,
      missing,
      why: missing.length === 0 ? null : 'was written again by a Claude Code that did not know of it',
    };
  } catch (error) {
    return { file, missing, why: describeTrouble(file, error) };
  }
}

function untrustedIn(file: string, keys: readonly string[]): readonly string[] {
  const projects = projectsIn(readConfigFile(file)?.text ?? '');
  return keys.filter((key) => !isAccepted(projects, key));
}

function describeTrouble(file: string, error: unknown): string {
  if (error instanceof ConfigRefused) return error.message;
  if (error instanceof LockHeld) return `is locked by another program all the time (${basename(file)}.lock)`;
  if (error instanceof Error && 'code' in error) return `cannot be written: ${reasonOf(error)}`;
  throw error;
}

interface Replacement {
  readonly keys: readonly string[];
  readonly isOurs: () => boolean;
  readonly after: (step: WriteStep) => void;
}

/** Reads, changes and replaces the file; once more when somebody else has written it meanwhile. */
function replace(real: string, { keys, isOurs, after }: Replacement): void {
  after('locked');
  removeLeftovers(real);
  for (let tries = 0; tries < MOST_READINGS && isOurs(); tries++) {
    const before = readConfigFile(real);
    after('read');
    if (before !== null && (before.facts.mode & 0o200n) === 0n) throw new ConfigRefused('is read-only');
    const text = withKeys(before?.text ?? '{}', keys);
    if (text === before?.text || putInPlace(real, { text, before, isOurs, after })) return;
  }
}

function withKeys(text: string, keys: readonly string[]): string {
  return keys.reduce((made, key) => {
    const next = spliceJson(made, ['projects', key, 'hasTrustDialogAccepted'], true);
    if (next === null) throw new ConfigRefused('does not hold what Claude Code writes there, and was left as it is');
    return next;
  }, text);
}

interface NewText extends Omit<Replacement, 'keys'> {
  readonly text: string;
  readonly before: ConfigFile | null;
}

/** False when the file is no longer the one that was read. */
function putInPlace(real: string, { text, before, isOurs, after }: NewText): boolean {
  const temporary = `${real}${LEFTOVER}${process.pid}-${++written}`;
  try {
    writeWhole(temporary, { text, before, after });
    if (!isOurs() || !isSame(real, before)) return false;
    if (before === null) linkSync(temporary, real);
    else renameSync(temporary, real);
    after('renamed');
    return true;
  } catch (error) {
    if (before === null && hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
let written = 0;

function writeWhole(path: string, { text, before, after }: Omit<NewText, 'isOurs'>): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    after('made');
    writeFileSync(file, text);
    after('written');
    if (before !== null) keepOwner(path, before);
    fchmodSync(file, before === null ? 0o600 : Number(before.facts.mode & 0o777n));
    fsyncSync(file);
    after('synced');
  } finally {
    closeSync(file);
  }
}

/** Under sudo the file stays the user's. */
function keepOwner(path: string, { facts }: ConfigFile): void {
  const own = statSync(path, { bigint: true });
  if (own.uid !== facts.uid || own.gid !== facts.gid) chownSync(path, Number(facts.uid), Number(facts.gid));
}

function isSame(real: string, before: ConfigFile | null): boolean {
  const now = statSync(real, { bigint: true, throwIfNoEntry: false });
  if (now === undefined || before === null) return now === undefined && before === null;
  const { ino, size, mtimeNs } = before.facts;
  return now.ino === ino && now.size === size && now.mtimeNs === mtimeNs;
}

const LEFTOVER = '.claude-tmux-';

/** What a killed one left beside the file; under the lock no live process has any. */
function removeLeftovers(real: string): void {
  const name = basename(real);
  for (const entry of readdirSync(dirname(real))) {
    const isOurs = entry.startsWith(`${name}${LEFTOVER}`) || entry.startsWith(`${name}.lock.stale-`);
    if (isOurs) rmSync(join(dirname(real), entry), { force: true, recursive: true });
  }
}
