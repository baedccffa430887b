import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderConfig } from './config.ts';
import { readCommonDir } from './gitDir.ts';
import { inSpace, type ObjectSpace } from './objectSpace.ts';
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
  return inScratch(scratch, async (place) => {
    const conflict = await attempt(['rebase', '--quiet', '--onto', base, `${first.id}^`], place);
    if (conflict !== null) return { kind: 'conflict', files: conflict, commit: await subject(place) };
    const tip = await plumbText(['rev-parse', 'HEAD'], place);
    const made = Number(await inSpace(space, ['rev-list', '--count', tip, '--not', base]));
    return { kind: 'made', tip, commits: made, dropped: commits.length - made, addsNothing: null };
  }, start);
}

/** Merges the base with this message, likewise. */
export async function mergeInScratch(scratch: Scratch, message: string): Promise<Outcome> {
  return inScratch(scratch, async (place) => {
    const conflict = await attempt(['merge', '--quiet', '--no-ff', '-m', message.trimEnd(), scratch.base], place);
    if (conflict !== null) return { kind: 'conflict', files: conflict, commit: null };
    return { kind: 'made', tip: await plumbText(['rev-parse', 'HEAD'], place), commits: 1, dropped: 0, addsNothing: null };
  }, scratch.start);
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

async function inScratch(scratch: Scratch, run: (place: GitPlace) => Promise<Outcome>, start: string): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'claude-tmux-scratch-'));
  const { place } = scratch.space;
  try {
    const common = await readCommonDir(scratch.gitDir);
    await mutatePlumbText(['init', '--quiet', '--template=', '--', folder], { cwd: folder, env: place.env });
    await appendFile(join(folder, '.git', 'config'), renderConfig([{ key: 'include.path', value: join(common, 'config') }, { key: 'core.bare', value: 'false' }, ...SETTINGS]));
    await mkdir(join(folder, '.git', 'info'), { recursive: true });
    await copyFile(join(common, 'info', 'attributes'), join(folder, '.git', 'info', 'attributes')).catch(() => undefined);
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
  const files = (await plumbText(['diff', '--name-only', '--diff-filter=U', '-z'], place)).split('\0').filter((name) => name !== '');
  if (files.length === 0) throw gitError(args, { code, stderr });
  return files;
}

async function subject(place: GitPlace): Promise<string | null> {
  const { code, stdout } = await plumb(['log', '-1', '--format=%s', 'REBASE_HEAD', '--'], place);
  return code === 0 ? stdout.toString('utf8').trim() : null;
}
