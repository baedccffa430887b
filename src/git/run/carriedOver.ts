import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject, textAt } from '../../base/json.ts';
import { readJson, writeJson, type JsonFormat } from '../../store/file.ts';
import { storePaths, type Env } from '../../store/paths.ts';
import type { ConfigEntry } from './environment.ts';
import { readBytes } from '../../store/regularFile.ts';

interface CarriedOver {
  readonly version: 1;
  readonly settings: readonly ConfigEntry[];
  /** Hooks that git copied from the user's template, each with the hash of its content. */
  readonly hooks: readonly ConfigEntry[];
}

const FORMAT: JsonFormat<CarriedOver> = {
  version: 1,
  what: "note of a clone's settings",
  parse: (value) => {
    if (!isObject(value) || !Array.isArray(value['settings']) || !Array.isArray(value['hooks'])) return null;
    return { version: 1, settings: value['settings'].flatMap(parseEntry), hooks: value['hooks'].flatMap(parseEntry) };
  },
};

function parseEntry(entry: unknown): readonly ConfigEntry[] {
  const [key, value] = isObject(entry) ? [textAt(entry, 'key'), textAt(entry, 'value')] : [null, null];
  return key === null || value === null ? [] : [{ key, value }];
}

/**
 * Notes which settings of the checkout a new clone was given, and the hooks it has; `made` is its git folder, `gitDir` the one it is about
 * to have. Outside the clone: what works in it may write whatever lies in it.
 */
export async function noteCarriedOver(
  gitDir: string,
  { made, settings, env }: { readonly made: string; readonly settings: readonly ConfigEntry[]; readonly env: Env },
): Promise<void> {
  const note: CarriedOver = { version: 1, settings, hooks: listHooks(made) };
  await writeJson(notePath(gitDir, env), note);
}

/** Nothing for a repository that is not a clone of ours, or an old one. */
export async function readCarriedOver(gitDir: string, env: Env): Promise<Pick<CarriedOver, 'settings' | 'hooks'>> {
  return (await readJson(notePath(gitDir, env), FORMAT)) ?? { settings: [], hooks: [] };
}

/** Hooks in a repository's own folder that git would run, each with the hash of its content. */
export function listHooks(gitDir: string): readonly ConfigEntry[] {
  const folder = join(gitDir, 'hooks');
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
  return names
    .filter((name) => !name.endsWith('.sample'))
    .flatMap((name) => {
      const facts = statSync(join(folder, name), { throwIfNoEntry: false });
      if (facts?.isFile() !== true || (facts.mode & 0o111) === 0) return [];
      return [
        {
          key: name,
          value:
            facts.size > MAX_BYTES
              ? 'too large'
              : createHash('sha256')
                  .update(readBytes(join(folder, name), MAX_BYTES))
                  .digest('hex'),
        },
      ];
    });
}
const MAX_BYTES = 1024 * 1024;

function notePath(gitDir: string, env: Env): string {
  const { state } = storePaths(env, env.HOME ?? homedir());
  return join(state, 'clones', `${createHash('sha256').update(gitDir).digest('hex').slice(0, 32)}.json`);
}
