import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, dirname } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Hash of the bundle, set by the build: V8 itself compares no more than the length of the source. */
declare const CLAUDE_TMUX_BUILD: string | undefined;

/** Files kept, for other commands and for other versions of Node and of this program; each has half a megabyte. */
const KEPT = 24;
const OTHERS_WRITE = 0o022;

/**
 * The file that holds V8's code for this bundle, this Node and this command (what another one needs costs a start more than it saves);
 * null when there is no home. The cache only saves time: whatever goes wrong with it is passed over in silence, and the program
 * starts without.
 */
export function codeFile(env: Environment, command: string | null): string | null {
  if (typeof CLAUDE_TMUX_BUILD !== 'string') return null;
  const base = cacheFolder(env);
  return base === null
    ? null
    : join(
        base,
        'claude-tmux',
        'code',
        `${CLAUDE_TMUX_BUILD}-${process.version}-${process.arch}-${fileWord(command)}.bin`,
      );
}

/** Whatever stands on the command line, in letters that a file's name may have: a word that is no command has no success to keep. */
function fileWord(command: string | null): string {
  return command !== null && /^[a-z-]{1,20}$/.test(command) ? command : 'other';
}

/** XDG base directories: a relative value is to be ignored. */
function cacheFolder(env: Environment): string | null {
  const xdg = env.XDG_CACHE_HOME ?? '';
  if (isAbsolute(xdg)) return xdg;
  try {
    return join(homedir(), '.cache');
  } catch {
    return null;
  }
}

/** The code, or null. It is a program: one that another user could have written is not run. */
export function readCode(path: string): Buffer | null {
  try {
    // store/regularFile.ts, which is bundled with the rest, is what this loads.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(file);
      const { uid, mode } = facts;
      const ours = process.getuid === undefined || uid === process.getuid();
      return facts.isFile() && ours && (mode & OTHERS_WRITE) === 0 ? readFileSync(file) : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** Writes the code under a name of its own and renames it into place, so that nobody reads half a file; then prunes. */
export function writeCode(path: string, code: () => Buffer): void {
  const temporary = `${path}.${process.pid}`;
  try {
    makeFolders(dirname(path));
    writeFileSync(temporary, code(), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
    prune(dirname(path));
  } catch {
    removeIfThere(temporary);
  }
}

/** `force` passes over a missing file only: /dev/null/x is an error all the same. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing was written there.
  }
}

/** Three levels, one by one: mkdir with `recursive` never returns on a folder like /proc/x (Node 20). */
function makeFolders(folder: string): void {
  for (const path of [dirname(dirname(folder)), dirname(folder), folder]) {
    if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
  }
}

function prune(folder: string): void {
  const files = readdirSync(folder).map((name) => ({
    path: join(folder, name),
    time: statSync(join(folder, name)).mtimeMs,
  }));
  files.sort((a, b) => b.time - a.time);
  for (const { path } of files.slice(KEPT)) rmSync(path, { force: true });
}
