// Follows clones as the watcher does, for liveTrees.mjs: `followTrees.mjs BUNDLE CLONE…`. Each change is a line; a line `usage` asks what it cost.
import { createInterface } from 'node:readline';

const [bundle, ...paths] = process.argv.slice(2);
const { liveTrees } = await import(bundle);
const tell = (kind, value) => process.stdout.write(`${JSON.stringify({ kind, value })}\n`);
const trees = liveTrees({
  env: process.env,
  onChange: () => tell('change', performance.timeOrigin + performance.now()),
});
trees.follow(paths.map((path) => ({ path, base: null })));
await trees.settle();
tell('ready', null);
const sweeps = setInterval(() => trees.sweep(), 30_000);
createInterface({ input: process.stdin })
  .on('line', () => {
    const { user, system } = process.cpuUsage();
    tell('usage', { cpu: user + system, rss: process.memoryUsage().rss });
  })
  .on('close', () => {
    clearInterval(sweeps);
    trees.close();
  });
