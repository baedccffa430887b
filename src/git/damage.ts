import { existsSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { pastedFor } from '../base/pasted.ts';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { hasCode, readText } from '../store/file.ts';
import { withRegularFile } from '../store/regularFile.ts';
import { readCommonDir, readHeadBranch } from './gitDir.ts';
import { readMarker } from './marker.ts';
import { isRefText, readLooseRefs, type LooseRef } from './refFiles.ts';

/** A file in a repository's git folder that cannot be what git wrote there: a power cut leaves it empty, full of zeros or cut off. */
export interface Damage {
  /** `HEAD`, `index`, `packed-refs`, `config`, or a ref by its full name. */
  readonly name: string;
  readonly path: string;
  /** Completes "NAME …". */
  readonly what: string;
  /** Commands that bring it back, or where to look for what it held; ready to be pasted. */
  readonly repair: string;
}

/**
 * The damaged files of a tree's own git folder: HEAD, refs, index and configuration. Reads files only, no process; what git alone can
 * tell (a damaged object, a syntax error in the configuration) is not looked for.
 */
export async function findDamage(tree: string, gitDir: string): Promise<readonly Damage[]> {
  const scene: Scene = { tree, gitDir, common: await readCommonDir(gitDir), loose: await readLooseRefs(gitDir) };
  const head = await headDamage(scene);
  const branch = head.length > 0 ? [] : await goneBranch(scene);
  return [
    ...head,
    ...(await refDamage(scene)),
    ...(await packedDamage(scene)),
    ...branch,
    ...indexDamage(scene),
    ...(await configDamage(scene)),
  ];
}

/** True for a ref that is made again by a fetch or a sync: nobody's work hangs on it. */
export function isReplaceable({ name }: Damage): boolean {
  return /^refs\/(remotes\/origin|worktree\/claude-tmux)\//.test(name);
}

/** `its own "refs/heads/x" is empty (/w/api/.git/refs/heads/x)`. */
export function describeDamage({ name, what, path }: Damage): string {
  return `its own "${oneLine(name)}" ${what} (${oneLine(path)})`;
}

/** The commit that a ref last led to, by the last whole line of its reflog; null without one. */
export async function lastKnown(common: string, ref: string): Promise<string | null> {
  const log = (await readText(join(common, 'logs', ref))) ?? '';
  return (
    log
      .split('\n')
      .map((line) => LOG_LINE.exec(line)?.[1])
      .filter((id) => id !== undefined && !/^0+$/.test(id))
      .at(-1) ?? null
  );
}
const LOG_LINE = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) .*> \d+ [+-]\d{4}(\t|$)/;

interface Scene {
  readonly tree: string;
  readonly gitDir: string;
  /** The folder that worktrees share. */
  readonly common: string;
  readonly loose: readonly LooseRef[];
}

async function headDamage({ gitDir, loose }: Scene): Promise<readonly Damage[]> {
  const path = join(gitDir, 'HEAD');
  const text = await readText(path);
  if (text === null || isRefText(text)) return [];
  const moved = [
    ...((await readText(join(gitDir, 'logs', 'HEAD'))) ?? '').matchAll(/\tcheckout: moving from \S+ to (\S+)$/gm),
  ].at(-1)?.[1];
  const own = loose
    .filter(({ name }) => name.startsWith('refs/heads/'))
    .map(({ name }) => name.slice('refs/heads/'.length));
  const branch = moved !== undefined && own.includes(moved) ? moved : own.length === 1 ? own[0] : undefined;
  const repair =
    branch === undefined
      ? `${pastedFor`ls ${join(gitDir, 'refs/heads')}`} names its branches; then ${pastedFor`echo ${'ref: refs/heads/BRANCH'} > ${path}`}`
      : pastedFor`echo ${`ref: refs/heads/${branch}`} > ${path}`;
  return [{ name: 'HEAD', path, what: contentOf(text), repair }];
}

async function refDamage({ tree, common, loose }: Scene): Promise<readonly Damage[]> {
  const bad = loose.filter(({ name, text }) => text !== null && !isRefText(text) && !/\/\./.test(name));
  return Promise.all(
    bad.map(async ({ name, path, text }) => ({
      name,
      path,
      what: contentOf(text ?? ''),
      repair: await refRepair({ tree, common, ref: name, path }),
    })),
  );
}

