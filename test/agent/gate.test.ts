import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rmdir, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBootId, readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { makeRecorder, type LaunchedPane } from './launchedPane.ts';

let sandbox: Sandbox;
let pane: LaunchedPane;
beforeEach(async () => {
  sandbox = await makeSandbox();
  pane = await makeRecorder(sandbox);
});
afterEach(() => sandbox.dispose());

const turn = (number = 1): string => sandbox.path('gates', `start.${number}`);
/** A turn as another pane's launch file would hold it. */
async function hold(
  number: number,
  { pid, ends = '' }: { readonly pid: number; readonly ends?: string },
  boot?: string,
): Promise<void> {
  await writeFile(turn(number), `${pid}\n${await readProcStart(pid)}\n${boot ?? (await readBootId())}\n${ends}\n`);
}
const start = async (most = 1): Promise<void> => {
  await pane.write({ startsAtOnce: most });
  await pane.start();
};
const started = (): Promise<void> => eventually(() => expect(pane.has('starts')).toBe(true));
const now = (): number => Math.floor(Date.now() / 1000);

describe('few agents start at a time', () => {
  it('one waits while others start, says so, and goes on when a turn is given back', async () => {
    await hold(1, { pid: process.pid, ends: String(now() + 600) });
    await hold(2, { pid: process.pid });
    await start(2);
    await eventually(async () => expect(await pane.screen()).toContain('waits for a free start'));
    expect((await readFile(pane.files.stage, 'utf8')).split('\n')[3]).toBe('waits for a free start');
    expect(pane.has('starts')).toBe(false);
    await writeFile(turn(2), ''); // emptied by a power loss: nobody's
    await started();
    expect(await readFile(pane.files.stage, 'utf8')).toBe('');
  });

  it('a killed holder holds nothing', async () => {
    const holder = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await hold(1, { pid: holder.pid ?? 0, ends: String(now() + 600) });
    await start();
    await eventually(async () => expect(await pane.screen()).toContain('waits for a free start'));
    holder.kill('SIGKILL');
    await started();
  });

  it.each([
    { what: 'whose time is over', ends: (): string => String(now() - 1), boot: undefined },
    { what: 'of another boot', ends: (): string => '', boot: 'another-boot' },
  ])('a turn $what holds nobody up', async ({ ends, boot }) => {
    await hold(1, { pid: process.pid, ends: ends() }, boot);
    await start();
    await started();
  });

  it('who was killed while clearing a turn does not keep it', async () => {
    await hold(1, { pid: process.pid, ends: String(now() - 1) });
    await mkdir(`${turn()}.clear`);
    await utimes(`${turn()}.clear`, now() - 3600, now() - 3600);
    await start();
    await started();
  });

  it('where no turn can be made nobody waits for ever', async () => {
    await rmdir(sandbox.path('gates'));
    await writeFile(sandbox.path('gates'), 'what makes every link fail');
    await start();
    await eventually(async () => expect(await pane.screen()).toContain('waits for a free start'));
    await started();
  });

  it('a turn is given back when the first hook has come', async () => {
    await start();
    await started();
    expect(existsSync(turn())).toBe(true);
    await writeFile(`${pane.files.root}/claude`, 'spoken\n');
    await eventually(() => expect(existsSync(turn())).toBe(false));
    expect(readdirSync(sandbox.path('gates'))).toEqual([]);
  });

  it('a pane that waits ends with its pane and leaves no turn', async () => {
    await hold(1, { pid: process.pid });
    await start();
    await eventually(async () => expect(await pane.screen()).toContain('waits for a free start'));
    await pane.tmux('new-session', '-d', '-s', 'other', 'sleep 1000');
    await pane.tmux('kill-session', '-t', 's');
    await writeFile(turn(), '');
    await eventually(async () => expect(await pane.tmux('list-sessions', '-F', '#{session_name}')).toBe('other'));
    expect(pane.has('starts')).toBe(false);
  });
});
