import type { Env } from '../store/paths.ts';
import { askGit } from './run/ask.ts';
import type { ConfigEntry } from './run/environment.ts';

/**
 * Settings in force in a folder whose keys match `pattern` (git's own extended regular expression over the lower-cased key), in git's
 * order: the last one wins. `includeIf` is already applied. A key without a value means true.
 */
export async function readConfig(cwd: string, pattern: string, env: Env): Promise<readonly ConfigEntry[]> {
  const text = (await askGit(['config', '-z', '--get-regexp', pattern], { cwd, env })) ?? '';
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map(parseRecord);
}

function parseRecord(record: string): ConfigEntry {
  const end = record.indexOf('\n');
  return end === -1 ? { key: record, value: 'true' } : { key: record.slice(0, end), value: record.slice(end + 1) };
}

/** Text to append to a configuration file: whatever the values hold, git reads back the same. Keys are as git lists them. */
export function renderConfig(entries: readonly ConfigEntry[]): string {
  return entries
    .map(({ key, value }) => `${renderSection(key)}\n\t${key.slice(key.lastIndexOf('.') + 1)} = ${quote(value)}\n`)
    .join('');
}

/** `remote.My Fork.url` stands under `[remote "My Fork"]`: only the middle part may hold dots, blanks and upper case. */
function renderSection(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const section = key.slice(0, first);
  return first === last ? `[${section}]` : `[${section} "${key.slice(first + 1, last).replace(/["\\]/g, '\\$&')}"]`;
}

function quote(value: string): string {
  const escaped = value
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\b', '\\b');
  return `"${escaped}"`;
}
