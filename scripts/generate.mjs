#!/usr/bin/env node
// Writes the pages and files that are derived from declarations in the source. A test compares them with what is committed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { derivedFiles } from './generate/derivedFiles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const { path, text } of await derivedFiles(root)) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  console.log(path);
}
