import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextOf } from '../../src/commands/next.ts';

type Candidate = Parameters<typeof nextOf>[0][number];
const candidate = (since: number | null): Candidate =>
  ({ fleet: {}, evidence: { verdict: { since } } }) as unknown as Candidate;

it('begins with the one that has waited longest, and pressed again and again it visits each once and comes round', () => {
  const visitsAll = (times: readonly (number | null)[]): void => {
    const all = times.map(candidate);
    const visited: Candidate[] = [];
    for (let here: Candidate | null = null; visited.length < all.length;)
      visited.push((here = nextOf(all, here) ?? null) as Candidate);
    expect(new Set(visited).size).toBe(all.length);
    const waits = visited.map(({ evidence }) => evidence.verdict.since ?? 0);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(nextOf(all, visited.at(-1) ?? null)).toBe(visited[0]);
  };
  const waits = fc.array(fc.option(fc.nat()), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(waits, visitsAll));
  expect(nextOf<Candidate>([], null)).toBeUndefined();
});
