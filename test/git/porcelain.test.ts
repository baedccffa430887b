import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePorcelain } from '../../src/status/porcelain.ts';

const BRANCH = ['# branch.oid 8f1c', '# branch.head main'];
const modes = 'N... 100644 100644 100644 1111 2222';
const parse = (...records: string[]) => parsePorcelain(records.map((record) => `${record}\0`).join(''));
const none = { changes: 0, staged: 0, untracked: 0, conflicts: 0 };

describe('the counts', () => {
  it.each([
    ['a clean tree', [], none],
    ['an unstaged change', [`1 .M ${modes} a`], { ...none, changes: 1 }],
    ['a staged change', [`1 M. ${modes} a`], { ...none, changes: 1, staged: 1 }],
    ['a path staged and changed again counts once', [`1 MM ${modes} a`], { ...none, changes: 1, staged: 1 }],
    ['an intent to add', [`1 .A ${modes} a`], { ...none, changes: 1 }],
    ['a staged deletion', [`1 D. ${modes} a`], { ...none, changes: 1, staged: 1 }],
    [
      'a rename is one path, and its old name no record',
      [`2 R. ${modes} R100 new`, 'old'],
      { ...none, changes: 1, staged: 1 },
    ],
    [
      'an old name that looks like a record',
      [`2 R. ${modes} R100 new`, '? old', '? x'],
      { ...none, changes: 2, staged: 1, untracked: 1 },
    ],
    ['a conflict', ['u UU N... 100644 100644 100644 100644 1 2 3 a'], { ...none, changes: 1, conflicts: 1 }],
    ['an untracked name with a newline, quotes and blanks', ['?  "a"\n? b '], { ...none, changes: 1, untracked: 1 }],
    ['ignored files do not count', ['! x'], none],
    ['a submodule with changes inside', ['1 .M S.M. 160000 160000 160000 1 1 lib'], { ...none, changes: 1 }],
  ])('%s', (_what, records, counts) => {
    expect(parse(...BRANCH, ...records)).toMatchObject(counts);
  });

  it('never count a path twice, whatever the names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(name), fc.array(name), (untracked, changed) => {
        const records = [...untracked.map((path) => `? ${path}`), ...changed.map((path) => `1 .M ${modes} ${path}`)];
        expect(parse(...BRANCH, ...records)).toMatchObject({
          changes: untracked.length + changed.length,
          untracked: untracked.length,
          staged: 0,
        });
      }),
    );
  });
});

describe('the branch', () => {
  it.each([
    [
      'with an upstream',
      ['# branch.oid a1', '# branch.head feature/x', '# branch.upstream origin/x', '# branch.ab +2 -13'],
      { branch: 'feature/x', head: 'a1', ahead: 2, behind: 13 },
    ],
    ['without one', BRANCH, { branch: 'main', head: '8f1c', ahead: null, behind: null }],
    ['whose upstream is gone', [...BRANCH, '# branch.upstream origin/gone'], { ahead: null, behind: null }],
    ['unborn', ['# branch.oid (initial)', '# branch.head main'], { branch: 'main', head: null }],
    ['detached', ['# branch.oid a1', '# branch.head (detached)'], { branch: null, head: 'a1' }],
    ['with a stash', [...BRANCH, '# stash 3'], { branch: 'main' }],
    ['with a hostile name', ['# branch.oid a1', '# branch.head #(touch${IFS}x)'], { branch: '#(touch${IFS}x)' }],
  ])('%s', (_what, records, facts) => {
    expect(parse(...records)).toMatchObject({ ...facts, changes: 0 });
  });
});
