import { cp } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { makeClone, type CloneOptions, type CloneReport } from '../../src/git/clone.ts';
import { fillMirror, type FillOptions, type Mirror } from '../../src/git/mirror.ts';
import type { TreeSpec } from '../../src/layout/layout.ts';
import { git, makeRepo } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

/** A bare origin (branches `main` and `existing`, tag `v1`), a checkout of it, and the calls with the options a test does not care about. */
export interface Shop {
  readonly sandbox: Sandbox;
  readonly env: Sandbox['env'];
  /** A path inside the sandbox. */
  readonly path: (...parts: string[]) => string;
  readonly origin: string;
  readonly checkout: string;
  spec(more?: Partial<TreeSpec>): TreeSpec;
  fill(more?: Partial<FillOptions>): Promise<Mirror>;
  clone(more?: Partial<TreeSpec>, options?: Partial<CloneOptions>): Promise<CloneReport>;
  /** git in the checkout, the clone `api`, or a path. */
  git(where: string, ...args: string[]): Promise<string>;
  dispose(): Promise<void>;
}

/** Made once for each test file; a copy takes a tenth of the time. */
let original: Promise<Sandbox> | undefined;
afterAll(async () => (await original)?.dispose());

async function makeOriginal(): Promise<Sandbox> {
  const sandbox = await makeSandbox();
  const { env } = sandbox;
  const seed = sandbox.path('seed');
  await makeRepo(seed, {
    env,
    files: {
      'README.md': '# Shop\n',
      'src/a.txt': 'a\n',
      'src/b.txt': 'b\n',
      '.gitignore': '.env\nnode_modules/\n*.local\n',
    },
  });
  await git(seed, ['checkout', '-q', '-b', 'existing'], env);
  await git(seed, ['commit', '-q', '--allow-empty', '-m', 'On a branch'], env);
  await git(seed, ['tag', 'v1'], env);
  await git(seed, ['checkout', '-q', 'main'], env);
  await git(sandbox.root, ['clone', '-q', '--bare', '--', seed, sandbox.path('origin')], env);
  await git(sandbox.root, ['clone', '-q', '--', sandbox.path('origin'), sandbox.path('checkout')], env);
  return sandbox;
}

/** The paths hold what shells and URL parsers trip over. */
export async function makeShop(): Promise<Shop> {
  const from = await (original ??= makeOriginal());
  const sandbox = await makeSandbox();
  const { env } = sandbox;
  const origin = sandbox.path('servers', `o'r "q" #{x} y.git`);
  const checkout = sandbox.path('my checkout');
  await cp(from.path('origin'), origin, { recursive: true });
  await cp(from.path('checkout'), checkout, { recursive: true, preserveTimestamps: true });
  await git(checkout, ['remote', 'set-url', 'origin', origin], env);
  const shop: Shop = {
    sandbox,
    env,
    path: (...parts) => sandbox.path(...parts),
    origin,
    checkout,
    spec: (more = {}) => ({
      path: sandbox.path('work space', 'api'),
      repo: origin,
      branch: 'feature/api',
      base: { kind: 'default' },
      setup: [],
      include: [],
      link: [],
      ...more,
    }),
    fill: (more = {}) =>
      fillMirror({
        repo: origin,
        checkout,
        cacheDir: sandbox.path('cache'),
        env,
        terminal: false,
        onLine: () => undefined,
        ...more,
      }),
    clone: async (more = {}, options = {}) => {
      const spec = shop.spec(more);
      const mirror = options.mirror ?? (await shop.fill({ repo: spec.repo }));
      return makeClone({ mirror, spec, basePath: null, checkout, env, onLine: () => undefined, ...options });
    },
    git: (where, ...args) => git(where, args, env),
    dispose: () => sandbox.dispose(),
  };
  return shop;
}
