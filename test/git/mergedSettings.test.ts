import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChange } from '../../src/git/merged.ts';
import { elsewhere, laysOnto, LINES, makeMergedScene, type Files, type MergedScene } from './mergedScene.ts';

let scene: MergedScene;
beforeAll(async () => {
  scene = await makeMergedScene();
});
afterAll(() => scene.sandbox.dispose());

const replaced = (text: string, from: string, to: string): string => text.replace(from, to);

describe('nothing a repository is set to makes other bytes alike', () => {
  const own: Files = { 'w.py': replaced(LINES, '    return', '        two()\n    return') };
  const theirs: Files = { 'w.py': replaced(LINES, '    return', '    two()\n    return') };
  const ATTRIBUTES = [
    '* merge=ours text eol=lf diff=none filter=none',
    '* binary merge=union working-tree-encoding=UTF-16',
  ];
  const CONFIG = [
    'merge.ours.driver=true',
    'merge.renormalize=true',
    'core.autocrlf=true',
    'diff.none.textconv=true',
    'diff.algorithm=patience',
    'diff.renames=copies',
    'diff.noprefix=true',
    'diff.ignoreSubmodules=all',
    'core.fileMode=false',
    'core.ignoreCase=true',
    'diff.external=true',
    'diff.suppressBlankEmpty=true',
    'core.whitespace=-trailing-space',
    'merge.default=ours',
    'filter.none.clean=true',
  ];

  it.each([
    ['attributes', ATTRIBUTES, []],
    ['configuration and attributes', ATTRIBUTES, CONFIG],
  ] as const)('%s', async (_, attributes, config) => {
    const [tip, base, same] = [scene.commits(own), scene.commits(elsewhere, theirs), scene.commits(elsewhere, own)];
    for (const entry of config)
      scene.git('config', entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1));
    try {
      for (const line of attributes) {
        writeFileSync(join(scene.repo, '.git', 'info', 'attributes'), `${line}\n`);
        writeFileSync(join(scene.repo, '.gitattributes'), `${line}\n`);
        expect([line, await scene.prove(tip, base)]).toEqual([line, null]);
        expect([line, (await scene.prove(tip, same))?.kind]).toEqual([line, laysOnto ? 'commits' : 'files']);
        expect([
          line,
          await hasChange(scene.git('rev-parse', `${base}^{tree}`), { from: scene.start, to: tip }, scene.place),
        ]).toEqual([line, false]);
        expect([
          line,
          await hasChange(scene.git('rev-parse', `${same}^{tree}`), { from: scene.start, to: tip }, scene.place),
        ]).toEqual([line, true]);
      }
    } finally {
      for (const entry of config) scene.git('config', '--unset-all', entry.slice(0, entry.indexOf('=')));
      rmSync(join(scene.repo, '.git', 'info', 'attributes'));
      rmSync(join(scene.repo, '.gitattributes'), { force: true });
    }
  });

  it('replaced objects and grafts', async () => {
    const [tip, base] = [scene.commits({ one: '1\n' }), scene.commits(elsewhere)];
    const liar = execFileSync('git', ['commit-tree', '-p', tip, '-m', 'Liar', `${base}^{tree}`], {
      cwd: scene.repo,
      env: scene.sandbox.env,
      encoding: 'utf8',
    }).trim();
    scene.git('replace', base, liar);
    writeFileSync(join(scene.repo, '.git', 'info', 'grafts'), `${base} ${tip}\n`);
    try {
      expect(await scene.prove(tip, base)).toBeNull();
    } finally {
      scene.git('replace', '-d', base);
      rmSync(join(scene.repo, '.git', 'info', 'grafts'));
    }
  });
});

it('leaves nothing behind, and writes nothing into the repository', async () => {
  const [tip, base] = [scene.commits({ one: '1\n' }), scene.commits(elsewhere)];
  const before = scene.git('count-objects', '-v');
  await scene.prove(tip, base);
  await hasChange(scene.git('rev-parse', `${base}^{tree}`), { from: scene.start, to: tip }, scene.place);
  expect(scene.git('count-objects', '-v')).toBe(before);
  const folder = scene.sandbox.env.TMPDIR ?? '/tmp';
  expect(readdirSync(folder).filter((name) => name.startsWith(`claude-tmux-merge-${process.pid}-`))).toEqual([]);
});

it.each(['merge', 'objects', 'scratch', 'diff'])(
  'takes away what a killed run left an hour ago of a trial (%s), and nothing of one that lives',
  async (kind) => {
    const folder = scene.sandbox.env.TMPDIR ?? '/tmp';
    const [dead, fresh, living] = ['999999999-dead', '999999999-new', `${process.ppid}-lives`].map((name) =>
      join(folder, `claude-tmux-${kind}-${name}`),
    );
    for (const path of [dead, fresh, living]) mkdirSync(path ?? '');
    for (const path of [dead, living]) utimesSync(path ?? '', 1, 1);
    await scene.prove(scene.commits({ one: '1\n' }), scene.start);
    expect([dead, fresh, living].map((path) => existsSync(path ?? ''))).toEqual([false, true, true]);
  },
);
