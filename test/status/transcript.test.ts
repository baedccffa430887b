import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contextPercent, parseTranscriptTail } from '../../src/status/transcript.ts';

const answer = (input: number, rest: Record<string, unknown> = {}): string =>
  JSON.stringify({
    type: 'assistant',
    isSidechain: false,
    message: {
      model: 'claude-sonnet-5',
      usage: { input_tokens: input, cache_read_input_tokens: 1000, cache_creation_input_tokens: 500, output_tokens: 9 },
    },
    ...rest,
  });

describe('the end of a transcript', () => {
  test('a recorded one of 2.1.197 tells its model, its size and the last prompt', () => {
    const tail = parseTranscriptTail(
      readFileSync(new URL('../fixtures/claude/transcript.jsonl', import.meta.url), 'utf8'),
    );
    expect(tail.model).toMatch(/^claude-/);
    expect(tail.contextTokens).toBeGreaterThan(0);
    expect(tail.lastPrompt).not.toBeNull();
  });

  test('the latest answer of the conversation counts, not that of a sub-agent, an error or a torn line', () => {
    const text = [
      'ong"}}',
      answer(100),
      answer(700),
      answer(90_000, { isSidechain: true }),
      '{"type":"assistant","message":{"model":"<synthetic>","usage":{"input_tokens":0}}}',
      answer(1).slice(0, 60),
    ].join('\n');
    expect(parseTranscriptTail(text)).toEqual({
      model: 'claude-sonnet-5',
      contextTokens: 2200,
      lastPrompt: null,
      interruptedAt: null,
      limit: null,
    });
  });

  test('a usage limit counts while nothing was said after it, and says in seconds when it ends (2.1.332)', () => {
    const limit = JSON.stringify({
      type: 'assistant',
      timestamp: '2026-11-27T20:00:00.000Z',
      apiError: 'usage_limit_reached',
      quotaLimits: { status: 'rejected', resetsAt: 1_795_814_099 },
      isApiErrorMessage: true,
      message: { model: '<synthetic>', content: [{ type: 'text', text: "You've hit your 5-hour limit" }] },
    });
    const notice = JSON.stringify({ type: 'system', subtype: 'informational', content: 'Usage limit reached' });
    expect(parseTranscriptTail([answer(1), limit, notice].join('\n')).limit).toEqual({
      at: Date.parse('2026-11-27T20:00Z'),
      until: 1_795_814_099_000,
      detail: "You've hit your 5-hour limit",
    });
    expect(parseTranscriptTail([limit, notice, answer(1)].join('\n')).limit).toBeNull();
    expect(
      parseTranscriptTail([limit, JSON.stringify({ type: 'user', message: { content: 'continue' } })].join('\n')).limit,
    ).toBeNull();
    expect(parseTranscriptTail(limit.replace('1795814099', '"soon"')).limit).toMatchObject({ until: null });
    expect(parseTranscriptTail(limit.replace('usage_limit_reached', 'overloaded')).limit).toBeNull();
  });

  test('what is no transcript tells nothing', () => {
    expect(parseTranscriptTail('')).toEqual({
      model: null,
      contextTokens: null,
      lastPrompt: null,
      interruptedAt: null,
      limit: null,
    });
    expect(parseTranscriptTail('{"type":"assistant","message":"x"}\n[]\nnull\n{"type":3}')).toEqual({
      model: null,
      contextTokens: null,
      lastPrompt: null,
      interruptedAt: null,
      limit: null,
    });
  });
});

test.each([
  [null, 'claude-sonnet-5', null],
  [150_000, 'claude-sonnet-5', 75],
  [150_000, 'claude-opus-4-8[1m]', 15],
  [400_000, 'claude-opus-4-8', 40],
  [20, null, 0],
])('%s tokens with %s are %s percent', (tokens, model, percent) => {
  expect(contextPercent(tokens, model)).toBe(percent);
});
