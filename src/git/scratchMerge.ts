import { appendFile, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder } from '../store/scratchFolder.ts';
import { renderConfig } from './config.ts';
import { readCommonDir } from './gitDir.ts';
import { hasChange } from './merged.ts';
import { inSpace, objectPlace, type ObjectSpace } from './objectSpace.ts';
import type { Outcome } from './replay.ts';
import { plumb, plumbText } from './run/ask.ts';
import { mutatePlumb, mutatePlumbText } from './run/mutate.ts';
import { gitError, type GitPlace } from './run/start.ts';
import type { Own } from './syncPoint.ts';

/** For a git older than 2.38, which merges only in a work tree. */
export interface Scratch {
  readonly space: ObjectSpace;
  readonly gitDir: string;
  /** Where the branch starts from. */
  readonly start: string;
  /** The base's commit. */
  readonly base: string;
}

/** Rebases `commits` (oldest first) as git does, in a throw-away work tree elsewhere; what it makes lies in the space. */
export async function rebaseInScratch(scratch: Scratch, commits: readonly Own[]): Promise<Outcome> {
  const [first] = commits;
  const { space, base, start } = scratch;
  if (first === undefined) return { kind: 'made', tip: base, commits: 0, dropped: 0, addsNothing: true };
  return inScratch(
    scratch,
    async (place) => {
      const conflict = await attempt(['rebase', '--quiet', '--onto', base, `${first.id}^`], place);
      if (conflict !== null) return { kind: 'conflict', files: conflict, commit: await subject(place) };
      const tip = await plumbText(['rev-parse', 'HEAD'], place);
      const made = Number(await inSpace(space, ['rev-list', '--count', tip, '--not', base]));
      const lost = made === commits.length ? null : await findLost(scratch, commits, commits.length - made);
      if (lost !== null) return lost;
      return { kind: 'made', tip, commits: made, dropped: commits.length - made, addsNothing: null };
    },
    start,
  );
}

/** git drops a commit that becomes empty, whatever made it so: a conflict unless the base has every byte of as many. */
async function findLost({ space, base }: Scratch, commits: readonly Own[], dropped: number): Promise<Outcome | null> {
  const unproven: Own[] = [];
  const tree = await inSpace(space, ['rev-parse', `${base}^{tree}`]);
  for (const commit of commits)
    if (!(await hasChange(tree, { from: commit.parents[0] ?? '', to: commit.id }, objectPlace(space))))
      unproven.push(commit);
  const [first] = unproven;
  if (first === undefined || commits.length - unproven.length >= dropped) return null;
  const files = (await inSpace(space, ['diff-tree', '-r', '-z', '--name-only', '--no-commit-id', first.id, '--']))
    .split('\0')
    .filter((name) => name !== '');
  return { kind: 'conflict', files, commit: await inSpace(space, ['log', '-1', '--format=%s', first.id, '--']) };
}

/** Merges the base with this message, likewise. */
export async function mergeInScratch(scratch: Scratch, message: string): Promise<Outcome> {
  return inScratch(
    scratch,
    async (place) => {
      const conflict = await attempt(['merge', '--quiet', '--no-ff', '-m', message.trimEnd(), scratch.base], place);
      if (conflict !== null) return { kind: 'conflict', files: conflict, commit: null };
      return {
        kind: 'made',
        tip: await plumbText(['rev-parse', 'HEAD'], place),
        commits: 1,
        dropped: 0,
        addsNothing: null,
      };
    },
    scratch.start,
  );
}

/** The tree's own settings hold there (who commits, signing, merge drivers), its hooks and rerere do not. */
const SETTINGS = [
  { key: 'core.hooksPath', value: '/dev/null' },
  { key: 'core.sparseCheckout', value: 'false' },
  { key: 'core.fsmonitor', value: 'false' },
  { key: 'rerere.enabled', value: 'false' },
  { key: 'rebase.autoSquash', value: 'false' },
  { key: 'gc.auto', value: '0' },
];

async function inScratch(
  scratch: Scratch,
  run: (place: GitPlace) => Promise<Outcome>,
  start: string,
): Promise<Outcome> {
  const folder = await makeScratchFolder('scratch', scratch.space.place.env);
  const { place } = scratch.space;
  try {
    const common = await readCommonDir(scratch.gitDir);
    await mutatePlumbText(['init', '--quiet', '--template=', '--', folder], { cwd: folder, env: place.env });
    await appendFile(
      join(folder, '.git', 'config'),
      renderConfig([
        { key: 'include.path', value: join(common, 'config') },
        { key: 'core.bare', value: 'false' },
        ...SETTINGS,
      ]),
    );
    // What the tree's own configuration names runs here no more than there.
    await writeFile(join(folder, '.git', 'claude-tmux.json'), '{}');
    await mkdir(join(folder, '.git', 'info'), { recursive: true });
    await copyFile(join(common, 'info', 'attributes'), join(folder, '.git', 'info', 'attributes')).catch(
      () => undefined,
    );
    const there = { ...place, cwd: folder, set: { ...place.set, GIT_LFS_SKIP_SMUDGE: '1' } };
    await mutatePlumbText(['checkout', '--quiet', '--detach', start, '--'], { ...there, timeoutMs: CHECKOUT_MS });
    return await run({ ...there, timeoutMs: CHECKOUT_MS });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
const CHECKOUT_MS = 600_000;

/** Null when it went well, the paths in conflict otherwise. Throws ProgramError for any other trouble. */
async function attempt(args: readonly string[], place: GitPlace): Promise<readonly string[] | null> {
  const { code, stderr } = await mutatePlumb(args, place);
  if (code === 0) return null;
  const files = (await plumbText(['diff', '--name-only', '--diff-filter=U', '-z'], place))
    .split('\0')
    .filter((name) => name !== '');
  if (files.length === 0) throw gitError(args, { code, stderr });
  return files;
}

async function subject(place: GitPlace): Promise<string | null> {
  const { code, stdout } = await plumb(['log', '-1', '--format=%s', 'REBASE_HEAD', '--'], place);
  return code === 0 ? stdout.toString('utf8').trim() : null;
}