/** A branch that HEAD leads to and that has a reflog was there once: an unborn one has none. */
async function goneBranch({ tree, gitDir, common, loose }: Scene): Promise<readonly Damage[]> {
  const head = await readHeadBranch(gitDir);
  if (head === 'unknown' || head.branch === null) return [];
  const ref = `refs/heads/${head.branch}`;
  if (
    loose.some(({ name }) => name === ref) ||
    ((await readText(join(common, 'packed-refs'))) ?? '').includes(` ${ref}\n`) ||
    (await lastKnown(common, ref)) === null
  )
    return [];
  const path = join(common, ref);
  return [
    { name: ref, path, what: 'is gone, and its reflog is there', repair: await refRepair({ tree, common, ref, path }) },
  ];
}

async function refRepair({
  tree,
  common,
  ref,
  path,
}: {
  readonly tree: string;
  readonly common: string;
  readonly ref: string;
  readonly path: string;
}): Promise<string> {
  if (ref.startsWith('refs/worktree/claude-tmux/')) return pastedFor`rm ${path}`;
  if (ref.startsWith('refs/remotes/'))
    return pastedFor`rm ${path} && git -C ${tree} fetch ${ref.split('/')[2] ?? 'origin'}`;
  const id = await lastKnown(common, ref);
  if (id === null)
    return `${pastedFor`git -C ${tree} fsck --lost-found`} lists the commits it may have led to; then ${pastedFor`echo COMMIT > ${path}`}`;
  return `${existsSync(path) ? '' : `${pastedFor`mkdir -p ${join(path, '..')}`} && `}${pastedFor`echo ${id} > ${path}`}`;
}

/** A line that is no ref, or a last one that was cut off. */
async function packedDamage({ common }: Scene): Promise<readonly Damage[]> {
  const path = join(common, 'packed-refs');
  const text = (await readText(path)) ?? '';
  const isCut = text !== '' && !text.endsWith('\n');
  if (
    !isCut &&
    text.split('\n').every((line) => line === '' || /^(#|\^[0-9a-f]{40,64}$|[0-9a-f]{40,64} refs\/\S+$)/.test(line))
  )
    return [];
  const keep = `sed -n -E '${isCut ? '$d;' : ''}/^[0-9a-f]{40,64} refs/p'`;
  return [
    {
      name: 'packed-refs',
      path,
      what: isCut && !text.includes('\0') ? 'is cut off' : contentOf(text),
      repair: `${pastedFor`mv ${path} ${`${path}.damaged`}`} && ${keep} ${pastedFor`< ${`${path}.damaged`} > ${path}`} keeps the whole lines`,
    },
  ];
}

/** gitformat-index: it begins with DIRC. */
function indexDamage({ tree, gitDir }: Scene): readonly Damage[] {
  const path = join(gitDir, 'index');
  try {
    const start = withRegularFile(path, (file) => {
      const header = Buffer.alloc(4);
      return header.subarray(0, readSync(file, header, 0, 4, 0)).toString('latin1');
    });
    if (start === 'DIRC') return [];
    return [
      {
        name: 'index',
        path,
        what: contentOf(start),
        repair: `${pastedFor`git -C ${tree} read-tree HEAD`} (files stay as they are; what was staged counts as changed)`,
      },
    ];
  } catch (error) {
    if (hasCode(error, 'ENOENT') && existsSync(join(gitDir, 'HEAD'))) return [];
    if (error instanceof UserError || (error instanceof Error && 'code' in error))
      return [{ name: 'index', path, what: `cannot be read: ${error.message}`, repair: pastedFor`ls -l ${path}` }];
    throw error;
  }
}

/** git takes an empty configuration for one that sets nothing, and then knows no origin. */
async function configDamage({ tree, gitDir, common }: Scene): Promise<readonly Damage[]> {
  const path = join(common, 'config');
  const text = await readText(path);
  if (text !== null && text !== '' && !text.includes('\0')) return [];
  const repo = (await readMarker(gitDir).catch(() => null))?.repo ?? null;
  const add =
    repo === null
      ? pastedFor`git -C ${tree} remote add origin URL`
      : pastedFor`git -C ${tree} remote add origin ${repo}`;
  const aside = text === null ? '' : `${pastedFor`mv ${path} ${`${path}.damaged`}`} && `;
  return [
    {
      name: 'config',
      path,
      what: text === null ? 'is gone' : contentOf(text),
      repair: `${aside}${add} (what was set in it besides, as user.name, is gone)`,
    },
  ];
}

function contentOf(text: string): string {
  if (text === '') return 'is empty';
  return /^\0+$/.test(text) ? 'holds zeros' : 'holds what git did not write';
}
