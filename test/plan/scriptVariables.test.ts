import { describe, expect, it } from 'vitest';
import { nameVariables } from '../../src/plan/scriptVariables.ts';

/** `pane: NAME from WHAT` for each. */
function named(
  ...sessions: readonly (readonly [id: string, env: Readonly<Record<string, string>>])[]
): readonly string[] {
  return nameVariables(sessions.map(([id, env]) => ({ id, env }))).map(
    ({ pane, name, from }) => `${pane}: ${name} from ${from}`,
  );
}

describe('variables of a script', () => {
  it('have one name where every session that has them agrees', () => {
    expect(named(['api', { TOKEN: 'x' }], ['web', { TOKEN: 'x' }], ['docs', {}])).toEqual([
      'api: TOKEN from TOKEN',
      'web: TOKEN from TOKEN',
    ]);
  });

  it('have a name for each session where the values differ, and only those', () => {
    expect(named(['api', { TOKEN: 'x', URL: 'u' }], ['web-ui', { TOKEN: 'y', URL: 'u' }])).toEqual([
      'api: TOKEN from TOKEN_FOR_API',
      'api: URL from URL',
      'web-ui: TOKEN from TOKEN_FOR_WEB_UI',
      'web-ui: URL from URL',
    ]);
  });

  it('never share a name by chance', () => {
    const names = named(
      ['a-b', { T: '1' }],
      ['a_b', { T: '2' }],
      ['c', { T: '3', T_FOR_A_B: 'mine', T_FOR_C: 'mine' }],
    );
    expect(names).toEqual([
      'a-b: T from T_FOR_A_B_2',
      'a_b: T from T_FOR_A_B_3',
      'c: T from T_FOR_C_2',
      'c: T_FOR_A_B from T_FOR_A_B',
      'c: T_FOR_C from T_FOR_C',
    ]);
  });

  it('may be empty in the script only where the layout has them so', () => {
    expect(nameVariables([{ id: 'a', env: { E: '', F: 'x' } }]).map(({ mayBeEmpty }) => mayBeEmpty)).toEqual([
      true,
      false,
    ]);
  });

  it('are those of the object itself: nothing is inherited', () => {
    expect(named(['a', { constructor: 'x' }], ['b', {}])).toEqual(['a: constructor from constructor']);
  });
});
