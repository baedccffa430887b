import { fstatSync, lstatSync, readFileSync, readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isObject } from '../base/json.ts';
import { hasCode, parseObject } from '../store/file.ts';
import { withOpened } from '../store/regularFile.ts';
import { claudeFolders, type Account } from './claudeFolders.ts';

/** Whose Claude Code: an account of this home. */
export interface ClaudeHome {
  readonly account: Account;
  readonly home: string;
}

/**
 * The file in which Claude Code keeps what it knows of each project: `.claude.json`, or the older `.config.json` in its folder where that
 * is still there (2.1.197 and 2.1.332 go on with it).
 */
export function claudeConfigPath({ account, home }: ClaudeHome): string {
  const { root, global } = claudeFolders(account, home);
  const old = join(root, '.config.json');
  const facts = statSync(old, { throwIfNoEntry: false });
  return facts?.isFile() === true && facts.size > 0 ? old : global;
}

/** Claude Code's file cannot be used; the message completes `"/home/u/.claude.json" …`. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

/** A larger one is not read. In bytes. */
const LARGEST = 64 * 1024 * 1024;

/** The file as it was read, and by what it is known whether it is still the same. */
export interface ConfigFile {
  readonly text: string;
  readonly facts: BigIntStats;
}

/** Reads it without waiting for anything; null when it is not there. Throws ConfigRefused for what is no text file, and Node's errors. */
export function readConfigFile(path: string): ConfigFile | null {
  try {
    return withOpened(path, (file) => {
      const facts = fstatSync(file, { bigint: true });
      if (!facts.isFile()) throw new ConfigRefused('is no regular file');
      if (facts.size > LARGEST) throw new ConfigRefused('is larger than 64 MiB');
      const bytes = readFileSync(file);
      const text = bytes.toString('utf8');
      // Written back, what cannot be read would be changed.
      if (!Buffer.from(text, 'utf8').equals(bytes)) throw new ConfigRefused('is not UTF-8 text');
      return { text, facts };
    });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** What it says of each project, by key; empty for a file that is missing, damaged or cannot be read. */
export function readProjects(whose: ClaudeHome): Readonly<Record<string, unknown>> {
  try {
    return projectsIn(readConfigFile(claudeConfigPath(whose))?.text ?? '');
  } catch (error) {
    if (error instanceof ConfigRefused || (error instanceof Error && 'code' in error)) return {};
    throw error;
  }
}

export function projectsIn(text: string): Readonly<Record<string, unknown>> {
  const projects = parseObject(text.replace(/^\ufeff/, ''))?.projects;
  return isObject(projects) ? projects : {};
}

/** Where a path leads through links, also when the last one leads to a file that is not there yet. */
export function throughLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const folder = realpathSync(dirname(path));
  const itself = lstatSync(path, { throwIfNoEntry: false });
  return itself?.isSymbolicLink() === true ? throughLinks(resolve(folder, readlinkSync(path))) : path;
}
