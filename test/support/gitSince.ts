import { execFileSync } from 'node:child_process';
import { isAtLeast } from '../../src/base/version.ts';

let version: string | undefined;

/** True when the git on PATH is of this version or newer: docs/git.md says what an older one cannot do. */
export function gitSince(major: number, minor: number): boolean {
  return isAtLeast((version ??= execFileSync('git', ['version'], { encoding: 'utf8' })), [major, minor]);
}
