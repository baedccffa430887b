import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { fileWords } from '../layout/namedFiles.ts';
import type { TrustPart } from '../layout/trustTable.ts';
import { hashFile } from '../store/hashFile.ts';

/** A file that a layout names and that is there. */
export interface NamedFile {
  /** Relative to the root of the tree; absolute outside it. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its size and content. */
  readonly hash: string;
}

interface Place {
  /** Root of the checkout or clone. */
  readonly root: string;
  /** Folder in it where the pane starts, '' for the root. */
  readonly dir: string;
  readonly home: string;
}

/** More folders than this are not looked into for one pane. */
const MOST_FOLDERS = 100;
/** A program may be named without the end of its file's name: `node tools/setup`. */
const ENDS = ['', '.sh', '.js', '.mjs', '.cjs', '.ts', '.py'];

/** The files that commands and keys name, as they are in this tree now. A word counts when a file of that name is in the tree. */
export function readNamedFiles(
  parts: readonly Pick<TrustPart, 'runs' | 'files'>[],
  { root, dir, home }: Place,
): readonly NamedFile[] {
  const words = new Set(parts.flatMap(({ runs = [] }) => runs.flatMap(fileWords)));
  const start = join(root, dir);
  const folders = foldersNamed(words, [...new Set([start, root])], root);
  const inTree = [...words]
    .flatMap((word) => folders.flatMap((folder) => pathsOf(word, folder)))
    .filter((path) => isWithin(path, root));
  const keyed = parts.flatMap(({ files = [] }) =>
    files.flatMap((file) => [start, root].map((folder) => absolute(file, folder, home))),
  );
  const found = [...new Set([...inTree, ...keyed])].flatMap((path): NamedFile[] => {
    const content = hashFile(path);
    return content === null ? [] : [{ path: isWithin(path, root) ? relative(root, path) : path, ...content }];
  });
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Folders that a command names are where its other words may start: `cd tools && ./setup.sh`. */
function foldersNamed(words: ReadonlySet<string>, starts: readonly string[], root: string): readonly string[] {
  const found = new Set(starts);
  for (const folder of found) {
    if (found.size > MOST_FOLDERS) break;
    for (const word of words) {
      const path = absolute(word, folder, root);
      if (isWithin(path, root) && isFolder(path)) found.add(path);
    }
  }
  return [...found];
}

function pathsOf(word: string, folder: string): readonly string[] {
  const path = absolute(word, folder, folder);
  return /[*?[]/.test(basename(word)) ? matching(path) : ENDS.map((end) => path + end);
}

/** The files that a glob in the last part of a path stands for. */
function matching(path: string): readonly string[] {
  const pattern = basename(path)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const match = toPattern(`^${pattern}$`);
  return match === null
    ? []
    : namesIn(dirname(path))
        .filter((name) => match.test(name))
        .map((name) => join(dirname(path), name));
}

/** Null for a bracket that is never closed. */
function toPattern(text: string): RegExp | null {
  try {
    return new RegExp(text);
  } catch {
    return null;
  }
}

function absolute(word: string, folder: string, home: string): string {
  if (word.startsWith('~/')) return join(home, word.slice(2));
  return isAbsolute(word) ? join(word) : join(folder, word);
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A name that is too long, or a way through a file, is no folder.
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
