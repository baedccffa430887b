import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { run } from './run.ts';
import type { Environment } from './sandbox.ts';

/** A process that stands in a folder and is nobody's child: what this program starts in a tree itself is no stranger there. */
export interface Stranger {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

export async function startStranger(folder: string, env: Environment): Promise<Stranger> {
  const { stdout } = await run('sh', ['-c', 'sleep 100000 </dev/null >/dev/null 2>&1 & echo $!'], { cwd: folder, env });
  const pid = Number(stdout);
  const end = async (): Promise<void> => {
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(existsSync(`/proc/${pid}/cwd`)).toBe(false));
  };
  return { pid, end };
}
