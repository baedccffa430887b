import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importSource } from './importSource.mjs';

/** Each file, and how its text comes about. A generator gets its old text: the README is derived in one place only. */
const FILES = [
  { path: 'layouts/layout.schema.json', from: 'src/layout/jsonSchema.ts', text: ({ layoutJsonSchema }) => `${JSON.stringify(layoutJsonSchema(), null, 2)}\n` },
  { path: 'docs/layout-file.md', from: 'src/layout/reference.ts', text: ({ layoutReference }) => layoutReference() },
  { path: 'docs/commands.md', from: 'src/commands/reference.ts', text: ({ commandReference }) => commandReference() },
  { path: 'README.md', from: 'src/commands/reference.ts', text: ({ commandTable }, old) => betweenMarkers(old, commandTable()) },
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

const START = '<!-- commands: written by scripts/generate.mjs -->';
const END = '<!-- end of commands -->';

function betweenMarkers(old, table) {
  const start = old.indexOf(START);
  const end = old.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md has no place for the commands: the lines "${START}" and "${END}"`);
  return `${old.slice(0, start + START.length)}\n${table.trimEnd()}\n${old.slice(end)}`;
}
