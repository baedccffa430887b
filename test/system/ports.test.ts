import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
let base: number;
let busy: Server;
beforeEach(async () => {
  bench = await makeBench();
  // A port that the system gives out is taken; those after it most likely are not.
  busy = await listen();
  base = (busy.address() as AddressInfo).port;
});
afterEach(async () => {
  await new Promise((resolve) => busy.close(resolve));
  await bench.dispose();
});

async function listen(): Promise<Server> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    if ((server.address() as AddressInfo).port < 65_000) return server;
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The shop with ports, and with a server that writes its own into the clone. */
const withPorts = (step = 1): string =>
  SHOP.replace('arrange: tiled', `arrange: tiled\nports: {base: ${base}, step: ${step}}`).replace(
    'sleep 100000',
    'echo $CLAUDE_TMUX_PORT >port; exec sleep 100000',
  );
const ports = async (): Promise<readonly (number | null)[]> => (await bench.sessions()).map(({ port }) => port);

describe('ports', () => {
  test('each session gets its own from the base on, one that somebody listens on is skipped, and the processes know theirs', async () => {
    await bench.layout(withPorts());
    await bench.ok('up', 'shop.yaml', '--yes');
    const given = await ports();
    expect(new Set(given).size).toBe(3);
    expect(given.every((port) => port !== null && port > base)).toBe(true);
    await eventually(async () =>
      expect((await bench.ok('exec', 'fe', '--', 'cat', 'port')).stdout).toBe(`${given[2]}\n`),
    );
    expect((await bench.ok('status', 'shop')).stdout).toContain(`:${given[0]}`);
  });

  test('stay the same after a restart, a kill-server and another up, whoever listens on them', async () => {
    await bench.layout(withPorts());
    await bench.ok('up', 'shop.yaml', '--yes');
    const given = await ports();
    const own = createServer();
    await new Promise<void>((resolve) => own.listen(given[0] ?? 0, '127.0.0.1', resolve));
    await eventually(async () => expect((await bench.sessions())[0]?.agent.state).toBe(TOLD));
    await bench.ok('restart', 'fe', '--yes');
    await bench.tmux.dispose();
    await bench.ok('up', 'shop.yaml');
    await new Promise((resolve) => own.close(resolve));
    expect(await ports()).toEqual(given);
  });

  test('are no two sessions’ of any fleets, also when these are brought up at once', async () => {
    await bench.layout(withPorts(), 'shop.yaml');
    await bench.layout(withPorts().replace('name: shop', 'name: other'), 'other.yaml');
    expect(
      await Promise.all([bench.apart(['up', 'shop.yaml', '--yes']), bench.apart(['up', 'other.yaml', '--yes'])]),
    ).toMatchObject([{ code: 0 }, { code: 0 }]);
    const given = await ports();
    expect(given).toHaveLength(6);
    expect(new Set(given).size).toBe(6);
  });

  test('are not there without `ports`, and one that runs keeps what it was started with until it is started again', async () => {
    await bench.layout(SHOP);
    await bench.ok('up', 'shop.yaml', '--yes');
    expect(await ports()).toEqual([null, null, null]);
    await bench.layout(withPorts(7).replace(/run: .*/, 'run: sleep 100000'));
    expect((await bench.ok('up', 'shop.yaml', '--yes')).stderr).toContain('pane "fe" changed in the layout');
    expect(await ports()).toEqual([null, null, null]);
    await bench.ok('restart', 'fe', '--yes');
    const [port, ...others] = await ports();
    expect(((port ?? 0) - base) % 7).toBe(0);
    expect(others).toEqual([null, null]);
  });

  test('that run out are said so, and nothing is started', async () => {
    await bench.layout(
      withPorts()
        .replace(/base: \d+/, 'base: 65530')
        .replace('step: 1', 'step: 1000'),
    );
    const { code, stderr } = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('65535');
  });
});
