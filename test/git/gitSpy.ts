import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../support/sandbox.ts';

/** A `git` before the real one on PATH that writes down each time it is started by us, not by git itself. */
export interface GitSpy {
  readonly env: Environment;
  /** The arguments of each start since the last time this was asked. */
  calls(): Promise<readonly string[]>;
}

/** `before` is shell text that runs before the real git does, with its arguments in `$*`. */
export async function makeGitSpy(
  folder: string,
  { env, before = '' }: { readonly env: Environment; readonly before?: string },
): Promise<GitSpy> {
  const real = execFileSync('sh', ['-c', 'command -v git'], { env, encoding: 'utf8' }).trim();
  const log = join(folder, 'calls');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'git'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\nPATH='${env.PATH}'\n${before}\nexec '${real}' "$@"\n`,
    { mode: 0o755 },
  );
  return {
    env: { ...env, PATH: `${folder}:${env.PATH}` },
    calls: async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      await rm(log, { force: true });
      return text.split('\n').filter((line) => line !== '');
    },
  };
}
