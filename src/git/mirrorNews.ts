import { readSync } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import { readLargeFile, readTextFile, withRegularFile } from '../store/regularFile.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import type { AskedOnce } from './askedOnce.ts';
import { readCommonDir } from './gitDir.ts';
import { inMirror, NEWS } from './mirrorFolder.ts';
import { keepObjects } from './objectSpace.ts';
import type { RefTable } from './refFiles.ts';
import { plumbText } from './run/ask.ts';
import { mutatePlumbText } from './run/mutate.ts';
import type { GitPlace } from './run/start.ts';

/** Folders, shaped like git's `objects`, that hold what clones lack of a mirror: clones that lack the same are given the same. */
export type News = AskedOnce<string>;

interface Clone {
  readonly tree: string;
  readonly gitDir: string;
  /** Its refs, and the mirror's. */
  readonly refs: RefTable;
  readonly theirs: RefTable;
  readonly mirror: string;
  readonly env: Env;
}

interface RefNews {
  readonly ref: string;
  readonly to: string;
  /** Null for one the clone does not have. */
  readonly from: string | null;
}

/**
 * What a clone lacks of the mirror, as a `git fetch` would see it: branches that stand elsewhere, and tags it does not have. A branch that is
 * gone stays, and so does a tag that the clone has otherwise.
 */
export function findNews({ refs, theirs }: Pick<Clone, 'refs' | 'theirs'>): readonly RefNews[] {
  return [...theirs.ids].flatMap(([name, to]): RefNews[] => {
    const [, kind, rest = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(name) ?? [];
    const ref = kind === 'tags' ? name : `refs/remotes/origin/${rest}`;
    const from = refs.ids.get(ref) ?? null;
    return kind === undefined || from === to || (kind === 'tags' && from !== null) ? [] : [{ ref, to, from }];
  });
}

/**
 * Brings news into a clone without a `git fetch` (six processes each): one pack of what is new is made in the mirror for all clones that
 * had the same, and linked. The pack is what the new tips lead to and the clone's old ones do not, so with it the clone is whole again. False
 * when that cannot be: then it takes a fetch, which also says why. Call it while the mirror is held.
 */
export async function takeNews(news: readonly RefNews[], clone: Clone, packs: News): Promise<boolean> {
  const common = await readCommonDir(clone.gitDir);
  if (!(await isPlain(common)) || news.some(({ ref }) => clone.refs.links.has(ref))) return false;
  try {
    const has = originTips(clone.refs);
    const wants = [...new Set(news.map(({ to }) => to))].sort();
    const folder = await packs.ask(JSON.stringify([clone.mirror, wants, has]), () => packNews(wants, has, clone));
    await keepObjects({ folder, home: join(common, 'objects') });
    const updates = news.map(({ ref, to, from }) =>
      from === null ? `create ${ref} ${to}\n` : `update ${ref} ${to} ${from}\n`,
    );
    await mutatePlumbText(['update-ref', '-m', 'fetch: fast, from the mirror', '--stdin'], {
      cwd: clone.tree,
      env: clone.env,
      input: updates.join(''),
    });
    return true;
  } catch (error) {
    // ENOENT: another claude-tmux has cleared the mirror up.
    if (error instanceof ProgramError || hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return false;
    throw error;
  }
}

/** Removes the packs that were made; the clones keep theirs. */
export async function dropNews(packs: News): Promise<void> {
  for (const made of packs.all())
    await made.then(
      (folder) => rm(folder, { recursive: true, force: true }),
      () => undefined,
    );
}

/** A history without a part missing, of the hash that is usual, in files; where anything may say otherwise, a pack of our choice may be the wrong one. */
async function isPlain(common: string): Promise<boolean> {
  const isShallow = await access(join(common, 'shallow')).then(
    () => true,
    () => false,
  );
  return !isShallow && !/extensions|include|promisor/i.test(readTextFile(join(common, 'config')));
}

function originTips({ ids }: RefTable): readonly string[] {
  return [...new Set([...ids].flatMap(([name, id]) => (name.startsWith('refs/remotes/origin/') ? [id] : [])))].sort();
}

/** Deltas only within the pack: it is read beside others, and completed by none. */
async function packNews(wants: readonly string[], has: readonly string[], { mirror, env }: Clone): Promise<string> {
  const place = { cwd: '/', env };
  const known = await plumbText(inMirror(mirror, ['cat-file', '--batch-check=%(objecttype) %(objectname)']), {
    ...place,
    input: has.map((id) => `${id}\n`).join(''),
  });
  const shared = known
    .split('\n')
    .flatMap((line) => (line.startsWith('commit ') ? [`^${line.slice('commit '.length)}`] : []));
  const folder = await mkdtemp(join(mirror, NEWS));
  await mkdir(join(folder, 'pack'));
  const args = [
    'pack-objects',
    '--quiet',
    '--revs',
    '--non-empty',
    '--delta-base-offset',
    join(folder, 'pack', 'pack'),
  ];
  const made = await plumbText(inMirror(mirror, args), {
    ...place,
    input: [...wants, ...shared].map((line) => `${line}\n`).join(''),
  });
  for (const name of made.split('\n').filter((line) => line !== '')) await unpackFew(folder, name, place);
  return folder;
}

/** As a fetch does: a clone that is synced every hour would soon have more packs than its gc leaves alone. */
const FEW = 100;

async function unpackFew(folder: string, name: string, place: GitPlace): Promise<void> {
  const pack = join(folder, 'pack', `pack-${name}`);
  if (countObjects(`${pack}.pack`) >= FEW) return;
  const input = await readLargeFile(`${pack}.pack`);
  for (const kind of ['pack', 'idx', 'rev']) await rm(`${pack}.${kind}`, { force: true });
  await mutatePlumbText(['--git-dir', join(folder, '..'), 'unpack-objects', '-q'], {
    ...place,
    input,
    set: { GIT_OBJECT_DIRECTORY: folder },
  });
}

/** The third 4-byte number of a pack (gitformat-pack). */
function countObjects(path: string): number {
  const header = Buffer.alloc(12);
  withRegularFile(path, (file) => readSync(file, header, 0, 12, 0));
  return header.readUInt32BE(8);
}
