import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRepositoryVariable } from '../base/childEnvironment.ts';
import { hasCode } from '../store/file.ts';
import { readTextFile } from '../store/regularFile.ts';
import type { Env } from '../store/paths.ts';
import { globalConfigFiles } from './configFiles.ts';
import { isSilentOnRemotes, parsePlainConfig } from './plainConfig.ts';

/** What git's files tell of a checkout. */
export interface CheckoutFiles {
  /** The work tree's root, without symbolic links. */
  readonly root: string;
  /** First `remote.origin.url` as written, null without one; `unknown` when only git can tell. */
  readonly origin: { readonly url: string | null } | 'unknown';
  /** Null when detached. */
  readonly branch: string | null;
}

/**
 * The checkout around `cwd` as its files tell it; null when there is none. Every command starts with it, and the four git processes
 * that tell the same were a quarter of `validate`. `unknown` wherever git could see more than is looked at here:
 * variables that steer it, another owner's repository, another ref format, an unborn branch, a mount point, a missing git.
 */
export function readCheckoutFiles(cwd: string, env: Env): CheckoutFiles | null | 'unknown' {
  if (isSteered(env) || !isOnPath('git', env)) return 'unknown';
  try {
    return readFound(cwd, env);
  } catch (error) {
    // Whatever cannot be read here is git's to explain.
    if (error instanceof Error && 'code' in error) return 'unknown';
    throw error;
  }
}

/** Variables that have no say in where a repository is and what its remotes are. */
const HARMLESS =
  /^GIT_((AUTHOR|COMMITTER|PS1|TRACE)_?.*|EDITOR|SEQUENCE_EDITOR|PAGER|ASKPASS|TERMINAL_PROMPT|SSH|SSH_COMMAND|SSH_VARIANT|OPTIONAL_LOCKS|SSL_.*|HTTP_.*|CURL_VERBOSE|PROXY_.*|CONFIG_GLOBAL|CONFIG_NOSYSTEM)$/;

function isSteered(env: Env): boolean {
  return Object.keys(env).some(
    (name) => name.startsWith('GIT_') && !HARMLESS.test(name) && !isRepositoryVariable(name),
  );
}

function isOnPath(program: string, env: Env): boolean {
  return (env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readFound(cwd: string, env: Env): CheckoutFiles | null | 'unknown' {
  const found = findRoot(realpathSync(cwd));
  if (found === null || found === 'unknown') return found;
  const { root } = found;
  const gitDir = readGitDir(root);
  const common = gitDir === null ? null : readCommon(gitDir);
  if (gitDir === null || common === null) return 'unknown';
  const head = readHead(gitDir, common);
  const config = parsePlainConfig(readTextFile(join(common, 'config')));
  if (head === 'unknown' || config === null) return 'unknown';
  return {
    root,
    branch: head.branch,
    origin: globalConfigFiles(env).every(saysNothing) ? { url: config.origin } : 'unknown',
  };
}

/** Climbs as git does; a folder that looks like a bare repository, or lies on another file system, is for git to judge. */
function findRoot(start: string): { readonly root: string } | null | 'unknown' {
  const { dev } = statSync(start);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return { root: folder };
    if (folder === dirname(folder)) return null;
    if (existsSync(join(folder, 'HEAD')) || statSync(dirname(folder)).dev !== dev) return 'unknown';
  }
}

/** The folder behind `.git`; null when something is not as git makes it, or not this user's: git trusts nobody else's. */
function readGitDir(root: string): string | null {
  const entry = join(root, '.git');
  const file = lstatSync(entry);
  const target = file.isFile()
    ? /^gitdir: (.+)\n$/.exec(readTextFile(entry))?.[1]
    : file.isDirectory()
      ? entry
      : undefined;
  if (target === undefined) return null;
  const gitDir = resolve(root, target);
  return [root, entry, gitDir].every(isOurs) ? gitDir : null;
}

function isOurs(path: string): boolean {
  return lstatSync(path).uid === process.geteuid?.();
}

/** The folder that a repository's worktrees share: itself, or what `commondir` names; null when it is no repository. */
function readCommon(gitDir: string): string | null {
  const link = readIfThere(join(gitDir, 'commondir'));
  const common = link === null ? gitDir : resolve(gitDir, link.trim());
  return ['objects', 'refs'].every((name) => statSync(join(common, name)).isDirectory()) ? common : null;
}

/** Only a branch with a commit: the words for an unborn one, and other ref formats, are git's. */
function readHead(gitDir: string, common: string): { readonly branch: string | null } | 'unknown' {
  const path = join(gitDir, 'HEAD');
  if (!lstatSync(path).isFile()) return 'unknown';
  const text = readTextFile(path);
  if (isObjectName(text)) return { branch: null };
  const branch = /^ref: refs\/heads\/([^\s~^:?*[\\]+)\n$/.exec(text)?.[1];
  if (branch === undefined || branch.includes('..')) return 'unknown';
  const loose = readIfThere(join(common, 'refs', 'heads', branch));
  const exists =
    loose === null
      ? readIfThere(join(common, 'packed-refs'))?.includes(` refs/heads/${branch}\n`)
      : isObjectName(loose);
  return exists === true ? { branch } : 'unknown';
}

function isObjectName(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.test(text);
}

function saysNothing(path: string): boolean {
  return isSilentOnRemotes(readIfThere(path) ?? '');
}

function readIfThere(path: string): string | null {
  try {
    return readTextFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
