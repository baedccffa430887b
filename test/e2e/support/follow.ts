import { expect } from 'vitest';
import type { AgentState } from '../../../src/status/agentState.ts';
import type { HookState } from '../../../src/status/hookState.ts';
import type { RegistryEntry } from '../../../src/status/registryEntry.ts';
import type { AgentStatus } from '../../../src/status/report.ts';
import { eventually } from '../../support/eventually.ts';
import type { Sealed } from './sealed.ts';

/** `explain --json`, as far as it is looked at. */
export interface Explained {
  readonly verdict: { readonly state: AgentState; readonly rule: string; readonly until: number | null };
  readonly process: { readonly alive: boolean; readonly pid: number | null } | null;
  readonly registry: RegistryEntry | null;
  readonly hooks: HookState | null;
}

/** One session, followed through its states: what `status` says between two of them is looked at too. */
export interface Followed {
  readonly id: string;
  /**
   * Waits until `status --format json` says this of the agent. Until then it may say nothing but the state that was there before, or one
   * of `by`, each of which a quick turn may pass through unseen.
   */
  is(expected: ExpectedAgent, by?: readonly AgentState[]): Promise<AgentStatus>;
  /** What `status` says now is still this, after something that must not change it. */
  stays(expected: ExpectedAgent): Promise<void>;
  say(text: string): Promise<void>;
  press(...keys: string[]): Promise<void>;
  shows(text: string): Promise<void>;
  explained(): Promise<Explained>;
  /** Waits until Claude's registry file says this of the session. */
  registers(expected: Partial<RegistryEntry>): Promise<void>;
}

/** Values, or vitest's asymmetric matchers. */
export type ExpectedAgent = { readonly state: AgentState } & {
  readonly [key in Exclude<keyof AgentStatus, 'state'>]?: unknown;
};

export function follow(sealed: Sealed, id: string): Followed {
  // A claude that has just started may not have told its status yet, nor drawn its dialog: on a busy machine for longer than three seconds.
  let onTheWay: readonly AgentState[] = ['starting', 'unknown'];
  const explained: Followed['explained'] = async () =>
    JSON.parse((await sealed.ok('explain', id, '--json')).stdout) as Explained;
  const stays: Followed['stays'] = async (expected) =>
    expect((await sealed.statusOf(id)).agent).toMatchObject(expected);
  return {
    id,
    is: async (expected, by = []) => {
      const agent = await arrives(sealed, id, { expected, onTheWay: [...by, ...onTheWay, expected.state] });
      onTheWay = [agent.state];
      return agent;
    },
    stays,
    say: (text) => {
      // While Claude carries out a command of its own its registry says busy (/clear, /resume: some hundredths of a second, 2.1.197).
      if (text.startsWith('/')) onTheWay = [...onTheWay, 'working'];
      return sealed.say(id, text);
    },
    press: (...keys) => sealed.press(id, ...keys),
    shows: (text) => sealed.shows(id, text),
    explained,
    registers: (expected) => eventually(async () => expect((await explained()).registry).toMatchObject(expected), SOON),
  };
}

/** A claude that has started follows within a second; this is for two busy cores. In milliseconds. */
const SOON = { within: 20_000 };

interface Way {
  readonly expected: ExpectedAgent;
  readonly onTheWay: readonly AgentState[];
}

/** A state that was wrong is not forgiven by the right one after it. */
async function arrives(sealed: Sealed, id: string, { expected, onTheWay }: Way): Promise<AgentStatus> {
  const wrong: AgentStatus[] = [];
  const agent = await eventually(async () => {
    const now = (await sealed.statusOf(id)).agent;
    if (!onTheWay.includes(now.state)) wrong.push(now);
    expect(now).toMatchObject(expected);
    return now;
  }, SOON).catch(async (error: unknown) => {
    throw new Error(`${(await sealed.ok('explain', id)).stdout}${await sealed.screenOf(id)}`, { cause: error });
  });
  expect(wrong, `states seen on the way to "${expected.state}"`).toEqual([]);
  return agent;
}
