import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { closest, oneLine } from '../base/text.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { Env } from '../store/paths.ts';
import { readPlace } from './gitDir.ts';
import { isSameRepository, redact } from './remoteUrl.ts';
import { askGit, readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

/** Where a new tree's branch starts. */
export interface StartPoint {
  /** Full ref name or commit id: never a name that git could take for an option or guess at. */
  readonly ref: string;
  /** True for the remote's branch of that name: then it is the upstream. */
  readonly track: boolean;
  /** For people: `origin/main`. */
  readonly text: string;
}

interface Where {
  /** The repository that has origin's branches as remote-tracking ones. */
  readonly tree: string;
  /** Root of the checkout one stands in; null outside any. */
  readonly checkout: string | null;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The remote's branch of the wanted name, else the base: a predecessor's tip, a named branch, the remote's default branch. A checkout that
 * is itself the remote and stands on no branch has no default one: what it stands at is the base then.
 */
export async function findStartPoint(spec: TreeSpec, basePath: string | null, where: Where): Promise<StartPoint> {
  const own = `refs/remotes/origin/${spec.branch}`;
  if (await hasRef(own, where)) return { ref: own, track: true, text: `origin/${spec.branch}, which exists` };
  const tip = spec.base.kind === 'pane' && basePath !== null ? await fetchTip(basePath, where) : null;
  if (tip !== null) return { ref: tip, track: false, text: `the tip of "${basePath ?? ''}"` };
  return spec.base.kind === 'branch' ? findBranch(spec, spec.base.name, where) : findDefault(spec, where);
}

/** True when this full ref name leads to a commit. */
export async function hasRef(ref: string, { tree, env }: Pick<Where, 'tree' | 'env'>): Promise<boolean> {
  return (await askGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { cwd: tree, env })) !== null;
}

async function findBranch(spec: TreeSpec, name: string, where: Where): Promise<StartPoint> {
  const ref = `refs/remotes/origin/${name}`;
  if (await hasRef(ref, where)) return { ref, track: false, text: `origin/${name}` };
  throw await noSuchBase(spec, name, where);
}

async function findDefault(spec: TreeSpec, where: Where): Promise<StartPoint> {
  const target = await askGit(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'], {
    cwd: where.tree,
    env: where.env,
  });
  const ref = target?.trim();
  if (ref !== undefined && (await hasRef(ref, where)))
    return { ref, track: false, text: ref.replace(/^refs\/remotes\//, '') };
  // The remote's default branch is itself called HEAD.
  if (ref === undefined && (await hasRef('refs/remotes/origin/HEAD', where)))
    return { ref: 'refs/remotes/origin/HEAD', track: false, text: 'origin/HEAD' };
  const { checkout } = where;
  const tip = checkout !== null && isSameRepository(spec.repo, checkout) ? await fetchTip(checkout, where) : null;
  if (tip !== null) return { ref: tip, track: false, text: `where "${spec.repo}" stands, on no branch` };
  throw new UserError(
    `the repository "${redact(spec.repo)}" has no default branch for "${oneLine(spec.branch)}" to start from`,
    { hint: 'name one in the layout: base: BRANCH' },
  );
}

async function noSuchBase(spec: TreeSpec, name: string, { tree, env }: Fetching): Promise<UserError> {
  const text = await readGit(['for-each-ref', '--format=%(refname:lstrip=3)', 'refs/remotes/origin'], {
    cwd: tree,
    env,
  });
  const branches = text.split('\n').filter((branch) => branch !== '' && branch !== 'HEAD');
  const near = branches.includes(name.replace(/^(refs\/heads|origin|refs\/remotes\/origin)\//, ''))
    ? name.replace(/^.*?(heads|origin)\//, '')
    : closest(name, branches);
  const hint =
    near === null
      ? `it has: ${branches.slice(0, 8).map(oneLine).join(', ')}${branches.length > 8 ? ', …' : ''}`
      : `did you mean "${oneLine(near)}"?`;
  return new UserError(
    `the repository "${redact(spec.repo)}" has no branch "${oneLine(name)}" for "${oneLine(spec.branch)}" to start from`,
    { hint },
  );
}

type Fetching = Omit<Where, 'checkout'>;

/** The commit another tree stands at, brought into this one; null when that tree is not there or has no commit. */
async function fetchTip(path: string, { tree, env, signal }: Fetching): Promise<string | null> {
  const place = await readPlace(path);
  if (
    place.kind !== 'repository' ||
    (await askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: path, env })) === null
  )
    return null;
  return fetchHead(path, { tree, env, signal });
}

/** Fetches the commit that HEAD of the repository at `path` leads to, with all it is made of, and gives its id; makes no ref. */
export async function fetchHead(path: string, { tree, env, signal }: Fetching): Promise<string> {
  await mutateGit(['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--', path, 'HEAD'], {
    cwd: tree,
    env,
    signal,
  });
  const commit = await readGit(['rev-parse', '--verify', 'FETCH_HEAD'], { cwd: tree, env });
  const place = await readPlace(tree);
  if (place.kind === 'repository') await rm(join(place.gitDir, 'FETCH_HEAD'), { force: true });
  return commit.trim();
}
