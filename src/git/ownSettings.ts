import { lstatSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readText } from '../store/file.ts';
import { askGit, readGit } from './run/ask.ts';
import { readCommonDir } from './gitDir.ts';
import { gitPlace, type RiskPlace } from './riskOptions.ts';
import { readWorkFile } from './workFile.ts';

/**
 * Settings under which `git status` may call a changed file clean, or pass over it, overruled for one question. A file system that keeps no modes,
 * or no case, stays as the repository has it.
 */
export function strictSettings(gitDir: string): readonly string[] {
  const settings = [
    'core.fsmonitor=false',
    'core.untrackedCache=false',
    'core.trustctime=true',
    'core.checkStat=default',
    'core.bare=false',
  ];
  const head = lstatSync(join(gitDir, 'HEAD'), { throwIfNoEntry: false });
  if (head !== undefined && (head.mode & 0o111) === 0) settings.push('core.fileMode=true');
  if (lstatSync(join(gitDir, 'head'), { throwIfNoEntry: false }) === undefined) settings.push('core.ignoreCase=false');
  return settings.flatMap((setting) => ['-c', setting]);
}

/** Settings that change what git reads from a file: only bytes can be believed where the repository itself brings one. */
const CONVERSIONS =
  /^(filter\..*\.(clean|smudge|process)|core\.(autocrlf|eol|attributesfile|safecrlf|symlinks)|include(if\..*)?\.path)$/;

/**
 * Tracked files whose bytes are not those in the index, in a repository whose own configuration or attributes decide how files are read, or
 * when git believes a file's times instead of its content (it has noted them so in the index). Empty where they do not. LFS, as `git lfs install` sets it up, is what its users know it to be.
 */
export async function readConverted(place: RiskPlace): Promise<readonly string[]> {
  if (!(await hidesEdits(place))) return [];
  const records = (await readGit(['ls-files', '-z', '-s'], gitPlace(place))).split('\0');
  const entries = records
    .map((record) => /^(100644|100755|120000) ([0-9a-f]+) 0\t(.+)$/s.exec(record))
    .filter((match) => match !== null);
  const large = await listLarge(place);
  const changed: string[] = [];
  for (const [, , id = '', path = ''] of entries)
    if (!large.has(path) && !(await isRaw(join(place.root, path), id))) changed.push(path);
  return changed;
}

/** Settings under which `git status` passes over an edit, besides the conversions. A file system without modes is no reason to write over one. */
const HIDES = /filemode\s*=\s*(false|no|off|0)|trustctime|checkstat|ignorestat/i;

/** True where the repository itself sets something that may make `git status` call a changed file clean. */
export async function hidesEdits(place: RiskPlace): Promise<boolean> {
  const common = await readCommonDir(place.gitDir);
  const texts = await Promise.all([join(common, 'config'), join(place.gitDir, 'config.worktree')].map(readText));
  return HIDES.test(texts.join('\n')) || convertsFiles(place);
}

async function convertsFiles({ gitDir, ...place }: RiskPlace): Promise<boolean> {
  const common = await readCommonDir(gitDir);
  const attributes = (await readText(join(common, 'info', 'attributes'))) ?? '';
  if (attributes.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'))) return true;
  const texts = await Promise.all([join(common, 'config'), join(gitDir, 'config.worktree')].map(readText));
  // Spares the process below in an ordinary clone.
  if (!/filter|autocrlf|eol|attributesfile|safecrlf|symlinks|include/i.test(texts.join('\n'))) return false;
  const text = await askGit(['config', '--local', '--no-includes', '--list', '-z'], gitPlace({ ...place, gitDir }));
  return (text ?? '').split('\0').some((entry) => {
    const [key = ''] = entry.split('\n');
    const value = entry.slice(key.length + 1);
    return (
      CONVERSIONS.test(key) &&
      !(key.startsWith('filter.lfs.') && value.startsWith('git-lfs ')) &&
      !(key === 'core.symlinks' && value === 'true')
    );
  });
}

/** Files that LFS keeps elsewhere. */
async function listLarge(place: RiskPlace): Promise<ReadonlySet<string>> {
  const text = await readGit(['ls-files', '-z', '--', ':(attr:filter=lfs)'], gitPlace(place));
  return new Set(text.split('\0').filter((name) => name !== ''));
}

/** A file that is not there is a deletion, which `status` shows. */
async function isRaw(path: string, id: string): Promise<boolean> {
  const there = await readWorkFile(path);
  if (there === null) return true;
  return (
    createHash(id.length === 64 ? 'sha256' : 'sha1')
      .update(`blob ${there.bytes.length}\0`)
      .update(there.bytes)
      .digest('hex') === id
  );
}

/**
 * Files that only a rule of this very repository hides: `.git/info/exclude`, or a `core.excludesFile` in its own configuration. Nobody else has
 * such a rule, so what it hides is not what a project calls a by-product. A linked worktree has the rules of its repository.
 */
export async function readExcluded(place: RiskPlace): Promise<readonly string[]> {
  if (place.isWorktree) return [];
  const common = await readCommonDir(place.gitDir);
  const rules = (await readText(join(common, 'info', 'exclude'))) ?? '';
  const config = await Promise.all([join(common, 'config'), join(place.gitDir, 'config.worktree')].map(readText));
  const isOwn =
    rules.split('\n').some((line) => line.trim() !== '' && !line.startsWith('#')) ||
    /excludesfile|include/i.test(config.join('\n'));
  if (!isOwn) return [];
  const users = (
    await askGit(['config', '--global', '--type=path', '--get', 'core.excludesFile'], gitPlace(place))
  )?.trim();
  const shared = users === undefined || users === '' ? [] : [`--exclude-from=${users}`];
  const text = await readGit(
    ['ls-files', '--others', '-z', '--exclude-per-directory=.gitignore', ...shared],
    gitPlace(place),
  );
  return text.split('\0').filter((name) => name !== '' && !name.endsWith('/'));
}
