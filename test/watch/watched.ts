import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseIdentity } from '../../src/store/identityFile.ts';
import { serverPaths, storePaths, type ServerPaths } from '../../src/store/paths.ts';
import { makeBench, type Bench } from '../system/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { mustBeGone } from '../support/tmuxServers.ts';

/** A bench whose fleets are watched. */
export interface Watched extends Bench {
  readonly paths: ServerPaths;
  /** Where a session's clone is. */
  clone(id: string): string;
  /** Pid of the watcher that lives; throws when there is none. */
  watcher(): Promise<number>;
  /** The hidden variables of the server, or of a session of it, a line each. */
  variables(session?: string): Promise<string>;
  /** Waits until the variables match. */
  shows(pattern: RegExp, session?: string): Promise<void>;
}

/** Several programs start on two busy cores. In milliseconds. */
const PATIENT = { within: 30_000 };

export async function makeWatched(options: { readonly config?: string } = {}): Promise<Watched> {
  const bench = await makeBench({ ...options, watched: true });
  const paths = serverPaths(storePaths(bench.env, bench.sandbox.home), bench.tmux.socket);
  const variables: Watched['variables'] = (session) =>
    bench.tmux.run('show-environment', '-h', ...(session === undefined ? ['-g'] : ['-t', session])).catch(() => '');
  const watcher = async (): Promise<number> => {
    const named = parseIdentity(await readFile(paths.pid, 'utf8'));
    if (named === null) throw new Error('the pid file is empty');
    process.kill(named.pid, 0);
    return named.pid;
  };
  return {
    ...bench,
    paths,
    clone: (id) => join(bench.sandbox.home, 'workspaces', 'shop', id),
    variables,
    watcher: () => eventually(watcher, PATIENT),
    shows: (pattern, session) =>
      eventually(async () => {
        const found = await variables(session);
        if (!pattern.test(found))
          throw new Error(
            `the variables do not match ${String(pattern)}:\n${found}\n${await readFile(paths.log, 'utf8').catch(() => '')}`,
          );
      }, PATIENT),
    dispose: async () => {
      const pid = await watcher().catch(() => null);
      await bench.tmux.dispose();
      if (pid !== null) await eventually(() => mustBeGone(pid), PATIENT);
      await bench.sandbox.dispose();
    },
  };
}
