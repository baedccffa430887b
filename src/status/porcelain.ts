/** The whole of `git status --porcelain=v2 --branch -z`, counted in paths: each path once, however many kinds of change it has. */
export interface Porcelain {
  /** Null when detached. */
  readonly branch: string | null;
  /** Commit id of HEAD; null on an unborn branch. */
  readonly head: string | null;
  /** Changed paths in all: staged, unstaged, untracked, conflicts. */
  readonly changes: number;
  readonly staged: number;
  readonly untracked: number;
  readonly conflicts: number;
  /** Against the upstream; null without one, or when it is gone. */
  readonly ahead: number | null;
  readonly behind: number | null;
}

/** Reads the NUL-separated form, in which paths stand as they are: newlines, quotes and leading blanks included. */
export function parsePorcelain(text: string): Porcelain {
  const counts = { changes: 0, staged: 0, untracked: 0, conflicts: 0 };
  const headers = new Map<string, string>();
  const records = text.split('\0');
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? '';
    if (record.startsWith('# ')) readHeader(record, headers);
    else count(record, counts);
    // A rename's old path is a record of its own.
    if (record.startsWith('2 ')) at++;
  }
  return { ...counts, ...readBranch(headers) };
}

/**
 * The same text without the worktrees that Claude makes for itself (EnterWorktree, `claude -w`): they are no change of the tree.
 * `isOnlyWorktrees` is asked where git names the whole untracked folder `.claude/`.
 */
export function withoutClaudeWorktrees(text: string, isOnlyWorktrees: () => boolean): string {
  if (!text.includes('? .claude/')) return text;
  const isWorktree = (record: string): boolean =>
    record.startsWith('? .claude/worktrees/') || (record === '? .claude/' && isOnlyWorktrees());
  return text
    .split('\0')
    .filter((record) => !isWorktree(record))
    .join('\0');
}

interface Counts {
  changes: number;
  staged: number;
  untracked: number;
  conflicts: number;
}

/** The first letter names the kind; in `XY` a dot is "unchanged", X is the index and Y the work tree. */
function count(record: string, counts: Counts): void {
  const [kind] = record;
  if (kind === '?') counts.untracked++;
  else if (kind === 'u') counts.conflicts++;
  else if ((kind === '1' || kind === '2') && record[2] !== '.') counts.staged++;
  if (kind === '1' || kind === '2' || kind === 'u' || kind === '?') counts.changes++;
}

function readHeader(record: string, headers: Map<string, string>): void {
  const [, name = '', value = ''] = /^# (\S+) (.*)$/s.exec(record) ?? [];
  headers.set(name, value);
}

function readBranch(headers: ReadonlyMap<string, string>): Pick<Porcelain, 'branch' | 'head' | 'ahead' | 'behind'> {
  const name = headers.get('branch.head') ?? null;
  const head = headers.get('branch.oid') ?? null;
  const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '') ?? [];
  return {
    branch: name === '(detached)' ? null : name,
    head: head === '(initial)' ? null : head,
    ahead: ahead === undefined ? null : Number(ahead),
    behind: behind === undefined ? null : Number(behind),
  };
}
