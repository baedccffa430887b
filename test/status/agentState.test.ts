import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_STATES, type AgentEvidence, agentState, wantsScreen } from '../../src/status/agentState.ts';
import { parseRegistryEntry, type RegistryEntry } from '../../src/status/registryEntry.ts';

const NOW = 1_800_000_000_000;
const SAMPLE: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/claude/sessions-file.json', import.meta.url), 'utf8'),
);

function entry(changes: Partial<RegistryEntry>): RegistryEntry {
  const sample = parseRegistryEntry(SAMPLE);
  if (!sample) throw new Error('the sample is no entry');
  return { ...sample, waitingFor: null, statusUpdatedAt: NOW - 5000, startedAt: NOW - 9000, ...changes };
}

const RUNS: AgentEvidence = {
  kind: 'agent',
  isClaude: true,
  alive: true,
  suspended: false,
  exit: null,
  startedAt: NOW - 60_000,
  endedAt: null,
  registry: null,
  hooks: null,
  interruptedAt: null,
  screen: null,
};
const ENDED: AgentEvidence = { ...RUNS, alive: false };

describe('a recorded registry file of 2.1.197', () => {
  it('is read as it is', () => {
    const { pid, sessionId, procStart, status, waitingFor, name } = entry({ waitingFor: 'permission prompt' });
    expect({ pid, sessionId, procStart, status, waitingFor, name }).toEqual({
      pid: 23775,
      sessionId: 'a56d013f-2173-4ba3-96ed-0995887219ea',
      procStart: '174098',
      status: 'waiting',
      waitingFor: 'permission prompt',
      name: 'one',
    });
  });

  it.each([[null], [[]], ['x'], [{}], [{ pid: '1' }], [{ pid: -1 }], [{ pid: 1.5 }]])('%j is no entry', (value) => {
    expect(parseRegistryEntry(value)).toBeNull();
  });

  it('fields of a newer version, or of another type, are no reason to drop it', () => {
    expect(parseRegistryEntry({ pid: 7, status: 3, waitingFor: { deep: true }, added: 'later' })).toMatchObject({
      pid: 7,
      status: null,
      waitingFor: null,
    });
  });
});

