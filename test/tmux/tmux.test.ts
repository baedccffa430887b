import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { newWindowSize, viewerSize } from '../../src/tmux/size.ts';
import { runBatch } from '../../src/tmux/runBatch.ts';
import { runTmux } from '../../src/tmux/tmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { withTmuxScript } from './standIn.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox.dispose());

describe('runTmux', () => {
  test('says how to install tmux where it is missing', async () => {
    const running = runTmux({ socket: sandbox.path('s') }, ['list-sessions'], {
      env: { ...sandbox.env, PATH: sandbox.path('empty') },
    });
    await expect(running).rejects.toThrow(UserError);
    await expect(running).rejects.toMatchObject({
      message: 'tmux is not installed, or not on the PATH',
      hint: expect.stringContaining('install tmux') as string,
    });
  });

  test('does not wait for a server that hangs', async () => {
    const env = withTmuxScript(sandbox, 'exec sleep 1000');
    await expect(runTmux({ socket: '/x/s' }, ['list-sessions'], { env, timeoutMs: 100 })).rejects.toThrow(
      'the server behind "/x/s" does not answer',
    );
  });

  test('addresses its server and no other, whatever TMUX says', async () => {
    const env = {
      ...withTmuxScript(sandbox, 'echo "$# $1 $2 $3 $4 TMUX=$TMUX PANE=$TMUX_PANE"'),
      TMUX: '/tmp/other,1,0',
      TMUX_PANE: '%1',
    };
    const { stdout } = await runTmux({ socket: '/x/s', config: '/c' }, ['ls'], { env });
    expect(stdout).toBe('5 -S /x/s -f /c TMUX= PANE=\n');
  });

  test('gives exit code and both outputs, and takes a program that does not read its input', async () => {
    const env = withTmuxScript(sandbox, 'exec 0<&-; echo out; echo err >&2; exit 3');
    await expect(runTmux({ socket: '/x/s' }, [], { env, input: 'x'.repeat(1_000_000) })).resolves.toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });
});

describe('runBatch', () => {
  test('a text that tmux cannot parse runs nothing at all', async () => {
    const server = { socket: sandbox.path('b'), config: '/dev/null' };
    const { made, errors } = await runBatch(
      server,
      "new-session -d -s x -P -F 'STEP 1 #{pane_id} #{window_id} #{session_id}' 'sleep 1000'\nno-such-command\n",
      sandbox.env,
    );
    expect(made.size).toBe(0);
    expect(errors.join()).toContain('no-such-command');
    expect((await runTmux(server, ['list-sessions'], { env: sandbox.env })).stdout).toBe('');
  });

  test('reads steps only from lines that are wholly theirs', async () => {
    const env = withTmuxScript(
      sandbox,
      "cat > /dev/null; echo 'STEP 1 %1 @1 $1'; echo 'x STEP 2 %1 @1 $1'; echo 'STEP 3 %1 @1 '; echo 'STEP 4 %4 @4 $4 '; exit 1",
    );
    const { made, errors } = await runBatch({ socket: sandbox.path('b') }, '', env);
    expect([...made]).toEqual([[1, { paneId: '%1', windowId: '@1', sessionId: '$1' }]]);
    expect(errors).toEqual(['tmux ended with exit code 1']);
  });
});

describe('newWindowSize', () => {
  test.each([
    ['on', 48],
    ['off', 50],
    ['2', 47],
    ['4', 45],
    ['5', 45],
    ['odd', 48],
  ])('status %s leaves %i of 50 rows', (status, rows) => {
    expect(newWindowSize({ terminal: { columns: 200, rows: 50 }, status })).toEqual({ columns: 200, rows });
  });

  test('is never less than a cell nor more than tmux takes', () => {
    expect(newWindowSize({ terminal: { columns: 0, rows: 1 }, status: '5' })).toEqual({ columns: 1, rows: 1 });
    expect(newWindowSize({ terminal: { columns: 20_000, rows: NaN }, status: 'on' })).toEqual({
      columns: 10_000,
      rows: 1,
    });
  });

  test('without a terminal is that of a large one', () => {
    expect(newWindowSize({ terminal: null, status: 'on' })).toEqual({ columns: 200, rows: 48 });
  });
});

describe('viewerSize', () => {
  const pane = { columns: 60, rows: 20 };
  const client = (paneId: string, columns: number, activity: number) => ({
    name: `/dev/pts/${columns}`,
    sessionId: '$1',
    paneId,
    columns,
    rows: 50,
    activity,
  });
  const clients = [client('%1', 200, 10), client('%2', 150, 30), client('%1', 180, 20)];

  test('outside of the server is the terminal itself, whoever else is attached', () => {
    expect(viewerSize({ terminal: pane, insideSameServer: false, paneId: '%1', clients })).toEqual(pane);
    expect(viewerSize({ terminal: null, insideSameServer: true, paneId: '%1', clients })).toBeNull();
  });

  test.each([
    ['%1', 180],
    ['%2', 150],
    ['%9', 150],
    [undefined, 150],
  ])('in pane %s of it is the client that shows the pane, else the one used last', (paneId, columns) => {
    expect(viewerSize({ terminal: pane, insideSameServer: true, paneId, clients })).toMatchObject({
      columns,
      rows: 50,
    });
  });

  test('in a server that nobody looks at is our own pane', () => {
    expect(viewerSize({ terminal: pane, insideSameServer: true, paneId: '%1', clients: [] })).toEqual(pane);
  });
});
