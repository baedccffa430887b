import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { milliseconds } from './page.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLONES = 15;
const QUIET_MS = 60_000;
/** V8 tidies up once (30 ms) in the first minute without work. */
const AT_REST_MS = 60_000;
const HOUR_MS = 3_600_000;
/** How often the seed's status line asked. */
const SEED_EVERY_MS = 2000;
const MOST = { cpuSeconds: 0.5, megabytes: 80, processes: 0, latencyMs: 200 };

/** What it costs to know 15 quiet clones, and how soon a write is known, beside a shell loop of `git branch` and `git status`. */
export async function liveTrees(world, { rounds }) {
  const clones = makeClones(world);
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/watch/liveTrees.ts'],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    outfile: world.path('liveTrees.mjs'),
    logLevel: 'warning',
  });
  const quiet = await measureQuiet(world, clones);
  const latency = await measureLatency(world, clones, rounds * 3);
  const seed = measureSeed(world, clones, rounds);
  return report({ quiet, latency, seed });
}

function report({ quiet, latency, seed }) {
  const hourly = (cpuMs, everyMs) => ((cpuMs / 1000) * HOUR_MS) / everyMs;
  const quietHour = hourly(quiet.cpuMs, QUIET_MS);
  return {
    title: `${CLONES} clones kept known`,
    text: `${CLONES} clones of 640 files in 41 folders. Quiet: CPU of ${QUIET_MS / 1000} s without a change, after a minute at rest, as an hour of it. A write: from it to the reading that has it, one clone after the other. The shell loop asks every ${SEED_EVERY_MS / 1000} s and is half of that behind on average.`,
    table: {
      head: ['', 'followed', 'shell loop'],
      rows: [
        ['CPU seconds an hour, quiet', quietHour.toFixed(2), hourly(seed.cpuMs, SEED_EVERY_MS).toFixed(0)],
        ['processes started a minute, quiet', quiet.processes, (60_000 / SEED_EVERY_MS) * CLONES * 4],
        ['memory of the whole process', `${quiet.megabytes.toFixed(0)} MB`, '–'],
        ['a write is known after (median)', milliseconds(latency), milliseconds(SEED_EVERY_MS / 2 + seed.wallMs)],
      ],
    },
    checks: [
      { what: 'CPU seconds an hour', value: quietHour, target: MOST.cpuSeconds },
      { what: 'processes in a quiet minute', value: quiet.processes, target: MOST.processes },
      { what: 'memory, in MB', value: quiet.megabytes, target: MOST.megabytes },
      { what: 'from a write to its reading, in ms', value: latency, target: MOST.latencyMs },
    ],
  };
}

function makeClones({ path, env }) {
  const git = (cwd, ...args) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.invalid', ...args], {
      cwd,
      env,
      stdio: 'ignore',
    });
  const seed = path('trees', 'seed');
  for (let folder = 0; folder < 40; folder++) {
    mkdirSync(join(seed, `part${folder}`), { recursive: true });
    for (let file = 0; file < 16; file++)
      writeFileSync(join(seed, `part${folder}`, `f${file}.ts`), 'export const x = 1;\n');
  }
  git(seed, 'init', '-q', '-b', 'main');
  git(seed, 'add', '-A');
  git(seed, 'commit', '-q', '-m', 'First commit');
  const clones = Array.from({ length: CLONES }, (_, at) => path('trees', `clone${at}`));
  for (const clone of clones) {
    git(path('trees'), 'clone', '-q', seed, clone);
    for (let folder = 0; folder < 40; folder++)
      mkdirSync(join(clone, 'node_modules', `package${folder}`, 'dist'), { recursive: true });
    appendFileSync(join(clone, '.git', 'info', 'exclude'), 'node_modules/\n');
  }
  // A file written in the index's own second is read again by every later status.
  spawnSync('sleep', ['1.1']);
  for (const clone of clones) git(clone, 'status');
  return clones;
}

async function measureQuiet({ path, env }, clones) {
  const log = path('trees', 'git.log');
  const wrapper = path('trees', 'bin', 'git');
  mkdirSync(path('trees', 'bin'));
  writeFileSync(wrapper, `#!/bin/sh\necho >> '${log}'\nPATH='${env.PATH}'; export PATH\nexec git "$@"\n`);
  chmodSync(wrapper, 0o755);
  const follower = await follow({ path, env: { ...env, PATH: `${path('trees', 'bin')}:${env.PATH}` } }, clones);
  await pause(AT_REST_MS);
  writeFileSync(log, '');
  const before = await follower.usage();
  await pause(QUIET_MS);
  const after = await follower.usage();
  follower.end();
  return {
    cpuMs: (after.cpu - before.cpu) / 1000,
    megabytes: after.rss / 1e6,
    processes: readFileSync(log, 'utf8').split('\n').length - 1,
  };
}

async function measureLatency(world, clones, writes) {
  const follower = await follow(world, clones);
  const times = [];
  for (let count = 0; count < writes; count++) {
    const clone = clones[count % clones.length];
    const told = follower.change();
    const start = performance.timeOrigin + performance.now();
    writeFileSync(join(clone, `part${count % 40}`, `new${count}`), '');
    times.push((await told) - start);
    // Never in the gap that the clone's last question left.
    if (count % clones.length === clones.length - 1) await pause(1500);
  }
  follower.end();
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** A process that follows the clones; ready when each has a reading. */
async function follow({ path, env }, clones) {
  const child = spawn(
    'node',
    [fileURLToPath(new URL('followTrees.mjs', import.meta.url)), path('liveTrees.mjs'), ...clones],
    { env, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  const next = (kind) =>
    new Promise((resolve) => {
      const take = (line) => {
        const message = JSON.parse(line);
        if (message.kind !== kind) return;
        lines.off('line', take);
        resolve(message.value);
      };
      lines.on('line', take);
    });
  await next('ready');
  return {
    change: () => next('change'),
    usage() {
      child.stdin.write('usage\n');
      return next('usage');
    },
    end: () => child.stdin.end(),
  };
}

/** The seed's way: two git commands a clone, in the shell of a status line. */
function measureSeed({ env }, clones, rounds) {
  const script = 'for c; do git -C "$c" branch --show-current; git -C "$c" status --short | wc -l; done';
  const [start, cpuBefore] = [performance.now(), childrenCpuMs()];
  for (let round = 0; round < rounds; round++) spawnSync('sh', ['-c', script, 'sh', ...clones], { env });
  return { wallMs: (performance.now() - start) / rounds, cpuMs: (childrenCpuMs() - cpuBefore) / rounds };
}

/** Of this process's children that have ended; the kernel counts in hundredths of a second. */
function childrenCpuMs() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
