import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startProgram } from '../support/program.ts';
import { output } from '../support/run.ts';
import { sampled } from '../support/sampled.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

/**
 * A folder for PATH whose git and tmux kill the program that starts them, once, before or after they do their work. A git that
 * outlives it goes on, as it would; a tmux that is not sent yet is not sent, or the next command would race with it.
 */
async function deadlyFolder(word: string, moment: 'before' | 'after'): Promise<string> {
  const folder = bench.sandbox.path(`deadly-${word}-${moment}`);
  await mkdir(folder, { recursive: true });
  for (const program of ['git', 'tmux']) {
    const real = (await output('sh', ['-c', `command -v ${program}`], { env: bench.env })).trim();
    const over = program === 'tmux' && moment === 'before' ? ' exit 1;' : '';
    const strike = `case " $* " in *" ${word} "*) [ -e "$0.done" ] || { : >"$0.done"; kill -9 "$PPID";${over} } ;; esac`;
    await writeFile(
      `${folder}/${program}`,
      moment === 'before'
        ? `#!/bin/sh\n${strike}\nexec ${real} "$@"\n`
        : `#!/bin/sh\n${real} "$@"\ncode=$?\n${strike}\nexit $code\n`,
    );
    await chmod(`${folder}/${program}`, 0o755);
  }
  return folder;
}

const killedAt = async (
  word: string,
  moment: 'before' | 'after',
  [command = '', ...args]: readonly string[],
): Promise<number | null> => {
  const folder = await deadlyFolder(word, moment);
  return (
    await startProgram([command, '-S', bench.tmux.socket, ...args], {
      env: { ...bench.env, PATH: `${folder}:${bench.env['PATH'] ?? ''}` },
      cwd: bench.checkout,
    })
  ).code;
};
const everythingIsUp = (branch: string, agents: unknown = AT_REST): Promise<void> =>
  eventually(
    async () => {
      const all = await bench.sessions();
      expect(
        all.map(({ id, branch: on, changes, agent, error }) => ({ id, on, changes, state: agent.state, error })),
      ).toEqual([
        { id: 'fe', on: 'feature/fe', changes: 0, state: agents, error: null },
        { id: 'be', on: branch, changes: 0, state: agents, error: null },
        { id: 'server', on: 'feature/fe', changes: 0, state: 'running', error: null },
      ]);
    },
    { within: 30_000 },
  );

/** The git and tmux commands that carry out the steps of `up`. */
const UP = ['fetch', 'clone', 'checkout', 'source-file'].flatMap((word) =>
  (['before', 'after'] as const).map((moment) => ({ word, moment })),
);

it.each(sampled(UP, ({ moment, word }) => moment === (word === 'source-file' ? 'after' : 'before')))(
  'an up that is killed $moment "$word" is finished by the next one',
  async ({ word, moment }) => {
    expect(await killedAt(word, moment, ['up', 'shop.yaml', '--yes'])).toBeNull();
    await bench.ok('up', 'shop.yaml', '--yes');
    await everythingIsUp('feature/be');
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
    await rm(bench.sandbox.path(`deadly-${word}-${moment}`), { recursive: true });
  },
);

/** Those of a task: the agent ends, the branch is switched, the new conversation starts. */
const TASK = ['respawn-pane', 'checkout', 'source-file'].flatMap((word) =>
  (['before', 'after'] as const).map((moment) => ({ word, moment })),
);

it.each(sampled(TASK, ({ moment, word }) => moment === (word === 'source-file' ? 'before' : 'after')))(
  'a task that is killed $moment "$word" is begun by the next up, or not at all',
  async ({ word, moment }) => {
    await bench.ok('up', 'shop.yaml', '--yes');
    await everythingIsUp('feature/be', TOLD);
    expect(await killedAt(word, moment, ['task', 'be', 'Next', 'thing'])).toBeNull();
    // Its agent was told to end, and takes its time.
    if (word === 'respawn-pane' && moment === 'after')
      await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toBe('exited'));
    await bench.ok('up', 'shop.yaml');
    // Until the agent has ended nothing is written down.
    await everythingIsUp(word === 'respawn-pane' ? 'feature/be' : 'feature/be-next-thing');
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
  },
);
