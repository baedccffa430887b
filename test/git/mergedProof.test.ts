import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elsewhere, laysOnto, LONG, makeMergedScene, type MergedScene } from './mergedScene.ts';

let scene: MergedScene;
beforeAll(async () => {
  scene = await makeMergedScene();
});
afterAll(() => scene.sandbox.dispose());

const replaced = (text: string, from: string, to: string): string => text.replace(from, to);

describe('how it is in the base is said', () => {
  const twoSteps = [{ one: '1\n' }, { two: '2\n' }];
  it('an ancestor', async () => {
    const tip = scene.commits({ one: '1\n' });
    scene.git('commit', '-q', '--allow-empty', '-m', 'More');
    expect(await scene.prove(tip, scene.git('rev-parse', 'HEAD'))).toEqual({ kind: 'ancestor', base: 'origin/main' });
  });
  it.runIf(laysOnto)('each commit by itself', async () => {
    const base = scene.commits(elsewhere, ...twoSteps);
    expect(await scene.prove(scene.commits(...twoSteps), base)).toEqual({
      kind: 'commits',
      base: 'origin/main',
      twins: [scene.git('rev-parse', `${base}^`), base],
    });
  });
  it.runIf(laysOnto)('one commit for all', async () => {
    const base = scene.commits(elsewhere, { one: '1\n', two: '2\n' });
    expect(await scene.prove(scene.commits(...twoSteps), base)).toEqual({
      kind: 'squash',
      base: 'origin/main',
      twin: base,
    });
  });
  it('its files in a later commit', async () => {
    const base = scene.commits({ one: '1\n', two: 'not yet\n' }, { two: '2\n' }, { one: 'changed since\n' });
    expect(await scene.prove(scene.commits(...twoSteps), base)).toEqual({
      kind: 'files',
      base: 'origin/main',
      commit: scene.git('rev-parse', `${base}^`),
    });
  });
  it.skipIf(laysOnto)('its files, where the commits could be shown by a newer git', async () => {
    for (const base of [scene.commits(elsewhere, ...twoSteps), scene.commits(elsewhere, { one: '1\n', two: '2\n' })])
      expect(await scene.prove(scene.commits(...twoSteps), base)).toEqual({
        kind: 'files',
        base: 'origin/main',
        commit: base,
      });
  });
  it.runIf(laysOnto)('its lines among others', async () => {
    const own = scene.commits(
      { long: replaced(LONG, 'line 30\n', 'line thirty\n') },
      { long: replaced(LONG, 'line 30\n', 'line thirty\nand more\n') },
    );
    const base = scene.commits(
      { long: replaced(LONG, 'line 29\n', 'line twenty-nine\n') },
      { long: replaced(replaced(LONG, 'line 29\n', 'line twenty-nine\n'), 'line 27\n', '27\n') },
    );
    expect(await scene.prove(own, base)).toBeNull();
    const both = scene.commits(
      { long: replaced(LONG, 'line 10\n', 'ten\n') },
      {
        long: replaced(
          replaced(LONG, 'line 10\n', 'ten\n').replace('line 28\n', '28\n'),
          'line 30\n',
          'line thirty\nand more\n',
        ),
      },
    );
    expect(await scene.prove(own, both)).toEqual({ kind: 'contained', base: 'origin/main' });
  });
});
