/** The versions of Claude Code between which the tests of the real program have passed; npm's newest of 2026-11-27, and the one it gives to Node 20. */
const TRIED = { oldest: [2, 1, 197], newest: [2, 1, 332] } as const;

/** What to know of an untried version of Claude Code; null for one in the tried range, and for one that is not known. */
export function untriedClaude(version: string | null): string | null {
  const parts = version?.split('.').map(Number) ?? [];
  if (version === null || parts.length !== 3 || parts.some((part) => !Number.isInteger(part))) return null;
  if (compare(parts, TRIED.oldest) < 0)
    return `Claude Code ${version} is older than the versions this was tried with (${RANGE}): states may be wrong`;
  if (compare(parts, TRIED.newest) > 0)
    return `Claude Code ${version} is newer than the versions this was tried with (${RANGE}): what it changed is not known yet`;
  return null;
}

const RANGE = `${TRIED.oldest.join('.')} to ${TRIED.newest.join('.')}`;

function compare(a: readonly number[], b: readonly number[]): number {
  const at = [0, 1, 2].find((place) => a[place] !== b[place]);
  return at === undefined ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
