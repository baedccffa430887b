import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { run } from './run.ts';

/** Ends the tmux servers whose sockets lie directly in one of `folders`, or in tmux's own `tmux-UID` folder there. */
export async function endTmuxServersIn(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (const entry of await readFolder(folder)) {
      const path = join(folder, entry.name);
      if (entry.isSocket()) await endTmuxServer(path);
      else if (entry.isDirectory() && entry.name.startsWith('tmux-')) await endTmuxServersIn([path]);
    }
  }
}

/** Ends the server behind `socket` and waits until its process is gone; a socket nobody listens on is no error. */
export async function endTmuxServer(socket: string): Promise<void> {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8' };
  const asked = await run('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'], { env });
  if (asked.code !== 0) return;
  await run('tmux', ['-S', socket, 'kill-server'], { env });
  await eventually(() => mustBeGone(Number(asked.stdout)));
}

/** Throws while the process lives; a zombie (nobody reaped it) is gone. */
export async function mustBeGone(pid: number): Promise<void> {
  try {
    process.kill(pid, 0);
  } catch {
    return;
  }
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').then(
    (stat) => stat.slice(stat.lastIndexOf(')') + 2)[0],
    () => null,
  );
  if (state !== 'Z') throw new Error(`process ${pid} still lives`);
}

function readFolder(path: string) {
  return readdir(path, { withFileTypes: true }).catch(() => []);
}
