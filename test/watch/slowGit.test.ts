import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { git } from '../support/repo.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { followed, makeClones, type Followed } from './followed.ts';

let sandbox: Sandbox;
let clones: readonly string[];
let live: Followed | null = null;
beforeEach(async () => {
  ({ sandbox, clones } = await makeClones(6));
});
afterEach(async () => {
  live?.trees.close();
  await rm(sandbox.path('slow'), { force: true });
  await sandbox.dispose();
});

/** A git before the real one on PATH that does `slowly` for the first `many` clones while the file `slow` is there; each start and end is a line of `log`. */
async function followSlowly(
  slowly: string,
  { many, timeoutMs }: { readonly many: number; readonly timeoutMs: number },
): Promise<Followed> {
  const cases = clones
    .slice(0, many)
    .map((clone) => `*"${clone} "*`)
    .join('|');
  const script = `#!/bin/sh
if [ -e '${sandbox.path('slow')}' ]; then
  case "$*" in ${cases})
    echo start >> '${sandbox.path('log')}'
    ${slowly}
    echo end >> '${sandbox.path('log')}'; exit 143 ;;
  esac
fi
PATH='${sandbox.env.PATH}'; export PATH
exec git "$@"
`;
  await mkdir(sandbox.path('bin'));
  await writeFile(sandbox.path('bin', 'git'), script, { mode: 0o755 });
  const env = { ...sandbox.env, PATH: `${sandbox.path('bin')}:${sandbox.env.PATH}` };
  return followed(clones, { env, limits: { timeoutMs } });
}

const log = async () => (await readFile(sandbox.path('log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
const edit = (clone = '') => appendFile(join(clone, 'src/a.txt'), 'edited\n');
const reading = (at: number) => live?.trees.reading(clones[at] ?? '');

const ENDS_WHEN_TOLD = `trap 'kill $!; echo term >> "$LOG"; exit 143' TERM; sleep 20 & wait`;
const STAYS = `trap '' TERM; while [ -e "$SLOW" ]; do sleep 0.05; done`;
const fill = (text: string) => text.replaceAll('$LOG', sandbox.path('log')).replaceAll('$SLOW', sandbox.path('slow'));

it('clones whose git takes long do not hold up the others', async () => {
  live = await followSlowly(fill(STAYS), { many: 3, timeoutMs: 60_000 });
  await writeFile(sandbox.path('slow'), '');
  for (const clone of clones) await edit(clone);
  await eventually(() => [3, 4, 5].forEach((at) => expect(reading(at)).toMatchObject({ status: { changes: 1 } })));
  // Three have no answer still: more than may be asked at once.
  for (const at of [0, 1, 2]) expect(reading(at)).toMatchObject({ status: { changes: 0 } });
});

it('a git that takes 20 s is ended with SIGTERM, its clones have an error, and are asked again', async () => {
  live = await followSlowly(fill(ENDS_WHEN_TOLD), { many: 3, timeoutMs: 3000 });
  await writeFile(sandbox.path('slow'), '');
  for (const clone of clones) await edit(clone);
  await eventually(
    () =>
      [0, 1, 2].forEach((at) =>
        expect(reading(at)).toMatchObject({ error: expect.stringContaining('no answer within 3 s') as string }),
      ),
    { within: 40_000 },
  );
  await live.trees.settle(); // does not wait for them
  await eventually(async () =>
    expect((await log()).filter((line) => line === 'term').length).toBeGreaterThanOrEqual(3),
  );
  await rm(sandbox.path('slow'));
  await eventually(() => [0, 1, 2].forEach((at) => expect(reading(at)).toMatchObject({ status: { changes: 1 } })), {
    within: 40_000,
  });
});

it('a git that SIGTERM does not end gets no second one beside it, and its answer counts when it comes', async () => {
  live = await followSlowly(fill(STAYS), { many: 1, timeoutMs: 200 });
  await writeFile(sandbox.path('slow'), '');
  await edit(clones[0]);
  await eventually(async () => expect(await log()).toEqual(['start']));
  await edit(clones[0]);
  await pause(20); // The event comes while the first question is asked.
  const settled = live.trees.settle();
  await eventually(() =>
    expect(reading(0)).toMatchObject({ error: expect.stringContaining('no answer within 0.2 s') as string }),
  );
  await settled;
  await edit(clones[0]);
  await edit(clones[1]);
  await eventually(() => expect(reading(1)).toMatchObject({ status: { changes: 1 } }));
  expect(await log()).toEqual(['start']);
  await rm(sandbox.path('slow'));
  await eventually(() => expect(reading(0)).toMatchObject({ status: { changes: 1 } }), { within: 30_000 });
});

it('an agent that adds and commits 300 times beside it never meets our lock', async () => {
  live = await followed(clones.slice(0, 1), { env: sandbox.env, limits: { gapMs: 0, leadMs: 0 } });
  const { trees } = live;
  const [clone = ''] = clones;
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) await trees.settle();
  })();
  for (let count = 0; count < 150; count++) {
    await writeFile(join(clone, 'src/a.txt'), `${count}\n`);
    await git(clone, ['add', '-A'], sandbox.env);
    await git(clone, ['commit', '-qm', `Commit ${count}`], sandbox.env);
  }
  over.abort();
  await asking;
  await live.exact(clone, { ahead: 150, changes: 0 });
  expect(live.changed.length).toBeGreaterThan(20);
});
