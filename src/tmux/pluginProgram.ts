import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../base/childEnvironment.ts';
import type { FoundProgram } from '../doctor/plugin.ts';
import { askServer } from './askServer.ts';
import type { Environment, TmuxServer } from './tmux.ts';

interface Asked {
  /** PATH of what the server starts. */
  readonly path: string;
  readonly env: Environment;
}

/** Milliseconds; Node starts in a tenth of a second. */
const TIMEOUT = 10_000;

/**
 * The program that the plugin's keys and hooks find, looked for by the plugin's own script with the server's PATH. Null when the
 * plugin's folder cannot be told: it is read from the hooks of the last load.
 */
export async function findPluginProgram(server: TmuxServer, { path, env }: Asked): Promise<FoundProgram | null> {
  const hooks = await askServer(server, ['show-hooks -g'], env);
  const folder = REVIVE.exec(hooks?.printed[0] ?? '')?.[1];
  if (folder === undefined || !existsSync(join(folder, 'program.sh'))) return null;
  return runFinder(folder, {
    ...childEnvironment('quiet', { ...env, PATH: path || env['PATH'] }),
    TMUX: `${server.socket},0,-1`,
  });
}

/** The script in a hook's text, in quotes or not. A path with a quote in it is not found, which costs a finding and no more. */
const REVIVE = /(\/[^'"]*\/tmux-plugin)\/revive\.sh/;

const FINDER =
  'folder=$1; . "$folder/program.sh"; find_program || exit 127; printf "%s\\n" "$program"; exec_program --version';

function runFinder(folder: string, env: Environment): Promise<FoundProgram> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', FINDER, 'sh', folder], { env: { ...env }, timeout: TIMEOUT }, (_, stdout) => {
      const [path = '', version = ''] = stdout.split('\n');
      resolve({ path: path === '' ? null : path, version: /^\d+\.\d+\.\d+\S*$/.test(version) ? version : null });
    });
  });
}
