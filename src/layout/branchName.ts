import { slug } from '../base/text.ts';
import { sessionName } from '../base/tmuxText.ts';
import { nearest } from './nearest.ts';

/** What `{…}` in a branch pattern may be. */
export interface BranchWords {
  readonly user: string;
  readonly id: string;
  readonly strategy_key: string;
  readonly fleet: string;
}
const WORDS = ['user', 'id', 'strategy_key', 'fleet'] as const;

/** `{fleet}`: the fleet's name as a part of a branch. */
export function fleetWord(name: string): string {
  return slug(name) || sessionName(name);
}

/** A branch pattern filled in, in one pass. Braces around anything else belong to the name. */
export function expandBranch(pattern: string, words: BranchWords): string {
  return pattern.replace(/\{(user|id|strategy_key|fleet)\}/g, (_, word: keyof BranchWords) => branchPart(words[word]));
}

/** The word that `{usr}` was probably meant to be; null when the pattern holds no such slip. */
export function misspeltWord(pattern: string): { readonly written: string; readonly meant: string } | null {
  for (const [, written = ''] of pattern.matchAll(/\{([^{}]+)\}/g)) {
    const meant = nearest(written, WORDS);
    if (meant !== null && meant !== written) return { written, meant };
  }
  return null;
}

/**
 * Why git would not take `name` as a branch (completes "it …"); null when it would. The rules of `git check-ref-format --branch`,
 * and 200 bytes: git writes each part as a file name with `.lock` behind it.
 */
export function branchFault(name: string): string | null {
  return FAULTS.find(([, is]) => is(name))?.[0] ?? null;
}

const FAULTS: readonly (readonly [fault: string, is: (name: string) => boolean])[] = [
  ['is empty', (name) => name === ''],
  ['starts with "-"', (name) => name.startsWith('-')],
  ['is a name that git keeps for itself', (name) => name === '@' || name === 'HEAD'],
  // eslint-disable-next-line no-control-regex -- control characters are what git refuses
  ['contains a space or a control character', (name) => /[\u0000-\u0020\u007f]/.test(name)],
  ['contains one of ~ ^ : ? * [ \\', (name) => /[~^:?*[\\]/.test(name)],
  ['contains ".."', (name) => name.includes('..')],
  ['contains "@{"', (name) => name.includes('@{')],
  ['starts or ends with "/", or has "//" in it', (name) => /^\/|\/$|\/\//.test(name)],
  ['ends with "."', (name) => name.endsWith('.')],
  [
    'has a part that starts with "." or ends with ".lock"',
    (name) => name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock')),
  ],
  ['is longer than 200 bytes', (name) => new TextEncoder().encode(name).length > 200],
];

/** True for two branches that git keeps in no repository together: `a` is a file there, and `a/b` one in a folder `a`. */
export function blocksBranch(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** A value as a part of a branch name: whatever git or a shell would stumble over becomes `-`. */
function branchPart(text: string): string {
  return text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'x';
}
