import { join } from 'node:path';
import { readText } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import type { AskedOnce } from './askedOnce.ts';
import { readConfig } from './config.ts';
import { globalConfigFiles } from './configFiles.ts';
import { readCommonDir } from './gitDir.ts';
import { plumb, plumbText } from './run/ask.ts';
import type { ConfigEntry } from './run/environment.ts';

/** What the user has set in a tree that a sync goes by. */
export interface SyncSettings {
  /** Every setting that names who commits, as one text: trees with the same have the same committer. */
  readonly user: string;
  /** `commit.gpgSign`. */
  readonly signs: boolean;
  /** Folder of the hooks, relative to the tree or absolute. */
  readonly hooks: string;
  /** Command of Git LFS; empty without it. */
  readonly lfs: string;
}

/** One process for all of them and for all trees that are set up alike, another for what only git can read (a folder that begins with `~`). */
export async function readSyncSettings(
  tree: string,
  gitDir: string,
  { env, known }: { readonly env: Env; readonly known: AskedOnce<readonly ConfigEntry[]> },
): Promise<SyncSettings> {
  const common = await readCommonDir(gitDir);
  const entries = await known.ask((await readKey(common, env)) ?? gitDir, () => readConfig(tree, ASKED, env));
  const of = (pattern: RegExp): readonly ConfigEntry[] => entries.filter(({ key }) => pattern.test(key));
  return {
    user: JSON.stringify(of(/^(user|committer)\./)),
    signs: await readFlag(of(/^commit\./).at(-1)?.value ?? 'false', () =>
      plumbText(['config', '--type=bool', '--get', 'commit.gpgsign'], { cwd: tree, env }),
    ),
    hooks: of(/^core\./).length === 0 ? join(common, 'hooks') : await askForHooks(tree, env),
    lfs: of(/^filter\./)
      .map(({ value }) => value)
      .join(' '),
  };
}

const ASKED = '^(user|committer)\\.|^commit\\.gpgsign$|^core\\.hookspath$|^filter\\.lfs\\.(process|smudge)$';

/**
 * What the tree's own configuration says, less what is about branches and remotes: two trees with the same are set up alike. Null where a
 * file may depend on the tree itself (an include, an extension), or is not written line by line.
 */
async function readKey(common: string, env: Env): Promise<string | null> {
  const texts = await Promise.all([join(common, 'config'), ...globalConfigFiles(env)].map(readText)).catch(() => null);
  if (texts === null || texts.some((text) => /include|\\\r?\n/i.test(text ?? ''))) return null;
  const sections = (texts[0] ?? '').split(/^(?=\s*\[)/m).filter((section) => !/^\s*\[(branch|remote) "/i.test(section));
  const key = sections.join('');
  return /extensions/i.test(key) ? null : key;
}

/** git knows more words for yes and no, and which are none. */
async function readFlag(value: string, ask: () => Promise<string>): Promise<boolean> {
  return value === 'true' || (value !== 'false' && (await ask()) === 'true');
}

async function askForHooks(tree: string, env: Env): Promise<string> {
  return (await plumb(['rev-parse', '--git-path', 'hooks'], { cwd: tree, env })).stdout
    .toString('utf8')
    .replace(/\n$/, '');
}
