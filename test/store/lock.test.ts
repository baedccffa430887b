import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { readLockOwner, withLock } from '../../src/store/lock.ts';
import { readBootId, readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let lock: string;
beforeEach(async () => {
  sandbox = await makeSandbox();
  lock = sandbox.path('locks', 'shop.lock');
});
afterEach(async () => sandbox.dispose());

async function leave(owner: { pid: number; procStart: string; bootId?: string }): Promise<void> {
  await mkdir(sandbox.path('locks'), { recursive: true });
  await writeFile(
    lock,
    JSON.stringify({ version: 1, nonce: 'left', bootId: await readBootId(), what: 'bringing up "shop"', ...owner }),
  );
}

const take = <T>(run: () => Promise<T>, timeoutMs = 0): Promise<T> =>
  withLock(lock, { timeoutMs, what: 'testing' }, run);

describe('a lock', () => {
  it('is released however the work ends, with nothing left beside it', async () => {
    expect(await take(async () => Promise.resolve(7))).toBe(7);
    await expect(take(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readdir(sandbox.path('locks'))).toEqual([]);
  });

  it("that cannot be made is the user's to mend, and leaves nothing", async () => {
    const long = sandbox.path('locks', 'x'.repeat(250));
    await expect(withLock(long, { timeoutMs: 0, what: 'testing' }, async () => Promise.resolve())).rejects.toThrow(
      UserError,
    );
    expect(await readdir(sandbox.path('locks'))).toEqual([]);
  });

  it('names its owner, and says so once to whoever waits', async () => {
    const said: string[] = [];
    const start = await readProcStart(process.ppid);
    await leave({ pid: process.ppid, procStart: start ?? '' });
    const refused = withLock(
      lock,
      { timeoutMs: 120, what: 'testing', onWait: (message) => said.push(message) },
      async () => Promise.resolve(),
    );
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(`another claude-tmux (pid ${process.ppid}) is bringing up "shop"`);
    expect(said).toEqual([`another claude-tmux (pid ${process.ppid}) is bringing up "shop"`]);
    expect(await readLockOwner(lock)).toEqual({ pid: process.ppid, what: 'bringing up "shop"' });
  });

  it('whose owner has started this process, and waits for its end, is not waited for', async () => {
    await leave({ pid: process.ppid, procStart: (await readProcStart(process.ppid)) ?? '' });
    const refused = take(() => Promise.resolve(), 600_000);
    await expect(refused).rejects.toThrow(
      `another claude-tmux (pid ${process.ppid}) is bringing up "shop", and has started this one`,
    );
    await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining('in the background') as unknown });
    expect(await readdir(sandbox.path('locks'))).toEqual(['shop.lock']);
  });

  it('waits for its turn', async () => {
    const order: string[] = [];
    const first = take(async () => {
      await eventually(() => expect(order).toContain('second waits'));
      order.push('first done');
    });
    await eventually(async () => expect(await readLockOwner(lock)).not.toBeNull());
    const second = withLock(
      lock,
      { timeoutMs: 5000, what: 'testing', onWait: () => order.push('second waits') },
      async () => Promise.resolve(void order.push('second')),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['second waits', 'first done', 'second']);
  });

  it.each([
    ['gone', async () => leave({ pid: 2 ** 22 - 1, procStart: '1' })],
    ['a pid used again', async () => leave({ pid: process.pid, procStart: '1' })],
    [
      'of another boot',
      async () => leave({ pid: process.pid, procStart: (await readProcStart(process.pid)) ?? '', bootId: 'before' }),
    ],
    [
      'unreadable (a power loss empties files)',
      async () => mkdir(sandbox.path('locks')).then(async () => writeFile(lock, '')),
    ],
  ])('whose owner is %s is taken over', async (_name, prepare) => {
    await prepare();
    expect(await take(async () => readLockOwner(lock))).toEqual({ pid: process.pid, what: 'testing' });
    expect(await readdir(sandbox.path('locks'))).toEqual([]);
  });

  it('of a zombie is taken over, though kill -0 says it lives', async () => {
    // The child outlives the shell's turn into a `sleep`, which waits for nobody; the shell itself would have reaped it.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
      );
      await eventually(async () => expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /));
      const start = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19];
      expect(() => process.kill(pid, 0)).not.toThrow();
      await leave({ pid, procStart: start ?? '' });
      await expect(take(async () => Promise.resolve('ours'))).resolves.toBe('ours');
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('of a dead owner goes to one of many takers at a time', async () => {
    for (let round = 0; round < 20; round++) {
      await leave({ pid: 2 ** 22 - 1, procStart: '1' });
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      };
      await Promise.all(Array.from({ length: 8 }, async () => take(work, 20_000)));
      expect(most).toBe(1);
    }
    expect(await readdir(sandbox.path('locks'))).toEqual([]);
  }, 120_000);

  it('whose taker died in the middle of taking over is taken over all the same', async () => {
    await leave({ pid: 2 ** 22 - 1, procStart: '1' });
    await writeFile(
      `${lock}.after-left`,
      JSON.stringify({
        version: 1,
        nonce: 'taker',
        pid: 2 ** 22 - 2,
        procStart: '1',
        bootId: await readBootId(),
        what: 'x',
      }),
    );
    await expect(take(async () => Promise.resolve('ours'))).resolves.toBe('ours');
    expect(await readdir(sandbox.path('locks'))).toEqual([]);
  });

  it('whose taker is alive in the middle of taking over is held', async () => {
    await leave({ pid: 2 ** 22 - 1, procStart: '1' });
    const taker = {
      nonce: 'taker',
      pid: process.ppid,
      procStart: await readProcStart(process.ppid),
      bootId: await readBootId(),
      what: 'taking',
    };
    await writeFile(`${lock}.after-left`, JSON.stringify({ version: 1, ...taker }));
    await expect(take(async () => Promise.resolve())).rejects.toThrow(`pid ${process.ppid}`);
  });
});
