import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contextPercent, parseTranscriptTail } from '../../src/status/transcript.ts';

const answer = (input: number, rest: Record<string, unknown> = {}): string =>
  JSON.stringify({ type: 'assistant', isSidechain: false, message: { model: 'claude-sonnet-5', usage: { input_tokens: input, cache_read_input_tokens: 1000, cache_creation_input_tokens: 500, output_tokens: 9 } }, ...rest });

describe('the end of a transcript', () => {
  test('a recorded one of 2.1.197 tells its model, its size and the last prompt', () => {
    const tail = parseTranscriptTail(readFileSync(new URL('../fixtures/claude/transcript.jsonl', import.meta.url), 'utf8'));
    expect(tail.model).toMatch(/^claude-/);
    expect(tail.contextTokens).toBeGreaterThan(0);
    expect(tail.lastPrompt).not.toBeNull();
  });

  test('the latest answer of the conversation counts, not that of a sub-agent, an error or a torn line', () => {
    const text = ['ong"}}', answer(100), answer(700), answer(90_000, { isSidechain: true }), '{"type":"assistant","message":{"model":"<synthetic>","usage":{"input_tokens":0}}}', answer(1).slice(0, 60)].join('\n');
    expect(parseTranscriptTail(text)).toEqual({ model: 'claude-sonnet-5', contextTokens: 2200, lastPrompt: null, interruptedAt: null });
  });

  test('what is no transcript tells nothing', () => {
    expect(parseTranscriptTail('')).toEqual({ model: null, contextTokens: null, lastPrompt: null, interruptedAt: null });
    expect(parseTranscriptTail('{"type":"assistant","message":"x"}\n[]\nnull\n{"type":3}')).toEqual({ model: null, contextTokens: null, lastPrompt: null, interruptedAt: null });
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
