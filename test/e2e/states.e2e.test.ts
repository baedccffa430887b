import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { isTold, PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

describeClaude('states', () => {
  test('eight agents at once, each shown as what it is doing', async () => {
    sealed = await seal({ trusted: true });
    const kinds = { text: 'idle', hold: 'working', permission: 'permission', 'bgbash:60': 'background' };
    const panes = Object.entries(kinds).flatMap(([scenario, state], at) =>
      ['a', 'b'].map((half) => ({ id: `${half}${at}`, prompt: `SCENARIO:${scenario}`, state })),
    );
    await sealed.writeLayout(
      panes.map(({ id, prompt }) => ({ id, prompt })),
      { arrange: 'windows' },
    );
    await sealed.ok('up', 'shop.yaml', '--yes');
    await eventually(() => expect(sealed.api.prompts()).toHaveLength(8), PATIENT);
    const expected = Object.fromEntries(panes.map(({ id, state }) => [id, state]));
    // A turn that nobody looked at is as over as one that was.
    const states = async () =>
      Object.fromEntries(
        (await sealed.sessions()).map(({ id, agent }) => [id, agent.state === 'done' ? 'idle' : agent.state]),
      );
    await eventually(async () => expect(await states()).toEqual(expected), PATIENT);
    expect((await sealed.sessions()).every(isTold)).toBe(true);

    sealed.api.release();
    await sealed.press('a2', 'Enter');
    await sealed.press('b2', 'Escape');
    const settled = { ...expected, a1: 'idle', b1: 'idle', a2: 'idle', b2: 'idle' };
    await eventually(async () => expect(await states()).toEqual(settled), PATIENT);
    await sealed.shows('a2', 'The permission scenario is over.');
  });
});
