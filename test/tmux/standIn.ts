import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Sandbox } from '../support/sandbox.ts';

/** An environment in which `tmux` is this POSIX shell script. */
export function withTmuxScript(sandbox: Sandbox, script: string): Record<string, string> {
  const folder = sandbox.path('stand-in');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/tmux`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${folder}/tmux`, 0o755);
  return { ...sandbox.env, PATH: `${folder}:${sandbox.env.PATH ?? ''}` };
}
