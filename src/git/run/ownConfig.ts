import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readTextFile } from '../../store/regularFile.ts';

/** A configuration file that belongs to one repository, and a signature that differs when it has changed. */
export interface OwnFile {
  readonly path: string;
  readonly signature: string;
}

/**
 * The configuration files that git would read as a repository's own: its `config`, `config.worktree`, and those of its submodules, whose
 * `status` is part of its own. `args` may name the repository (`--git-dir`); else it is the one that `cwd` lies in. Empty outside any.
 */
export function findOwnFiles({ gitDir, root }: GitFolder): readonly OwnFile[] {
  const common = commonDir(gitDir);
  const own = [join(common, 'config'), join(gitDir, 'config.worktree'), join(common, 'config.worktree')];
  const files = [...own, ...submoduleConfigs(join(common, 'modules')), ...(root === null ? [] : embeddedConfigs(root))];
  return [...new Set(files)].flatMap((path) => {
    const signature = signatureOf(path);
    return signature === null ? [] : [{ path, signature }];
  });
}

export interface GitFolder {
  readonly gitDir: string;
  /** Of the work tree; null for a repository that is named, or bare. */
  readonly root: string | null;
}

/** The repository that git acts on: the one that `args` name (`--git-dir`), else the one that `cwd` lies in; null outside any. */
export function findGitFolder(cwd: string, args: readonly string[]): GitFolder | null {
  try {
    return findFolder(cwd, args);
  } catch (error) {
    // What may not be looked at is git's to refuse.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

function findFolder(cwd: string, args: readonly string[]): GitFolder | null {
  const named = args.indexOf('--git-dir');
  if (named !== -1) return { gitDir: resolve(cwd, args[named + 1] ?? ''), root: null };
  for (let folder = cwd; ; folder = dirname(folder)) {
    const entry = statSync(join(folder, '.git'), { throwIfNoEntry: false });
    if (entry?.isDirectory() === true) return { gitDir: join(folder, '.git'), root: folder };
    if (entry?.isFile() === true) return linked(folder);
    if (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'))) return { gitDir: folder, root: null };
    if (folder === dirname(folder)) return null;
  }
}

function linked(root: string): GitFolder | null {
  const target = /^gitdir: (.+?)\r?\n?$/s.exec(readSmall(join(root, '.git')) ?? '')?.[1];
  return target === undefined ? null : { gitDir: resolve(root, target), root };
}

export function commonDir(gitDir: string): string {
  const link = readSmall(join(gitDir, 'commondir'));
  return link === null ? gitDir : resolve(gitDir, link.trim());
}

/** Names of submodules may hold slashes: every `config` beside a `HEAD`, at any depth that people use. */
function submoduleConfigs(folder: string, depth = 0): readonly string[] {
  if (depth > 8 || !existsSync(folder)) return [];
  if (existsSync(join(folder, 'HEAD')))
    return [
      join(folder, 'config'),
      join(folder, 'config.worktree'),
      ...submoduleConfigs(join(folder, 'modules'), depth + 1),
    ];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? submoduleConfigs(join(folder, entry.name), depth + 1) : [],
  );
}

/** A submodule may keep its repository inside itself, as the ones that were cloned by hand and added later do. */
function embeddedConfigs(root: string): readonly string[] {
  const paths = [...(readSmall(join(root, '.gitmodules')) ?? '').matchAll(/^\s*path\s*=\s*"?([^"\r\n]+?)"?\s*$/gim)];
  return paths.flatMap(([, path = '']) => {
    const git = resolve(root, path, '.git');
    return statSync(git, { throwIfNoEntry: false })?.isDirectory() === true
      ? [join(git, 'config'), join(git, 'config.worktree')]
      : [];
  });
}

/** Null for what is not there. A file that is written within one tick of the clock has another size or inode. */
export function signatureOf(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false, bigint: true });
  return facts?.isFile() === true ? `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}` : null;
}

const MAX_BYTES = 1024 * 1024;

function readSmall(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() === true && facts.size <= MAX_BYTES ? readTextFile(path, MAX_BYTES) : null;
}

/**
 * True when a configuration file, by its text, names no program and no other file: only sections and keys of the usual kind.
 * Whatever else stands in it is a question for git.
 */
export function isHarmlessConfig(path: string): boolean {
  const text = readSmall(path);
  if (text === null) return false;
  let section = '';
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[([a-z0-9-]+)(?: "(?:[^"\\]|\\.)*")?\]$/i.exec(line);
    if (header) section = (header[1] ?? '').toLowerCase();
    else if (
      line.endsWith('\\') ||
      !isHarmlessKey(section, /^([a-z][a-z0-9-]*)\s*(=|$)/i.exec(line)?.[1]?.toLowerCase() ?? '')
    )
      return false;
  }
  return true;
}

const ANY = /^[a-z]/;
const HARMLESS: Readonly<Record<string, RegExp>> = {
  core: /^(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|quotepath|abbrev|compression|sharedrepository|untrackedcache|splitindex|preloadindex|longpaths)$/,
  remote: /^(url|pushurl|fetch|push|tagopt|prune|prunetags|skipfetchall)$/,
  branch: ANY,
  user: ANY,
  author: ANY,
  committer: ANY,
  commit: /^(gpgsign|verbose|cleanup)$/,
  tag: /^(gpgsign|sort)$/,
  push: ANY,
  pull: ANY,
  fetch: /^(prune|prunetags|unpacklimit|parallel)$/,
  rerere: ANY,
  submodule: /^(active|url|branch|path|ignore)$/,
  gc: /^auto$/,
  maintenance: /^auto$/,
  advice: ANY,
  color: ANY,
};

function isHarmlessKey(section: string, key: string): boolean {
  return key !== '' && HARMLESS[section]?.test(key) === true;
}
