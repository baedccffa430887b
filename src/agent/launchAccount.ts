import { readIfThere } from '../store/file.ts';
import type { Account } from './claudeFolders.ts';

/** The account that a session's launch file starts Claude in, for records that do not say it; null when it was never started. */
export function readLaunchAccount(launch: string): Account | null {
  const text = readIfThere(launch);
  if (text === null || !/^transcripts='./m.test(text)) return null;
  const word = /^ {2}export CLAUDE_CONFIG_DIR='(.*)'$/m.exec(text)?.[1];
  // A quote in a word is written as '\''.
  return word === undefined ? '' : word.replaceAll("'\\''", "'");
}
