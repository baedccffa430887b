/**
 * What a diff of git changes, byte for byte, whatever the line numbers and blob ids around it; two diffs with the same identity make the same change.
 * `diff` holds one byte a character (latin1). Unlike `git patch-id` it keeps blanks, line ends and modes. A file without lines to compare (binary)
 * counts by its ids before and after. '' for no diff.
 */
export function patchIdentity(diff: string): string {
  const files: string[][] = [];
  // Split at LF alone: a CR is content.
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) files.push([line]);
    // Each line of a hunk begins with a blank, `+`, `-` or `\`; an empty one is what `git log` puts between two commits.
    else if (line !== '') files.at(-1)?.push(line);
  }
  return files.map((lines) => `${identifyFile(lines)}\n`).join('');
}

function identifyFile(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.startsWith('@@ '));
  if (start === -1) return lines.join('\n');
  // `index OLD..NEW MODE`: the mode of a file that keeps it stands nowhere else.
  const head = lines.slice(0, start).map((line) => line.replace(/^index [0-9a-f]+\.\.[0-9a-f]+/, 'index'));
  const hunks = lines.slice(start).map((line) => line.replace(/^@@ -\d+(,\d+)? \+\d+(,\d+)? @@.*/, '@@'));
  return [...head, ...hunks].join('\n');
}
