import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { run, type Ended } from '../support/run.ts';
import { AT_REST, makeBench, TOLD, type Bench } from './fleet.ts';

/** A session called as what every object inherits, two more, and agents that are not Claude. */
const LAYOUT = `
name: crew
strategy: component
arrange: tiled
panes:
  - {name: One, id: constructor, component: frontend}
  - {name: Two, id: two, component: backend}
  - {name: Shell, id: shell, component: testing, claude: {command: bash --norc}}
  - {name: Other, id: other, component: tooling, claude: {command: [sed, -u, "s/^/other: /"]}}
`;

/** A fleet of them, and what one does at their panes. */
export interface Crew {
  readonly bench: Bench;
  paneOf(id: string): Promise<string>;
  stateOf(id: string): Promise<unknown>;
  screen(id: string): Promise<string>;
  /** Waits until the agent is between turns. */
  rests(id: string): Promise<void>;
  type(id: string, text: string, ...keys: readonly string[]): Promise<void>;
  /** `send` with a tmux that does something else, too: `script` runs with $real, and "$@" as it was called. */
  sendThrough(script: string, ...args: readonly string[]): Promise<Ended>;
  /** How many lines such a script has written to $log. */
  enters(): Promise<number>;
  fleetFolder(): Promise<string>;
}

export async function makeCrew(): Promise<Crew> {
  const bench = await makeBench();
  await bench.layout(LAYOUT, 'crew.yaml');
  await bench.ok('up', 'crew.yaml', '--yes');
  await eventually(
    async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([
        TOLD,
        TOLD,
        'running',
        'running',
      ]),
    { within: 20_000 },
  );
  const sessionOf = async (id: string) => (await bench.sessions()).find((session) => session.id === id);
  const paneOf: Crew['paneOf'] = async (id) => (await sessionOf(id))?.pane ?? '';
  const stateOf: Crew['stateOf'] = async (id) => (await sessionOf(id))?.agent;
  return {
    bench,
    paneOf,
    stateOf,
    // Up to tmux 3.3, `-J` fills each line with blanks.
    screen: async (id) =>
      (await bench.tmux.run('capture-pane', '-p', '-J', '-t', await paneOf(id))).replace(/ +$/gm, ''),
    rests: (id) => eventually(async () => expect(await stateOf(id)).toMatchObject({ state: AT_REST })),
    type: async (id, text, ...keys) => {
      await bench.tmux.run('send-keys', '-t', await paneOf(id), '-l', text);
      for (const key of keys) await bench.tmux.run('send-keys', '-t', await paneOf(id), key);
    },
    sendThrough: async (script, ...args) => {
      const folder = bench.sandbox.path('around');
      await mkdir(folder, { recursive: true });
      const { stdout } = await run('/bin/sh', ['-c', 'command -v tmux'], { env: bench.env });
      await writeFile(
        `${folder}/tmux`,
        `#!/bin/sh\nreal=${stdout.trim()} log=${folder}/log\n${script}\nexec "$real" "$@"\n`,
      );
      await chmod(`${folder}/tmux`, 0o755);
      await writeFile(`${folder}/log`, '');
      return bench.ct(['send', ...args], { env: { PATH: `${folder}:${bench.env['PATH'] ?? ''}` } });
    },
    enters: async () => (await readFile(bench.sandbox.path('around', 'log'), 'utf8')).split('\n').length - 1,
    fleetFolder: async () => {
      const { stdout } = await run(
        '/bin/sh',
        ['-c', `echo "${bench.sandbox.path('home')}"/.local/state/claude-tmux/v1/fleets/*`],
        { env: bench.env },
      );
      return stdout.trim();
    },
  };
}
