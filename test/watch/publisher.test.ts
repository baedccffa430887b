import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverPaths, storePaths } from '../../src/store/paths.ts';
import type { BarVariable } from '../../src/bar/bar.ts';
import { makePublisher, type Publisher } from '../../src/watch/publisher.ts';
import { eventually } from '../support/eventually.ts';
import { type PrivateTmux, startTmux } from '../support/privateTmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let tmux: PrivateTmux;
let publisher: Publisher;
let problems: unknown[];
let folder: string;
beforeEach(async () => {
  sandbox = await makeSandbox();
  tmux = startTmux(sandbox);
  await tmux.run('new-session', '-d', '-s', 'mine', 'sleep 100000');
  const paths = serverPaths(storePaths(sandbox.env, sandbox.home), tmux.socket);
  folder = paths.root;
  problems = [];
  publisher = makePublisher({
    server: { socket: tmux.socket },
    paths,
    env: sandbox.env,
    onProblem: (problem) => problems.push(problem),
  });
});
afterEach(async () => {
  await publisher.end({ serverLives: true });
  await sandbox.dispose();
});

function canary(): string {
  return sandbox.path('canary');
}

/** What a label or a branch may bring in, whoever escapes it. */
const hostile = (): readonly string[] => [
  `#(touch ${canary()})`,
  '#{session_name}',
  '\';"$HOME`id`; display x',
  '#[fg=red]',
  'a\\',
  '{ } ; \\;',
  '%if 1',
  'ü✳👩‍👩‍👧',
  '',
];

function publish(variables: readonly BarVariable[], urgent = true): void {
  publisher.publish({ variables, urgent, clients: [], runsJobs: false });
}

async function shown(name: string, session?: string): Promise<string> {
  return tmux.run('show-environment', '-h', ...(session === undefined ? ['-g'] : ['-t', session]), name);
}

it('every value arrives as it is, by a push and by the heartbeat file, and runs nothing', async () => {
  const variables = hostile().flatMap((value, at): BarVariable[] => [
    { scope: null, name: `ct_${at}`, value },
    { scope: '$0', name: `ct_line_${at}`, value },
  ]);
  publish(variables);
  const allThere = async (): Promise<void> => {
    for (const { scope, name, value } of variables)
      expect(await shown(name, scope ?? undefined)).toBe(`${name}=${value}`);
  };
  await eventually(allThere);
  await publisher.beat(variables);
  for (const { scope, name } of variables)
    await tmux.run('set-environment', '-u', ...(scope === null ? ['-g'] : ['-t', scope]), name);
  const beat = (await readdir(folder)).find((file) => file.startsWith('beat-')) ?? '';
  await tmux.run('source-file', join(folder, beat));
  await allThere();
  expect(existsSync(canary())).toBe(false);
  expect(problems).toEqual([]);
});

it("the heartbeat file says nothing of a session that is gone: read by nobody, its error would open in somebody's pane", async () => {
  await publisher.begin([
    { scope: '$99', name: 'ct_line', value: 'x' },
    { scope: null, name: 'ct', value: 'y' },
  ]);
  const beat = (await readdir(folder)).find((file) => file.startsWith('beat-')) ?? '';
  expect(await tmux.run('source-file', join(folder, beat))).toBe('');
  expect(await shown('ct')).toBe('ct=y');
});

it('what is gone is taken off, and only what changed is set', async () => {
  publish([
    { scope: null, name: 'ct_a', value: '1' },
    { scope: null, name: 'ct_b', value: '1' },
  ]);
  await eventually(async () => expect(await shown('ct_b')).toBe('ct_b=1'));
  await tmux.run('set-environment', '-gh', 'ct_a', 'by hand');
  publish([{ scope: null, name: 'ct_a', value: '1' }]);
  await eventually(() => expect(shown('ct_b')).rejects.toThrow());
  expect(await shown('ct_a')).toBe('ct_a=by hand');
});

it('of changes that nobody waits for the last one is shown; one that is urgent does not wait', async () => {
  publish([{ scope: null, name: 'ct', value: '1' }], false);
  publish([{ scope: null, name: 'ct', value: '2' }], false);
  publish([{ scope: null, name: 'ct', value: '3' }], false);
  await eventually(async () => expect(await shown('ct')).toBe('ct=3'));
  publish([{ scope: null, name: 'ct', value: '4' }], false);
  publish([{ scope: null, name: 'ct', value: '5' }], true);
  await eventually(async () => expect(await shown('ct')).toBe('ct=5'));
});

it('a server that is gone is a problem to be noted and no more', async () => {
  await tmux.dispose();
  publish([{ scope: null, name: 'ct', value: '1' }]);
  await eventually(() => expect(problems).toHaveLength(1));
});
