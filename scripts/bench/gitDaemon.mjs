import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Serves the repositories in `folder` over git's own protocol on loopback: `{url(name), received(), close()}`; `received` in bytes. */
export async function startGitDaemon(folder, env) {
  const port = await freePort();
  const daemon = spawn(
    'git',
    ['daemon', '--reuseaddr', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${folder}`, '--export-all'],
    { env, stdio: 'ignore', detached: true },
  );
  while (!(await answers(port))) await pause(20);
  const received = new SharedArrayBuffer(8);
  const proxy = new Worker(new URL('./countingProxy.mjs', import.meta.url), { workerData: { port, received } });
  const [shown] = await once(proxy, 'message');
  return {
    url: (name) => `git://127.0.0.1:${shown}/${name}`,
    received: () => Number(Atomics.load(new BigInt64Array(received), 0)),
    close: async () => {
      // The daemon is a process below the `git` that was started.
      process.kill(-daemon.pid);
      await proxy.terminate();
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