describe('the state of a session', () => {
  const table: readonly [string, AgentEvidence, string, string | null, string][] = [
    ['busy', { ...RUNS, registry: entry({ status: 'busy' }) }, 'working', null, 'registry'],
    ['idle', { ...RUNS, registry: entry({ status: 'idle' }) }, 'idle', null, 'registry'],
    [
      'a background shell',
      { ...RUNS, registry: entry({ status: 'shell' }) },
      'background',
      'a background task runs',
      'registry',
    ],
    [
      'a permission dialog',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'permission prompt' }) },
      'permission',
      'permission prompt',
      'registry',
    ],
    [
      'a teammate that asks',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'worker request' }) },
      'permission',
      'worker request',
      'registry',
    ],
    [
      'a sandbox that asks',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'sandbox request' }) },
      'permission',
      'sandbox request',
      'registry',
    ],
    [
      'a question',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'input needed' }) },
      'question',
      'input needed',
      'registry',
    ],
    [
      '/config open',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'dialog open' }) },
      'idle',
      'dialog open',
      'registry',
    ],
    [
      'waiting for something new',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'moon' }) },
      'unknown',
      'Claude waits for "moon", which this version does not know',
      'registry',
    ],
    [
      'a status that is new',
      { ...RUNS, registry: entry({ status: 'dreaming' }) },
      'unknown',
      'Claude says "dreaming", which this version does not know',
      'registry',
    ],
    ['no status in the first moment', { ...RUNS, registry: entry({ status: null }) }, 'starting', null, 'registry'],
    ['no entry yet', { ...RUNS, startedAt: NOW - 2999 }, 'starting', null, 'process'],
    ['no entry for 3 s', { ...RUNS, startedAt: NOW - 3000, screen: '$ ls' }, 'starting', null, 'process'],
    ['no entry for just under 10 s', { ...RUNS, startedAt: NOW - 9999 }, 'starting', null, 'process'],
    [
      'the trust dialog after 3 s',
      { ...RUNS, startedAt: NOW - 3000, screen: '❯ No, exit\n  Yes, I trust this folder' },
      'blocked',
      'asks whether this folder is trusted',
      'screen',
    ],
    [
      'no entry for 10 s',
      { ...RUNS, startedAt: NOW - 10_000 },
      'unknown',
      'Claude runs but has no entry in its registry, and shows no dialog that is known',
      'process',
    ],
    [
      'a registry that cannot be read',
      { ...RUNS, registryProblem: 'EACCES: permission denied' },
      'unknown',
      "Claude's registry cannot be read: EACCES: permission denied",
      'process',
    ],
    [
      'the trust dialog, broken at the edge',
      { ...RUNS, screen: ' ❯ 1. Yes, I trust\n│ this folder   2. No, exit' },
      'blocked',
      'asks whether this folder is trusted',
      'screen',
    ],
    [
      'the MCP dialog',
      { ...RUNS, screen: '  2 new MCP servers found in this project' },
      'blocked',
      'asks about MCP servers of this repository',
      'screen',
    ],
    [
      'a screen without a dialog',
      { ...RUNS, screen: '$ ls' },
      'unknown',
      'Claude runs but has no entry in its registry, and shows no dialog that is known',
      'process',
    ],
    ['another agent', { ...RUNS, isClaude: false }, 'running', null, 'process'],
    ['a command', { ...RUNS, kind: 'command', isClaude: false }, 'running', null, 'process'],
    [
      'Ctrl-Z',
      { ...RUNS, suspended: true, registry: entry({ status: 'idle' }) },
      'unknown',
      'suspended (Ctrl-Z); press r in its pane',
      'process',
    ],
    [
      'a status called as what every object inherits',
      { ...RUNS, registry: entry({ status: 'constructor' }) },
      'unknown',
      'Claude says "constructor", which this version does not know',
      'registry',
    ],
    [
      'a wait called so',
      { ...RUNS, registry: entry({ status: 'waiting', waitingFor: 'toString' }) },
      'unknown',
      'Claude waits for "toString", which this version does not know',
      'registry',
    ],
    ['exit 0', { ...ENDED, exit: 0, endedAt: NOW }, 'exited', 'exit code 0', 'launcher'],
    ['a hang-up', { ...ENDED, exit: 129, endedAt: NOW }, 'exited', 'ended by signal 1', 'launcher'],
    ['kill -9', { ...ENDED, exit: 137, endedAt: NOW }, 'crashed', 'ended by signal 9', 'launcher'],
    ['an error', { ...ENDED, exit: 1, endedAt: NOW }, 'crashed', 'exit code 1', 'launcher'],
    ['its pane closed', ENDED, 'exited', 'ended together with its pane', 'process'],
    ['never started', { ...ENDED, startedAt: null }, 'exited', 'not started', 'none'],
    [
      'a row for a web session',
      { ...ENDED, kind: 'placeholder', startedAt: null },
      'waiting',
      'for the id of a claude.ai/code session',
      'launcher',
    ],
  ];
  it.each(table)('%s', (_name, evidence, ...[state, detail, source]) => {
    const verdict = agentState(evidence, NOW);
    expect(verdict).toMatchObject({ state, detail, source });
    expect(AGENT_STATES).toContain(verdict.state);
  });

  it('holds since Claude says so', () => {
    expect(agentState({ ...RUNS, registry: entry({ status: 'busy' }) }, NOW).since).toBe(NOW - 5000);
  });

  it('a dialog on the screen counts only while the registry is silent', () => {
    const evidence = { ...RUNS, registry: entry({ status: 'idle' }), screen: 'Yes, I trust this folder' };
    expect(agentState(evidence, NOW).state).toBe('idle');
    expect(wantsScreen(evidence, NOW)).toBe(false);
    expect(wantsScreen({ ...evidence, registry: null }, NOW)).toBe(true);
    expect(wantsScreen({ ...evidence, registry: null, startedAt: NOW - 2999 }, NOW)).toBe(false);
    expect(wantsScreen({ ...evidence, registry: entry({ status: 'waiting', waitingFor: 'dialog open' }) }, NOW)).toBe(
      true,
    );
    expect(
      wantsScreen({ ...evidence, registry: entry({ status: 'waiting', waitingFor: 'permission prompt' }) }, NOW),
    ).toBe(false);
  });
});
