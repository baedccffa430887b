import { pastedFor } from '../base/pasted.ts';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { EXIT, UserError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import type { Environment } from './tmux.ts';

interface SocketChoice {
  /** `-L NAME`. */
  readonly name?: string | undefined;
  /** `-S PATH`. */
  readonly path?: string | undefined;
  readonly env: Environment;
  readonly uid: number;
  /** Folder that a relative `-S` starts from. */
  readonly cwd?: string;
}

/** A Unix socket's address holds 108 bytes with its NUL on Linux, 104 on macOS; tmux cuts what is longer and meets another server. */
const MAX_BYTES = { linux: 107, other: 103 } as const;

/** The socket tmux itself would use: `-S`, `-L`, the server we stand in (`$TMUX`), else `default` in `${TMUX_TMPDIR:-/tmp}/tmux-UID`. */
export function resolveSocket(choice: SocketChoice): string {
  const socket = chosen(choice);
  const limit = process.platform === 'linux' ? MAX_BYTES.linux : MAX_BYTES.other;
  if (Buffer.byteLength(socket) > limit) {
    throw new UserError(
      `the tmux socket path "${socket}" is too long: ${Buffer.byteLength(socket)} bytes, the system takes ${limit}`,
      { hint: 'Use a shorter -S path, or a shorter TMUX_TMPDIR.', exitCode: EXIT.usage },
    );
  }
  return socket;
}

/**
 * Makes the folder of a socket that a server is about to be started on, as tmux does for its own (`tmux-UID`, 0700), and
 * refuses one that other users could have prepared. A folder that exists elsewhere is the caller's affair.
 */
export function prepareSocketFolder(socket: string, uid: number): void {
  const folder = dirname(socket);
  if (basename(folder) !== `tmux-${uid}`) return;
  makeOwn(folder);
  const facts = lstatSync(folder);
  const isOurs = facts.isDirectory() && facts.uid === uid && (facts.mode & 0o007) === 0;
  if (isOurs) return;
  throw new UserError(`the folder "${folder}" for tmux sockets is not a folder of yours alone`, {
    hint: `It must be a real folder, owned by you, with mode 0700: \`${pastedFor`ls -ld ${folder}`}\`. Or choose another place with TMUX_TMPDIR.`,
  });
}

/** The folder above it is there: resolveSocket sees to it, and tmux makes none for `-S` either. */
function makeOwn(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`the folder "${folder}" for tmux sockets cannot be made: ${why}`, {
      hint: 'Choose another place with TMUX_TMPDIR or -S.',
      cause,
    });
  }
}

/** True when the environment is that of a pane (or job) of the server behind `socket`. */
export function isInside(socket: string, env: Environment): boolean {
  const own = insideSocket(env);
  return own !== null && real(own) === real(socket);
}

function chosen({ name, path, env, uid, cwd = '/' }: SocketChoice): string {
  if (path !== undefined && path !== '') return realFolder(resolve(cwd, path));
  if (name !== undefined && name !== '') return join(ownFolder(env, uid), checkedName(name));
  return insideSocket(env) ?? join(ownFolder(env, uid), 'default');
}

function checkedName(name: string): string {
  if (!name.includes('/') && name !== '.' && name !== '..') return name;
  throw new UserError(`the tmux socket name "${name}" is not a plain file name`, {
    hint: 'Use -S for a path.',
    exitCode: EXIT.usage,
  });
}

/** `$TMUX` is `SOCKET,PID,SESSION`; the path itself may hold commas. What the configuration runs has no session yet: -1. */
function insideSocket(env: Environment): string | null {
  const path = /^(.+),\d+,(?:\d+|-1)$/.exec(env.TMUX ?? '')?.[1];
  return path !== undefined && isAbsolute(path) ? path : null;
}

/** tmux takes TMUX_TMPDIR only when that folder is there, and follows symbolic links in it (macOS: /tmp is one). */
function ownFolder(env: Environment, uid: number): string {
  const wanted = env.TMUX_TMPDIR;
  const base = (wanted ? tryReal(wanted) : null) ?? tryReal('/tmp') ?? '/tmp';
  return join(base, `tmux-${uid}`);
}

/** The folder's real path, so that one server has one name in our records; the socket itself may not exist yet. */
function realFolder(path: string): string {
  return join(real(dirname(path)), basename(path));
}

function real(path: string): string {
  return tryReal(path) ?? path;
}

function tryReal(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
