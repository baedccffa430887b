#!/usr/bin/env node
// Measures the program against its peers and against bare Node, all in one run on one machine, and writes docs/benchmarks.md.
//   npm run bench [-- --rounds N] [-- --only NAME]
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bar } from './bench/bar.mjs';
import { cloneSpeed } from './bench/cloneSpeed.mjs';
import { hook } from './bench/hook.mjs';
import { liveTrees } from './bench/liveTrees.mjs';
import { machineFacts } from './bench/machine.mjs';
import { readyPeers } from './bench/peers.mjs';
import { renderPage } from './bench/page.mjs';
import { startUp } from './bench/startUp.mjs';
import { stateLatency } from './bench/stateLatency.mjs';
import { syncSpeed } from './bench/syncSpeed.mjs';
import { upSpeed } from './bench/upSpeed.mjs';
import { statusSpeed } from './bench/statusSpeed.mjs';
import { tmuxProcesses } from './bench/tmuxProcesses.mjs';
import { makeWorld } from './bench/world.mjs';
import { wrongState } from './bench/wrongState.mjs';

/** Each measures one thing and gives `{title, text, table, checks}`. */
const BENCHES = {
  startUp,
  upSpeed,
  tmuxProcesses,
  cloneSpeed,
  hook,
  wrongState,
  stateLatency,
  liveTrees,
  bar,
  statusSpeed,
  syncSpeed,
};

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' }, only: { type: 'string' } } });
const names = Object.keys(BENCHES).filter((name) => values.only === undefined || name === values.only);
if (names.length === 0)
  throw new Error(`there is no bench "${values.only}"; there are ${Object.keys(BENCHES).join(', ')}`);

const peers = readyPeers();
const world = await makeWorld();
try {
  const results = [];
  for (const name of names) {
    console.error(`measuring ${name}…`);
    results.push(await BENCHES[name](world, { rounds: Number(values.rounds), peers }));
  }
  const page = renderPage({ results, facts: machineFacts(peers), rounds: values.rounds });
  console.log(page);
  // A part is no page.
  if (values.only === undefined)
    await writeFile(fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)), page);
  const missed = results.flatMap(({ checks }) => checks).filter(({ value, target }) => !(value <= target));
  for (const { what, value, target } of missed)
    console.error(`missed: ${what} is ${value.toFixed(2)}, the target is ${target}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  await world.dispose();
}
