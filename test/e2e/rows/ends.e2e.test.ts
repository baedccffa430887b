import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { describeClaude } from '../support/claudeCode.ts';
import { follow } from '../support/follow.ts';
import { isTold, PATIENT, seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;

const IDS = ['exit', 'keys', 'term', 'kill', 'pane', 'stop'];

/** One fleet, an agent for each way to end. */
describeClaude('agents that end', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true });
    await sealed.writeLayout(
      [...IDS.map((id) => ({ id })), { id: 'shell', run: 'exec sleep 1000' }, { id: 'broken', run: 'exit 3' }],
      { arrange: 'windows' },
    );
    await sealed.ok('up', 'shop.yaml', '--yes');
    await eventually(async () => expect((await sealed.sessions()).filter(isTold)).toHaveLength(IDS.length), PATIENT);
  });
  afterAll(() => sealed.dispose());

  test('/exit', async () => {
    await sealed.say('exit', '/exit');
    await follow(sealed, 'exit').is({ state: 'exited', detail: 'exit code 0', source: 'launcher' }, ['idle']);
  });

  test('Ctrl-D twice', async () => {
    const keys = follow(sealed, 'keys');
    const { pane } = await sealed.statusOf('keys');
    // The second counts for less than a second after the first: nobody looks in between.
    await eventually(async () => {
      for (let times = 0; times < 2; times++) {
        await sealed.tmux.run('send-keys', '-t', pane ?? '', 'C-d');
        await pause(150);
      }
      await keys.stays({ state: 'exited' });
    }, PATIENT);
    await keys.is({ state: 'exited', detail: 'exit code 0', source: 'launcher' }, ['idle']);
  });

  test('SIGTERM, which asks it to', async () => {
    process.kill(await sealed.pidOf('term'), 'SIGTERM');
    await follow(sealed, 'term').is({ state: 'exited', detail: 'ended by signal 15', source: 'launcher' }, ['idle']);
  });

  test('kill -9 in the middle of a turn: no hook, and a registry file that stays as it was', async () => {
    const kill = follow(sealed, 'kill');
    await kill.is({ state: 'idle' });
    await kill.say('SCENARIO:hold');
    await kill.is({ state: 'working' });
    process.kill(await sealed.pidOf('kill'), 'SIGKILL');
    await kill.is({ state: 'crashed', detail: 'ended by signal 9', source: 'launcher' });
  });

  test('together with its pane', async () => {
    const { pane } = await sealed.statusOf('pane');
    await sealed.tmux.run('kill-pane', '-t', pane ?? '');
    await eventually(
      async () => expect(await sealed.statusOf('pane')).toMatchObject({ pane: null, agent: { state: 'exited' } }),
      PATIENT,
    );
  });

  test('Ctrl-Z does not end it: its pane offers to go on', async () => {
    const stop = follow(sealed, 'stop');
    await stop.is({ state: 'idle' });
    await stop.press('C-z');
    await stop.shows('suspended (Ctrl-Z)');
    const { agent } = await sealed.statusOf('stop');
    expect(agent.state, agent.detail ?? '').not.toMatch(/exited|crashed/);
    expect((await stop.explained()).process).toMatchObject({ alive: true });
    await stop.press('r');
    await stop.is({ state: 'idle' }, ['unknown']);
    await stop.say('SCENARIO:text:back_again');
    await stop.is({ state: 'done', detail: 'back again' }, ['working']);
  });

  test('commands: what runs is running, and an exit code is told', async () => {
    expect(await sealed.statusOf('shell')).toMatchObject({
      agent: { state: 'running', source: 'process', session_id: null },
    });
    await follow(sealed, 'broken').is({ state: 'crashed', detail: 'exit code 3' });
  });
});
