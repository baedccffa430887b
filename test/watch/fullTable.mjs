// Follows the clones it is given, edits each, and prints its counts of changes: at first, by asking (settle), and by polling.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importSource } from '../../scripts/generate/importSource.mjs';

const { liveTrees } = await importSource(fileURLToPath(new URL('../..', import.meta.url)), 'src/watch/liveTrees.ts');
const paths = process.argv.slice(2);
const trees = liveTrees({ env: process.env, onChange: () => undefined, limits: { pollMs: 50, gapMs: 0, share: 0 } });
const changes = (path) => trees.reading(path)?.status?.changes;
trees.follow(paths.map((path) => ({ path, base: null })));
await trees.settle();
const counts = [];
for (const path of paths) {
  const seen = [changes(path)];
  appendFileSync(join(path, 'src/a.txt'), 'edited\n');
  await trees.settle();
  seen.push(changes(path));
  writeFileSync(join(path, 'docs/new.txt'), '');
  while (changes(path) === seen[1]) await pause(10);
  counts.push([...seen, changes(path)]);
}
trees.close();
process.stdout.write(JSON.stringify(counts));
