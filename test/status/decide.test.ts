import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AGENT_STATES, type AgentState } from '../../src/status/agentState.ts';
import { CIRCUMSTANCES, CIRCUMSTANCE_ROWS, type Circumstance } from '../../src/status/circumstances.ts';
import { decide, describeLoss, describeRefusal } from '../../src/status/decide.ts';
import { STATES } from '../../src/status/states.ts';
import { STRICTNESS, VERBS, type Answer, type Answers } from '../../src/status/verbs.ts';
import { ROOT } from '../support/sources.ts';

/** The reviewed table; `UPDATE_GOLDEN=1` writes it again. */
const GOLDEN = join(ROOT, 'test/status/golden/verbs.txt');

function row(name: string, verbs: Answers): string {
  return [name.padEnd(12), ...VERBS.map((verb) => verbs[verb].padEnd(8))].join(' ').trimEnd();
}

function tableText(): string {
  const head = ['            ', ...VERBS.map((verb) => verb.padEnd(8))].join(' ').trimEnd();
  const states = AGENT_STATES.map((state) => row(state, STATES[state].verbs));
  const circumstances = CIRCUMSTANCES.map((one) => row(one, CIRCUMSTANCE_ROWS[one].verbs));
  return [head, ...states, '', head, ...circumstances, ''].join('\n');
}

function parseGolden(): ReadonlyMap<string, readonly Answer[]> {
  const rows = readFileSync(GOLDEN, 'utf8')
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => line.split(/\s+/));
  return new Map(rows.map(([name = '', ...answers]) => [name, answers as Answer[]]));
}

test('the table of states, circumstances and verbs is the reviewed one', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, tableText());
  expect(tableText()).toBe(readFileSync(GOLDEN, 'utf8'));
});

test('the page about states shows it', () => {
  expect(readFileSync(join(ROOT, 'docs/states.md'), 'utf8')).toContain(`\`\`\`\n${tableText().trimEnd()}\n\`\`\`\n`);
});

test('for every state, pair of circumstances and verb the strictest answer wins', () => {
  const golden = parseGolden();
  const strictness = (name: string, at: number): number => STRICTNESS.indexOf(golden.get(name)?.[at] ?? 'no');
  const wrong: string[] = [];
  const sets: readonly (readonly Circumstance[])[] = [
    [],
    ...CIRCUMSTANCES.map((one) => [one]),
    ...CIRCUMSTANCES.flatMap((one) => CIRCUMSTANCES.map((other) => [one, other])),
  ];
  for (const state of AGENT_STATES) {
    for (const circumstances of sets) {
      VERBS.forEach((verb, at) => {
        const expected = STRICTNESS[Math.max(...[state, ...circumstances].map((name) => strictness(name, at)))];
        const { answer, reasons } = decide(verb, { state, circumstances });
        if (answer !== expected || (answer === 'yes') !== (reasons.length === 0))
          wrong.push(`${verb} ${state} ${circumstances.join(' ')}: ${answer}`);
      });
    }
  }
  expect(sets.length * AGENT_STATES.length).toBeGreaterThan(4000);
  expect(wrong).toEqual([]);
});

test('a state that needs the user is never given a text as an answer, nor are its files moved', () => {
  const asks: readonly AgentState[] = ['blocked', 'permission', 'question', 'plan-review'];
  for (const state of asks)
    for (const verb of ['send', 'task', 'sync', 'close', 'land'] as const)
      expect(decide(verb, { state, circumstances: [] }).answer).toBe('no');
});

test('nothing that works, asks or runs in the background is ended without a question', () => {
  const busy: readonly AgentState[] = ['working', 'permission', 'question', 'plan-review', 'background', 'unknown'];
  for (const state of busy)
    for (const verb of ['restart', 'down', 'close', 'task'] as const)
      expect(decide(verb, { state, circumstances: [] }).answer).not.toBe('yes');
});

test('a background task locks nothing out for ever: every verb has a way', () => {
  for (const verb of VERBS.filter((one) => one !== 'respawn'))
    expect(decide(verb, { state: 'background', circumstances: [] }).answer).not.toBe('no');
});

test('what needs you is what the contract says', () => {
  expect(AGENT_STATES.filter((state) => STATES[state].needsYou)).toEqual([
    'blocked',
    'permission',
    'question',
    'plan-review',
    'error',
    'limited',
    'crashed',
  ]);
});

describe('a refusal', () => {
  test('names the session, the reason and a command that helps, for every state, circumstance and verb', () => {
    const texts = new Set<string>();
    for (const verb of VERBS) {
      for (const state of AGENT_STATES) {
        for (const circumstances of [[], ...CIRCUMSTANCES.map((one) => [one])]) {
          const decision = decide(verb, { state, circumstances });
          if (decision.answer === 'yes') continue;
          const { message, hint } = describeRefusal(verb, 'api', { decision });
          expect(message).toMatch(/^"api" \S.*; \S.*$/);
          expect(hint).not.toMatch(/\{id\}|undefined|null/);
          if (decision.answer === 'ask') expect(hint).toContain(`claude-tmux ${verb} api --yes`);
          if (decision.answer === 'ask') expect(describeLoss(verb, 'api', decision)).not.toMatch(/undefined|null|\{/);
          texts.add(message);
        }
      }
    }
    expect(texts.size).toBeGreaterThan(60);
  });

  test('in words', () => {
    const decision = decide('restart', { state: 'permission', circumstances: [] });
    expect(describeLoss('restart', 'api', decision)).toBe(
      '"api" asks for a permission; restart ends its turn, and the question stays unanswered',
    );
    expect(
      describeRefusal('close', 'api', {
        decision: decide('close', { state: 'working', circumstances: [] }),
        detail: 'Bash: npm test',
      }),
    ).toEqual({
      message: '"api" is working (Bash: npm test); it was not closed',
      hint: 'wait for the end of its turn, or press Esc in its pane',
    });
    expect(
      describeRefusal('send', 'api', { decision: decide('send', { state: 'idle', circumstances: ['draft'] }) }),
    ).toEqual({
      message: '"api" has a draft in its input line, which would be sent with the text; nothing was sent',
      hint: 'send or clear the draft first: claude-tmux go api',
    });
  });
});
