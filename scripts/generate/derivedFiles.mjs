import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importSource } from './importSource.mjs';

/** Each file, and how its text comes about. A generator gets its old text: some pages are derived in one place only. */
const FILES = [
  {
    path: 'layouts/layout.schema.json',
    from: 'src/layout/jsonSchema.ts',
    text: ({ layoutJsonSchema }) => `${JSON.stringify(layoutJsonSchema(), null, 2)}\n`,
  },
  { path: 'docs/layout-file.md', from: 'src/layout/reference.ts', text: ({ layoutReference }) => layoutReference() },
  { path: 'docs/commands.md', from: 'src/commands/reference.ts', text: ({ commandReference }) => commandReference() },
  {
    path: 'README.md',
    from: 'src/commands/reference.ts',
    text: ({ commandTable }, old) => betweenMarkers('README.md', old, { of: 'commands', text: commandTable() }),
  },
  {
    path: 'docs/status-bar.md',
    from: 'src/bar/reference.ts',
    text: ({ marksReference }, old) =>
      betweenMarkers('docs/status-bar.md', old, { of: 'marks', text: marksReference() }),
  },
];

/** `{path, text}` of every derived file, as it should be. */
export async function derivedFiles(root) {
  return Promise.all(
    FILES.map(async ({ path, from, text }) => {
      const old = await readFile(join(root, path), 'utf8').catch(() => '');
      return { path, text: text(await importSource(root, from), old) };
    }),
  );
}

/** Replaces what stands between `<!-- OF: … -->` and `<!-- end of OF -->`. */
function betweenMarkers(path, old, { of, text }) {
  const [first, last] = [`<!-- ${of}: written by scripts/generate.mjs -->`, `<!-- end of ${of} -->`];
  const start = old.indexOf(first);
  const end = old.indexOf(last);
  if (start < 0 || end < start)
    throw new Error(`${path} has no place for the ${of}: the lines "${first}" and "${last}"`);
  return `${old.slice(0, start + first.length)}\n${text.trimEnd()}\n${old.slice(end)}`;
}
