#!/usr/bin/env node
// Writes the pages and files that are derived from declarations in the source; `--check` writes nothing and names the stale ones.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { derivedFiles } from './generate/derivedFiles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = await derivedFiles(root);
if (process.argv.includes('--check')) await check(files);
else await write(files);

async function write(files) {
  for (const { path, text } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
}

async function check(files) {
  const isStale = async ({ path, text }) => (await readFile(join(root, path), 'utf8').catch(() => null)) !== text;
  const stale = await Promise.all(files.map(isStale));
  const paths = files.filter((_, index) => stale[index]).map(({ path }) => path);
  if (paths.length === 0) return;
  console.error(`no longer what the source says, run npm run generate: ${paths.join(', ')}`);
  process.exitCode = 1;
}
