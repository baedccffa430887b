// A worker: passes connections on to a port of this machine and adds up the bytes that come back. On a thread of its own, as the
// bench waits for each contestant without turning its event loop.
import { connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const received = new BigInt64Array(workerData.received);

const server = createServer((client) => {
  const target = connect(workerData.port, '127.0.0.1');
  target.on('data', (chunk) => void Atomics.add(received, 0, BigInt(chunk.length)));
  client.pipe(target);
  target.pipe(client);
  for (const socket of [client, target]) socket.on('error', () => [client, target].forEach((each) => each.destroy()));
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
