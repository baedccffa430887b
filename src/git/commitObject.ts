import type { AskedOnce } from './askedOnce.ts';
import { readObject, writeObject } from './looseObject.ts';
import type { ObjectSpace } from './objectSpace.ts';
import { plumb, plumbText } from './run/ask.ts';
import { gitError } from './run/start.ts';
import type { SyncSettings } from './syncSettings.ts';

/** A commit as git stores it. Texts hold one byte a character (latin1), so that whatever encoding they are in comes out as it went in. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `Name <address> SECONDS ZONE`. */
  readonly author: string;
  /** Encoding named in the commit; null for UTF-8. */
  readonly encoding: string | null;
  readonly message: string;
}

/** Who makes new commits in a tree, as the user has set git up there. */
export interface Committer {
  /** `Name <address> SECONDS ZONE`, latin1 like the rest. */
  readonly ident: string;
  /** `commit.gpgSign`: then every new commit is signed. */
  readonly signs: boolean;
}

/** Throws ProgramError when git does not know who the user is. Trees with the same settings make `idents` ask once. */
export async function readCommitter(
  { place }: ObjectSpace,
  { user, signs }: Pick<SyncSettings, 'user' | 'signs'>,
  idents: AskedOnce<string>,
): Promise<Committer> {
  const ident = await idents.ask(user, async () => {
    const { code, stdout, stderr } = await plumb(['var', 'GIT_COMMITTER_IDENT'], place);
    if (code !== 0) throw gitError(['var', 'GIT_COMMITTER_IDENT'], { code, stderr });
    return stdout.toString('latin1').trim();
  });
  return { ident, signs };
}

export interface CommitReading {
  /** What was read for other trees, by ids: a name says the whole content, wherever it lies. */
  readonly known: AskedOnce<readonly CommitObject[]>;
  /** True where one object may stand in for another (`git replace`): only git tells which then. */
  readonly isReplaced: boolean;
}

/** The commits with these ids, in the same order. New ones lie in files of their own; the others take one process, for all trees that ask for the same. */
export async function readCommits(
  space: ObjectSpace,
  ids: readonly string[],
  { known, isReplaced }: CommitReading,
): Promise<readonly CommitObject[]> {
  const loose = await Promise.all(ids.map(async (id) => (isReplaced ? null : readObject(space.home, id, 'commit'))));
  const others = ids.filter((_, at) => loose[at] === null);
  const read =
    others.length === 0
      ? []
      : isReplaced
        ? await askForCommits(space, others)
        : await known.ask(others.join(' '), () => askForCommits(space, others));
  const found = new Map(others.map((id, at) => [id, read[at]]));
  return ids.map((id, at) => {
    const content = loose[at];
    const commit = content ? parseCommit(content.toString('latin1')) : found.get(id);
    if (commit === undefined) throw new Error(`a commit was not read: ${id}`);
    return commit;
  });
}

async function askForCommits({ place }: ObjectSpace, ids: readonly string[]): Promise<readonly CommitObject[]> {
  const { code, stdout, stderr } = await plumb(['cat-file', '--batch'], {
    ...place,
    input: ids.map((id) => `${id}\n`).join(''),
  });
  if (code !== 0) throw gitError(['cat-file', '--batch'], { code, stderr });
  let at = 0;
  return ids.map((id) => {
    const end = stdout.indexOf('\n', at);
    const [, kind, size] = stdout.toString('utf8', at, end).split(' ');
    if (kind !== 'commit') throw gitError(['cat-file', '--batch'], { code: 128, stderr: `no commit ${id}` });
    const start = end + 1;
    at = start + Number(size) + 1;
    return parseCommit(stdout.toString('latin1', start, at - 1));
  });
}

function parseCommit(text: string): CommitObject {
  const end = text.indexOf('\n\n');
  const headers = text.slice(0, end).split('\n');
  const all = (name: string): readonly string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    tree: all('tree')[0] ?? '',
    parents: all('parent'),
    author: all('author')[0] ?? '',
    encoding: all('encoding')[0] ?? null,
    message: text.slice(end + 2),
  };
}

/** Writes a commit into the space and gives its id. A signature of the old commit is no longer true and is left out, as rebase does. */
export async function writeCommit(
  space: ObjectSpace,
  commit: CommitObject,
  { ident, signs }: Committer,
): Promise<string> {
  if (signs) return writeSigned(space, commit);
  if (!/> \d+ [+-]\d+$/.test(commit.author))
    throw gitError(['commit-tree'], {
      code: null,
      stderr: `a commit of "${commit.author}" names no date and cannot be made anew`,
    });
  const headers = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${ident}`,
    ...(commit.encoding === null ? [] : [`encoding ${commit.encoding}`]),
  ];
  return writeObject(space.folder, {
    kind: 'commit',
    content: Buffer.from(`${headers.join('\n')}\n\n${commit.message}`, 'latin1'),
    like: commit.tree,
  });
}

/** Only git can sign; it takes the author from the environment, which is UTF-8 like nearly every commit. */
async function writeSigned({ place }: ObjectSpace, commit: CommitObject): Promise<string> {
  const [, name = '', email = '', date = ''] =
    /^(.*?) ?<(.*?)> (\d+ [+-]\d+)$/.exec(Buffer.from(commit.author, 'latin1').toString('utf8')) ?? [];
  const set = { ...place.set, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date };
  const encoding = commit.encoding === null ? [] : ['-c', `i18n.commitEncoding=${commit.encoding}`];
  const args = [
    ...encoding,
    'commit-tree',
    '-S',
    commit.tree,
    ...commit.parents.flatMap((parent) => ['-p', parent]),
    '-F',
    '-',
  ];
  return plumbText(args, { ...place, set, input: Buffer.from(commit.message, 'latin1'), timeoutMs: SIGN_MS });
}

/** A person may have to touch a key. */
const SIGN_MS = 60_000;
