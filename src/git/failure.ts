import { statfs } from 'node:fs/promises';
import { ProgramError, UserError } from '../base/errors.ts';
import { redact } from './remoteUrl.ts';

/** What was tried, for the sentence: `the clone "/w/api" could not be made`, and what to do when nothing better is known. */
export interface Attempt {
  readonly what: string;
  readonly hint?: string;
}

/** Turns a git or file-system failure into a sentence the user can act on; a UserError, an interrupt and our own bugs pass unchanged. */
export function explainFailure(error: unknown, { what, hint }: Attempt): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const words = error instanceof ProgramError ? gitWords(error.stderr) : isSystemError(error) ? error.message : null;
  if (words === null) return error;
  for (const [pattern, advice] of ADVICE) {
    if (pattern.test(words)) return new UserError(`${what}: ${words}`, { hint: advice, cause: error });
  }
  return new UserError(`${what}: ${words}`, { ...(hint === undefined ? {} : { hint }), cause: error });
}

/**
 * The error as it is, or a UserError when the disk that `folder` is on has no room left: `git checkout` (2.39) says "unable to write
 * file" and not why. To be asked before anything is removed.
 */
export async function orDiskFull(error: unknown, folder: string, { what }: Attempt): Promise<unknown> {
  if (!(error instanceof ProgramError)) return error;
  const room = await statfs(folder).catch(() => null);
  if (room === null || room.bavail * room.bsize >= ONE_MIB) return error;
  return new UserError(`${what}: ${gitWords(error.stderr)}`, { hint: DISK_FULL, cause: error });
}
const ONE_MIB = 1024 * 1024;

/** git's own words: without progress lines, prefixes and credentials, at most the last eight lines. */
export function gitWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  const said = lines.filter(
    (line) => line !== '' && !/\d+% \(\d+\/\d+\)|^Cloning into |^hint: |^(remote: )?Enumerating objects/.test(line),
  );
  return (
    redact(
      said
        .slice(-8)
        .join('\n')
        .replace(/^(fatal|error): /gm, ''),
    ) || 'git gave no reason'
  );
}

/** A failed system call (`ENOSPC: …`); an AbortError has a code as well, but not such a one. */
function isSystemError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code);
}

const DISK_FULL = 'the disk is full: make room and run the command again';

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|ENOSPC/, DISK_FULL],
  [
    /[Cc]annot fork|unable to (fork|create thread)|Resource temporarily unavailable|EAGAIN/,
    'no more processes can be started: see ulimit -u, or end some programs',
  ],
  [/File too large|EFBIG|signal 25/, 'the largest size of a file is reached: see ulimit -f, or the file system'],
  [/Disk quota exceeded|EDQUOT/, 'your disk quota is used up: make room and run the command again'],
  [/Read-only file system|EROFS/, 'the file system is mounted read-only: choose another folder (`workspace`)'],
  [
    /EACCES|EPERM|could not create (leading directories|work tree dir).*Permission denied/s,
    'you may not write there: choose another folder or mend its permissions',
  ],
  [
    /dubious ownership/,
    'the folder belongs to another user; if you trust it: git config --global --add safe.directory PATH',
  ],
  [/Host key verification failed/, 'connect to the host once by hand (ssh HOST) and check its key'],
  [
    /Permission denied \(|Authentication failed|could not read (Username|Password)|terminal prompts disabled/,
    'check your access: git ls-remote REPOSITORY',
  ],
  [
    /bad object |loose object .* is corrupt|object file .* is empty|unable to read (tree|sha1 file)|missing (blob|tree|commit) /,
    'objects of the clone are missing or damaged: git fsck --full in it names them',
  ],
  [
    /Could not resolve host|Network is unreachable|Connection (timed out|refused)|No route to host/,
    'check the network and the address',
  ],
];
