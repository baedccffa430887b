import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, readText } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch } from './gitDir.ts';
import { readGit } from './run/ask.ts';

/** The refs of a repository by their full names. */
export interface RefTable {
  /** Object ids; of an annotated tag that of the tag. A symbolic ref has that of what it leads to. */
  readonly ids: ReadonlyMap<string, string>;
  /** Symbolic refs and where they lead: `refs/remotes/origin/HEAD`. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Branches, remote-tracking branches, tags and the work tree's own refs, from git's files (gitrepository-layout): no process. Where those
 * are kept or written otherwise (reftable, a damaged file) git is asked. `gitDir` as readPlace gives it, or a bare repository.
 */
export async function readRefTable(gitDir: string, env: Env): Promise<RefTable> {
  return (await readFromFiles(gitDir)) ?? askForRefs(gitDir, env);
}

/** Loose ones first, as git does: one that is packed meanwhile is found in the second place. Null when only git can tell. */
async function readFromFiles(gitDir: string): Promise<RefTable | null> {
  if ((await readHeadBranch(gitDir)) === 'unknown') return null;
  const common = await readCommonDir(gitDir);
  const loose = await readLooseRefs(gitDir);
  const packed = parsePacked((await readText(join(common, 'packed-refs'))) ?? '');
  if (packed === null) return null;
  const links = new Map<string, string>();
  for (const { name, text } of loose) {
    const link = text === null ? undefined : LINK.exec(text)?.[1];
    if (link !== undefined) links.set(name, link);
    else if (text !== null && ID.test(text)) packed.set(name, text.trim());
    else return null;
  }
  return { ids: follow(packed, links), links };
}

const LINK = /^ref: (\S+)\n?$/;
const ID = /^[0-9a-f]{40,64}\n?$/;

/** True for the content of a ref's file as git writes it. */
export function isRefText(text: string): boolean {
  return LINK.test(text) || ID.test(text);
}

export interface LooseRef {
  readonly name: string;
  readonly path: string;
  /** Null for a link in the place of a ref: git's to follow. */
  readonly text: string | null;
}

/** Every ref that has a file of its own; none for a repository that keeps them otherwise (reftable). */
export async function readLooseRefs(gitDir: string): Promise<readonly LooseRef[]> {
  const common = await readCommonDir(gitDir);
  const folders = [
    ...['heads', 'remotes', 'tags', 'replace', 'claude-tmux'].map((name) => [common, `refs/${name}`] as const),
    [gitDir, 'refs/worktree'] as const,
  ];
  return (await Promise.all(folders.map(([root, name]) => readFolder(root, name)))).flat();
}

function follow(ids: ReadonlyMap<string, string>, links: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const led = [...links].flatMap(([name, target]): [string, string][] =>
    ids.has(target) ? [[name, ids.get(target) ?? '']] : [],
  );
  return new Map([...ids, ...led]);
}

/** Every file below; one that goes meanwhile is packed, or gone. */
async function readFolder(root: string, folder: string): Promise<readonly LooseRef[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.endsWith('.lock'))
      .map(async (entry): Promise<readonly LooseRef[]> => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return readFolder(root, name);
        const path = join(root, name);
        if (!entry.isFile()) return [{ name, path, text: null }];
        const text = await readText(path);
        return text === null ? [] : [{ name, path, text }];
      }),
  );
  return found.flat();
}

/** `ID NAME` a line; `^ID` below a tag is what it leads to. */
function parsePacked(text: string): Map<string, string> | null {
  const ids = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('^')) continue;
    const [, id, name] = /^([0-9a-f]{40,64}) (\S+)$/.exec(line) ?? [];
    if (id === undefined || name === undefined) return null;
    ids.set(name, id);
  }
  return ids;
}

async function askForRefs(gitDir: string, env: Env): Promise<RefTable> {
  const text = await readGit(['--git-dir', gitDir, 'for-each-ref', '--format=%(objectname) %(refname) %(symref)'], {
    cwd: '/',
    env,
    timeoutMs: 60_000,
  });
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
  return {
    ids: new Map(records.map(([id = '', name = '']) => [name, id])),
    links: new Map(
      records.flatMap(([, name = '', link = '']): [string, string][] => (link === '' ? [] : [[name, link]])),
    ),
  };
}
