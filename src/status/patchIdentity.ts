/**
 * What a diff changes, whatever the line numbers and blobs around it: two diffs with the same identity make the same change (git's own
 * `patch-id` without its hash, and with blanks: a change of blanks is a change). '' for no diff. A binary file is known by its new content.
 */
export function patchIdentity(diff: string): string {
  const kept: string[] = [];
  let isBinary = false;
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) isBinary = false;
    if (line.startsWith('GIT binary patch')) isBinary = true;
    if (line === '' && !isBinary) continue;
    if (/^index [0-9a-f]+\.\.[0-9a-f]+/.test(line)) continue;
    kept.push(line.replace(/^@@ -\d+(,\d+)? \+\d+(,\d+)? @@.*/, '@@'));
  }
  return kept.join('\n').trim();
}
