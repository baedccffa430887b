import { spawnSync } from 'node:child_process';

/**
 * Wall-clock time of each contestant, in ms, medians of `rounds`. Interleaved, so that a machine that grows slower or faster does it to
 * all; a first round warms caches and is not counted, unless `warmUp` is false: where a round takes half a minute. After `withinMs` no further
 * round begins; `onRound` is told of each that is counted. A contestant: `{name, before?, argv, cwd, env, input?, timeoutMs?, after?, onFailure?}`.
 */
export async function raceMedians(
  contestants,
  rounds,
  { warmUp = true, withinMs = Infinity, onRound = () => undefined } = {},
) {
  const start = performance.now();
  const times = new Map(contestants.map(({ name }) => [name, []]));
  const first = warmUp ? 0 : 1;
  for (let round = first; round <= rounds && (round === first || performance.now() - start < withinMs); round++) {
    for (const contestant of contestants) {
      const spent = await runOnce(contestant);
      if (round > 0) times.get(contestant.name).push(spent);
    }
    if (round > 0) onRound();
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

const TRIES = 5;

/** The time of one whole run, in ms. A contestant with `onFailure` (it clears up) gets another try. */
export async function runOnce(contestant, failures = 0) {
  await contestant.before?.();
  const { spent, failure } = run(contestant);
  if (failure === null) {
    await contestant.after?.();
    return spent;
  }
  if (!contestant.onFailure || failures + 1 === TRIES) throw new Error(`${contestant.name} ended with ${failure}`);
  await contestant.onFailure();
  return runOnce(contestant, failures + 1);
}

function run({ argv: [program, ...args], cwd, env, input, timeoutMs = 60_000 }) {
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    input: input ?? '',
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  const spent = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  return { spent, failure: status === 0 ? null : `${status}: ${stderr}` };
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
