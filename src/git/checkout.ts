import { join, resolve } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import type { CheckoutFacts } from '../layout/world.ts';
import { readText } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readCheckoutFiles, type CheckoutFiles } from './checkoutFiles.ts';
import { explainFailure } from './failure.ts';
import { isRelative } from './remoteUrl.ts';
import { askGit, readGit } from './run/ask.ts';

/** The checkout that `cwd` stands in (a linked worktree and a sub-folder too); null outside any and in a bare repository. */
export async function readCheckout(cwd: string, env: Env): Promise<CheckoutFacts | null> {
  const files = readCheckoutFiles(cwd, env);
  const known = files === 'unknown' ? await askForAll(cwd, env) : files;
  if (known === null) return null;
  const { root, branch } = known;
  const [origin, include] = await Promise.all([
    known.origin === 'unknown' ? askForOrigin(root, env) : known.origin.url,
    readText(join(root, '.worktreeinclude')),
  ]);
  return { root, origin: absolute(origin, root), branch, worktreeInclude: parseGlobs(include ?? '') };
}

async function askForAll(cwd: string, env: Env): Promise<CheckoutFiles | null> {
  const [root, origin, branch, commit] = await Promise.all([
    readRoot(cwd, env),
    askForOrigin(cwd, env),
    quiet(askGit(['symbolic-ref', '--quiet', 'HEAD'], { cwd, env })),
    quiet(askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd, env })),
  ]);
  if (root === null) return null;
  return {
    root,
    origin: { url: origin },
    branch: commit === null ? null : (branch?.replace(/\n$/, '').replace(/^refs\/heads\//, '') ?? null),
  };
}

/** The `origin` of the work tree at `root` as it is written there; null without one. No process where the tree's files tell. */
export async function readOriginUrl(root: string, env: Env): Promise<string | null> {
  const files = readCheckoutFiles(root, env);
  return files === null || files === 'unknown' || files.origin === 'unknown'
    ? askForOrigin(root, env)
    : files.origin.url;
}

/** The first of several, as git's own `fetch` takes it. */
async function askForOrigin(cwd: string, env: Env): Promise<string | null> {
  const values = await quiet(askGit(['config', '-z', '--get-all', 'remote.origin.url'], { cwd, env }));
  return values?.split('\0')[0] ?? null;
}

async function readRoot(cwd: string, env: Env): Promise<string | null> {
  try {
    const text = await readGit(['rev-parse', '--show-toplevel'], { cwd, env });
    return text.replace(/\n$/, '');
  } catch (error) {
    if (error instanceof ProgramError && /not a git repository|must be run in a work tree/.test(error.stderr))
      return null;
    throw explainFailure(error, { what: `the repository you stand in ("${cwd}") cannot be read` });
  }
}

/** Outside a repository these questions fail as well; readRoot decides what that means, and speaks for all of them. */
async function quiet(question: Promise<string | null>): Promise<string | null> {
  return question.catch((error: unknown) => {
    if (error instanceof ProgramError) return null;
    throw error;
  });
}

/** git takes a relative origin from the checkout's root; clones are made elsewhere. */
function absolute(origin: string | null, root: string): string | null {
  return origin !== null && isRelative(origin) ? resolve(root, origin) : origin;
}

/** As git reads `.gitignore`: blanks at a line's end do not count unless a backslash keeps them, nor does a byte order mark. */
function parseGlobs(text: string): readonly string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines
    .map((line) => line.replace(/(?<!\\) +$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
