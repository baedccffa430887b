import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { importSource } from '../generate/importSource.mjs';
import { milliseconds } from './page.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TITLE = 'From what happens to what `status` says';
/** A state may be half a second behind, on top of the call that asks. */
const MOST_MS = 500;
const GIVE_UP_MS = 30_000;

/** With the real Claude Code and a scripted API: how long after a key, or after the API's answer, `status --format json` has told of it. */
export async function stateLatency(_world, { rounds }) {
  const claude = await importSource(ROOT, 'test/e2e/support/claudeCode.ts');
  try {
    claude.claudeFolder();
  } catch (error) {
    return {
      title: TITLE,
      text: `Skipped: ${error.message}`,
      table: { head: ['change', 'time'], rows: [] },
      checks: [],
    };
  }
  const { seal } = await importSource(ROOT, 'test/e2e/support/sealed.ts');
  const sealed = await seal({ trusted: true });
  try {
    await sealed.startAgent({ id: 'one' });
    return report(await measure(sealed, Math.max(5, rounds)));
  } finally {
    await sealed.dispose();
  }
}

function report({ permission, esc, done, status }) {
  const rows = [
    ['the API asks for a tool that needs permission', permission],
    ['Esc in the middle of an answer', esc],
    ['the API ends the turn', done],
  ];
  return {
    title: TITLE,
    text: 'Real Claude Code in a pane, an API on loopback that answers at once; `status --format json` is asked again and again, and the time ends with the first call that says so. One call by itself is the last row.',
    table: {
      head: ['change', 'time'],
      rows: [...rows, ['one call of `status --format json`', status]].map(([what, times]) => [
        what,
        milliseconds(median(times)),
      ]),
    },
    checks: rows.map(([what, times]) => ({
      what: `${what}: time less one call, in ms`,
      value: Math.max(0, median(times) - median(status)),
      target: MOST_MS,
    })),
  };
}

async function measure(sealed, rounds) {
  const times = { permission: [], esc: [], done: [], status: [] };
  for (let round = 0; round < rounds; round++) {
    times.permission.push(await afterAnswer(sealed, 'SCENARIO:permission', 'permission'));
    times.done.push(await afterApproval(sealed));
    times.esc.push(await afterEscape(sealed));
    times.status.push(await oneCall(sealed));
  }
  return times;
}

async function afterAnswer(sealed, prompt, state) {
  const before = sealed.api.requests.length;
  await sealed.say('one', prompt);
  await until(sealed, state);
  return Date.now() - turnAfter(sealed, before).at;
}

/** Approved, the command runs and Claude asks the API again: that answer ends the turn. */
async function afterApproval(sealed) {
  const before = sealed.api.requests.length;
  await sealed.press('one', 'Enter');
  await until(sealed, 'done');
  return Date.now() - turnAfter(sealed, before).at;
}

async function afterEscape(sealed) {
  await sealed.say('one', 'SCENARIO:slow:60');
  await until(sealed, 'working');
  const start = performance.now();
  await sealed.press('one', 'Escape');
  await until(sealed, 'idle');
  return performance.now() - start;
}

async function oneCall(sealed) {
  const start = performance.now();
  await sealed.statusOf('one');
  return performance.now() - start;
}

async function until(sealed, state) {
  const end = performance.now() + GIVE_UP_MS;
  for (;;) {
    const { agent } = await sealed.statusOf('one');
    if (agent.state === state) return;
    if (performance.now() > end) throw new Error(`the agent is ${agent.state}, not ${state}`);
  }
}

/** The first turn that was asked for after so many requests. */
function turnAfter(sealed, before) {
  const turn = sealed.api.requests.slice(before).find(({ kind }) => kind === 'turn');
  if (turn === undefined) throw new Error('no request has come');
  return turn;
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
