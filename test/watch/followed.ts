import { expect } from 'vitest';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import type { TreeStatus } from '../../src/status/treeStatus.ts';
import { liveTrees, type LiveTrees, type LiveTreesOptions } from '../../src/watch/liveTrees.ts';
import { eventually } from '../support/eventually.ts';
import { git, makeRepo } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

/** Trees that are followed, and what git says of them. */
export interface Followed {
  readonly trees: LiveTrees;
  /** Paths in the order in which their readings changed. */
  readonly changed: string[];
  readonly problems: string[];
  /** Waits until the reading is what git says now, nothing being asked for. */
  told(path: string, expected?: Partial<TreeStatus>): Promise<void>;
  /** After `settle` the reading is what git says, at once. */
  exact(path: string, expected?: Partial<TreeStatus>): Promise<void>;
}

interface Options extends Partial<LiveTreesOptions> {
  readonly env: Sandbox['env'];
}

/** Follows the trees until each has a reading. Questions may come closer together than in earnest, and polling cannot stand in for an event. */
export async function followed(paths: readonly string[], { env, limits = {}, ...more }: Options): Promise<Followed> {
  const changed: string[] = [];
  const problems: string[] = [];
  const trees = liveTrees({
    env,
    onChange: (path) => changed.push(path),
    onProblem: (text) => problems.push(text),
    limits: { gapMs: 50, share: 0, pollMs: 600_000, ...limits },
    ...more,
  });
  trees.follow(paths.map((path) => ({ path, base: null })));
  await trees.settle();
  const expectTruth = async (path: string, expected: Partial<TreeStatus>): Promise<void> => {
    const status = await readTreeStatus(path, { base: null, env });
    expect(status).toMatchObject(expected);
    expect(trees.reading(path)).toEqual({ status });
  };
  return {
    trees,
    changed,
    problems,
    told: (path, expected = {}) => eventually(() => expectTruth(path, expected)),
    async exact(path, expected = {}) {
      await trees.settle();
      await expectTruth(path, expected);
    },
  };
}

/** A sandbox with `count` clones of one small repository, `clones/1` and so on. */
export async function makeClones(
  count: number,
): Promise<{ readonly sandbox: Sandbox; readonly clones: readonly string[] }> {
  const sandbox = await makeSandbox();
  const { env } = sandbox;
  await makeRepo(sandbox.path('seed'), {
    env,
    files: {
      'README.md': '# Shop\n',
      '.gitignore': 'node_modules/\n*.log\n',
      'src/a.txt': 'a\n',
      'src/b.txt': 'b\n',
      'src/deep/er/c.txt': 'c\n',
      'docs/d.txt': 'd\n',
    },
  });
  const clones = Array.from({ length: count }, (_, at) => sandbox.path('clones', String(at + 1)));
  for (const clone of clones) await git(sandbox.root, ['clone', '-q', '--', sandbox.path('seed'), clone], env);
  return { sandbox, clones };
}
