/** Paths of `git status --porcelain=v2 -z --no-renames` by kind of change; one path may be in several. */
export interface ChangedPaths {
  readonly staged: readonly string[];
  readonly unstaged: readonly string[];
  readonly conflicts: readonly string[];
  readonly untracked: readonly string[];
}

/** Paths stand as they are in the NUL-separated form: newlines, quotes and leading blanks included. */
export function parseChangedPaths(text: string): ChangedPaths {
  const found = {
    staged: [] as string[],
    unstaged: [] as string[],
    conflicts: [] as string[],
    untracked: [] as string[],
  };
  for (const record of text.split('\0')) {
    const [kind] = record;
    if (kind === '?') found.untracked.push(record.slice(2));
    else if (kind === 'u') found.conflicts.push(pathAfter(record, 10));
    else if (kind === '1') {
      const path = pathAfter(record, 8);
      // `XY`: X is the index against HEAD, Y the work tree against the index.
      if (record[2] !== '.') found.staged.push(path);
      if (record[3] !== '.') found.unstaged.push(path);
    }
  }
  return found;
}

/** What stands behind so many blank-separated fields. */
function pathAfter(record: string, fields: number): string {
  return record.split(' ').slice(fields).join(' ');
}
