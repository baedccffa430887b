const PERMISSIONS = 'look at the permissions of its folder';

/** What to do about a system call that failed, by its code: what no program of ours can bring about. */
const MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and run the command again',
  EDQUOT: 'your disk quota is used up: make room and run the command again',
  EROFS: 'the file system is mounted read-only',
  EIO: 'the disk may be damaged: see the system log',
  EMFILE: 'too many files are open: raise the limit with ulimit -n',
  ENFILE: 'too many files are open on this machine: end some programs',
  EFBIG: 'the largest size of a file is reached: see ulimit -f, or the file system',
  EAGAIN: 'no more processes can be started: see ulimit -u, or end some programs',
  ENOMEM: 'the memory is used up: end some programs',
  ENOTSUP: 'the file system cannot do that',
  EXDEV: 'the two lie on different file systems',
  EBUSY: 'something else uses it: end that first',
  ETXTBSY: 'something else uses it: end that first',
  ELOOP: 'links lead in a circle: see them with ls -l',
  ESTALE: 'the file server has lost it: give the command again',
  ENOLCK: 'the file system has no more locks: see its server',
  EISDIR: 'a folder stands where a file is needed: move it away',
  ENOTEMPTY: 'the folder is not empty: somebody has put something there',
  EACCES: PERMISSIONS,
  EPERM: PERMISSIONS,
};

/** What comes from the place that was given, where something of ours is written. */
const PLACE: Readonly<Record<string, string>> = {
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  ENOENT: PERMISSIONS,
  ENAMETOOLONG: PERMISSIONS,
};

/** What to do when writing failed; null for an error that no user can mend. */
export function writeHint(error: unknown): string | null {
  return machineHint(error) ?? PLACE[codeOf(error)] ?? null;
}

/** The same for an error from anywhere: only what is the machine's doing, whatever was tried. */
function machineHint(error: unknown): string | null {
  return MACHINE[codeOf(error)] ?? null;
}

/**
 * What to do about a system call that failed unexpectedly: also where the code says nothing about the machine. Null for what is no
 * failed system call.
 */
export function systemHint(error: unknown): string | null {
  const isSystemError = error instanceof Error && 'syscall' in error && 'errno' in error;
  return isSystemError
    ? (writeHint(error) ?? 'give the command again; if it fails again, see what the named file or program is')
    : null;
}

/** Node's message without its code and its call: `no space left on device`. */
export function reasonOf(error: unknown): string {
  return withoutCode(error).replace(/, [a-z]+( '.*)?$/s, '');
}

/** With the call and its file: `permission denied, open '/x'`; of a program: `"git" could not be started`. */
export function withoutCode(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .replace(/^E[A-Z]+: /, '')
    .replace(/^spawn (.+) E[A-Z]+$/s, '"$1" could not be started');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
