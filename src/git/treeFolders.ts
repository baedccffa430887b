import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { askGit, readGit } from './run/ask.ts';

export interface FolderOptions {
  readonly env: Env;
  readonly timeoutMs: number;
}

/** The folders of a tree that can change its status, relative to its root. */
export interface TreeFolders {
  /** `''` and every folder with a tracked file somewhere below it. */
  readonly tracked: ReadonlySet<string>;
  /** When asked for: outermost folders without one that git does not ignore, empty ones too, because a first file would show them. */
  readonly untracked: readonly string[];
  readonly submodules: readonly string[];
}

export interface ListOptions extends FolderOptions {
  /** Costs as much as a status: git walks the whole tree for it. */
  readonly withUntracked: boolean;
  /** Twice the text. */
  readonly withSubmodules: boolean;
}

/** One git process; throws as readGit does. A name that is not UTF-8 comes with U+FFFD in it. */
export async function readTreeFolders(
  tree: string,
  { withUntracked, withSubmodules, ...options }: ListOptions,
): Promise<TreeFolders> {
  const untracked: string[] = [];
  const tracked = new Set<string>(['']);
  const submodules: string[] = [];
  const args = [
    'ls-files',
    '-z',
    '--cached',
    ...(withUntracked ? UNTRACKED : []),
    ...(withSubmodules ? ['--stage'] : []),
  ];
  for (const entry of splitNul(await readGit(args, { cwd: tree, ...options }))) {
    const [, mode, path = entry] = withSubmodules ? (/^(\d{6}) [^\t]*\t(.*)$/s.exec(entry) ?? []) : [];
    if (path.endsWith('/')) untracked.push(path.slice(0, -1));
    if (mode === GITLINK) submodules.push(path);
    addFolders(tracked, path.endsWith('/') ? path.slice(0, -1) : path);
  }
  return { tracked, untracked, submodules };
}

const UNTRACKED = ['--others', '--directory', '--exclude-standard'];
const GITLINK = '160000';

/** One at a time: a list of 30,000 names need not stand in memory beside the text. */
function* splitNul(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const to = text.indexOf('\0', from);
    if (to === -1) return;
    yield text.slice(from, to);
    from = to + 1;
  }
}

/** The folder of `path` and all above it. */
function addFolders(folders: Set<string>, path: string): void {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at);
    if (folders.has(folder)) return;
    folders.add(folder);
  }
}

/** Those of the paths (relative to the tree, which they must lie in) that git ignores; what is tracked never is. */
export async function readIgnored(
  tree: string,
  paths: readonly string[],
  options: FolderOptions,
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  try {
    const text = await askGit(['check-ignore', '-z', '--stdin'], {
      cwd: tree,
      input: paths.map((path) => `${path}\0`).join(''),
      ...options,
    });
    return new Set(splitNul(text ?? ''));
  } catch (error) {
    // A path that became a link or a submodule meanwhile: git refuses the whole question.
    if (error instanceof ProgramError && error.code === 128) return new Set();
    throw error;
  }
}
