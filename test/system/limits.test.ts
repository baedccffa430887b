import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { run, type Ended } from '../support/run.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench({ processes: true });
  await bench.layout(SHOP);
});
afterAll(() => bench.dispose());

/** With `ulimit -f 0` every write to a file fails with EFBIG. */
function cramped(line: string): Promise<Ended> {
  const [command = '', ...args] = line.split(' ');
  const program = [process.execPath, PROGRAM, command, '-S', bench.tmux.socket, ...args];
  return run('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', ...program], { env: bench.env, cwd: bench.checkout });
}

describe('where no file can be written', () => {
  test('up makes nothing, says why, and succeeds when it can be', async () => {
    const ended = await cramped('up shop.yaml --yes --detach');
    expect([ended.code, ended.stderr]).toEqual([1, expect.not.stringContaining('has a bug')]);
    expect(ended.stderr).toMatch(/too large|size/);
    await bench.ok('up', 'shop.yaml', '--yes', '--detach');
    await eventually(async () =>
      expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
    );
  });

  test.each([
    'status',
    'sync',
    'send fe hello',
    'rename fe Other',
    'close be --yes',
    'undo',
    'task fe next --yes',
    'up shop.yaml --yes --detach',
    'prune --yes',
    'doctor',
    'down shop --yes',
  ])('%s is a sentence or done, never a stack', async (line) => {
    const ended = await cramped(line);
    expect([line, ended.code === 0 || ended.code === 1, ended.stderr]).toEqual([
      line,
      true,
      expect.not.stringContaining('has a bug'),
    ]);
  });
});
