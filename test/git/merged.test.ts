import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BINARY,
  blocks,
  elsewhere,
  laysOnto,
  LINES,
  LONG,
  makeMergedScene,
  type Files,
  type MergedScene,
} from './mergedScene.ts';

let scene: MergedScene;
beforeAll(async () => {
  scene = await makeMergedScene();
});
afterAll(() => scene.sandbox.dispose());

const link = (target: string) => () => {
  rmSync(join(scene.repo, 'link'));
  symlinkSync(target, join(scene.repo, 'link'));
};
const mode = (name: string, bits: number) => () => chmodSync(join(scene.repo, name), bits);
const replaced = (text: string, from: string, to: string): string => text.replace(from, to);

describe('what differs by a byte from what the base has is not merged', () => {
  const differs: readonly (readonly [string, Files, Files])[] = [
    [
      'blanks at the beginning of a line',
      { 'w.py': replaced(LINES, '    return', '        two()\n    return') },
      { 'w.py': replaced(LINES, '    return', '    two()\n    return') },
    ],
    ['blanks at the end of a line', { 'w.py': replaced(LINES, '# end', '# end  ') + 'x\n' }, { 'w.py': `${LINES}x\n` }],
    [
      'a tab for blanks',
      { 'w.py': replaced(LINES, '# end', '\tnew()\n# end') },
      { 'w.py': replaced(LINES, '# end', '        new()\n# end') },
    ],
    [
      'line ends',
      { 'w.py': replaced(LINES, '# end', 'new()\r\n# end') },
      { 'w.py': replaced(LINES, '# end', 'new()\n# end') },
    ],
    ['line ends of a new file', { new: 'a\r\nb\r\n' }, { new: 'a\nb\n' }],
    ['empty lines', { 'w.py': replaced(LINES, '# end', '\n\n# end') }, { 'w.py': replaced(LINES, '# end', '\n# end') }],
    ['the newline at the end', { new: 'a\nb' }, { new: 'a\nb\n' }],
    [
      'encoding',
      { latin: Buffer.from('caf\xe9 \xe8\n', 'latin1') },
      { latin: Buffer.from('caf\xe9 \xea\n', 'latin1') },
    ],
    [
      'a byte of a binary file',
      { bin: Buffer.concat([BINARY, Buffer.from([0, 1])]) },
      { bin: Buffer.concat([BINARY, Buffer.from([0, 2])]) },
    ],
    ['the mode of a new file', { tool: 'x\n', t: mode('tool', 0o755) }, { tool: 'x\n' }],
    ['a change of mode', { t: mode('run', 0o755) }, elsewhere],
    ['mode and content', { run: 'echo 2\n', t: mode('run', 0o755) }, { run: 'echo 2\n' }],
    ['the target of a link', { l: link('run ') }, { l: link('run') }],
    [
      'a link and a file of the same text',
      { l: link('long') },
      {
        l: () => {
          rmSync(join(scene.repo, 'link'));
          writeFileSync(join(scene.repo, 'link'), 'long');
        },
      },
    ],
    ['the name of a file', { 'a b': 'x\n' }, { 'a  b': 'x\n' }],
    ['the case of a name', { NEW: 'x\n' }, { new: 'x\n' }],
    ['a rename whose content was changed on the way', { old: null, moved: `${LONG}x\n` }, { old: null, moved: LONG }],
    ['an empty file', { empty: '' }, elsewhere],
    ['a deletion', { gone: null }, elsewhere],
    ['the same line at another place of the file', { blocks: blocks(0) }, { blocks: blocks(1) }],
  ];
  it.each(differs)('%s', async (_, own, upstream) => {
    expect(await scene.prove(scene.commits(own), scene.commits(elsewhere, upstream))).toBeNull();
  });

  it.each(differs.slice(0, 3))('%s, also as the second of two commits', async (_, own, upstream) => {
    expect(
      await scene.prove(scene.commits({ first: '1\n' }, own), scene.commits(elsewhere, { first: '1\n' }, upstream)),
    ).toBeNull();
  });

  /** The same change, and then something of the base's own. */
  it.each(differs.map(([what, own]) => [what, own] as const))(
    '%s counts as merged when the base has that very byte',
    async (_, own) => {
      expect(await scene.prove(scene.commits(own), scene.commits(elsewhere, own, { more: 'more\n' }))).not.toBeNull();
    },
  );
});

it('what a branch added and took back is in no squash of it', async () => {
  const own = scene.commits({ experiment: 'only here\n' }, { experiment: null, one: '1\n' });
  expect(await scene.prove(own, scene.commits(elsewhere, { one: '1\n' }))).toBeNull();
  expect(
    (await scene.prove(own, scene.commits(elsewhere, { experiment: 'only here\n' }, { experiment: null, one: '1\n' })))
      ?.kind,
  ).toBe(laysOnto ? 'commits' : undefined);
});

it('a file that is deleted and comes back is not what it was', async () => {
  expect(await scene.prove(scene.commits({ gone: null }, { gone: 'gone\n' }), scene.commits(elsewhere))).toBeNull();
});

it('an empty commit and a merge with a change of its own are in no patch', async () => {
  expect(await scene.prove(scene.commits({}), scene.commits(elsewhere))).toBeNull();
  const side = scene.commits({ side: 's\n' });
  scene.commits({ one: '1\n' });
  scene.git('merge', '-q', '--no-ff', '--no-commit', side);
  scene.put({ evil: 'evil\n' });
  scene.git('add', '-A');
  scene.git('commit', '-q', '-m', 'Evil');
  const tip = scene.git('rev-parse', 'HEAD');
  expect(await scene.prove(tip, scene.commits(elsewhere, { one: '1\n' }, { side: 's\n' }))).toBeNull();
  expect(
    await scene.prove(tip, scene.commits(elsewhere, { one: '1\n' }, { side: 's\n' }, { evil: 'evil\n' })),
  ).not.toBeNull();
});
