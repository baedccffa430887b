import { readGit } from './run/ask.ts';
import { gitPlace, type RiskPlace } from './riskOptions.ts';

export interface OwnRef {
  readonly kind: 'branch' | 'tag' | 'ref' | 'object';
  readonly name: string;
  readonly id: string;
  readonly isAnnotated: boolean;
}

/** Counted elsewhere (the stash, what a bisect keeps), or not made here: what a fetch brings, what `sync` notes of the base. */
const NOT_OWN = /^refs\/(remotes\/|stash$|bisect\/|prefetch\/|claude-tmux\/|worktree\/claude-tmux\/)/;

/** Refs that a fetch does not bring. Of a linked worktree those that go with it; the others are its repository's. */
export async function readOwnRefs({ isWorktree, ...place }: RiskPlace): Promise<readonly OwnRef[]> {
  const text = await readGit(
    [
      'for-each-ref',
      '--format=%(objectname) %(objecttype) %(refname) %(symref)',
      ...(isWorktree ? ['refs/worktree/'] : []),
    ],
    gitPlace(place),
  );
  return text.split('\n').flatMap((line): OwnRef[] => {
    const [id = '', type = '', name = '', target = ''] = line.split(' ');
    if (name === '' || target !== '' || NOT_OWN.test(name)) return [];
    return [
      { kind: refKind(name, type), name: name.replace(/^refs\/(heads|tags)\//, ''), id, isAnnotated: type === 'tag' },
    ];
  });
}

/** A ref may lead to a file or folder, or to the text of a tag: no walk over commits finds those. */
function refKind(name: string, type: string): OwnRef['kind'] {
  if (name.startsWith('refs/tags/')) return 'tag';
  if (type !== 'commit') return 'object';
  return name.startsWith('refs/heads/') ? 'branch' : 'ref';
}
