import { expect, test } from 'vitest';
import { untilNextLook } from '../../src/watch/nextLook.ts';
import { isUrgent, type States } from '../../src/watch/urgent.ts';
import type { AgentState } from '../../src/status/agentState.ts';
import type { BarFleet } from '../../src/bar/bar.ts';

const states = (...list: AgentState[]): States => new Map(list.map((state, at) => [`s${at}`, state]));

test.each<[string, States, States, boolean]>([
  ['begins to wait', states('working'), states('permission'), true],
  ['finishes', states('working'), states('done'), true],
  ['runs into an error', states('working'), states('error'), true],
  ['waits as before', states('question'), states('question'), false],
  ['waits for something else now', states('question'), states('permission'), true],
  ['works again', states('permission'), states('working'), false],
  ['was looked at', states('done'), states('idle'), false],
  ['is new and waits', states(), states('blocked'), true],
  ['is gone', states('permission'), states(), false],
])('a session that %s is urgent or not', (_, before, now, urgent) => {
  expect(isUrgent(before, now)).toBe(urgent);
});

const fleets = (...list: AgentState[]): readonly BarFleet[] => [
  {
    status: { sessions: list.map((state) => ({ agent: { state } })) } as unknown as BarFleet['status'],
    tmuxSession: '$1',
    windowIndexes: {},
    paneClicks: null,
  },
];

test.each<[string, readonly BarFleet[], number, number | null]>([
  ['a quiet fleet is not looked at again', fleets('idle', 'done'), 2000, null],
  ['soon after an event the event that says why may have come', fleets('idle'), 5, 345],
  ['a second after it two sources have settled what they contradict', fleets('idle', 'starting'), 400, 700],
  ['a start that takes too long is seen by looking', fleets('idle', 'starting'), Infinity, 1000],
  ['a dialog at the start ends without an event', fleets('blocked'), Infinity, 3000],
])('%s', (_, seen, since, wait) => {
  expect(untilNextLook(seen, since)).toBe(wait);
});
