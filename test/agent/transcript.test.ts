import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTranscript } from '../../src/agent/transcript.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let projects: string;
beforeEach(async () => {
  sandbox = await makeSandbox();
  projects = sandbox.path('projects');
  await mkdir(`${projects}/-w-shop`, { recursive: true });
});
afterEach(async () => sandbox.dispose());

const ANSWER = JSON.stringify({
  type: 'assistant',
  message: { model: 'claude-sonnet-5', usage: { input_tokens: 1000 } },
});
/** What a tool gave back, as one line of the transcript. */
const result = (bytes: number): string => JSON.stringify({ type: 'user', message: { content: 'x'.repeat(bytes) } });

async function read(lines: readonly string[]): Promise<number | null | undefined> {
  await writeFile(`${projects}/-w-shop/c-1.jsonl`, `${lines.join('\n')}\n`);
  return readTranscript(projects, 'c-1', '/w/shop')?.contextTokens;
}

describe('the end of a transcript', () => {
  it.each([10, 64 * 1024, 900_000, 3_000_000])(
    'is read back to the last answer, over a tool result of %i bytes',
    async (bytes) => {
      expect(await read([result(5_000_000), ANSWER, result(bytes)])).toBe(1000);
    },
  );

  it('is not searched for an answer without end', async () => {
    expect(await read([ANSWER, result(5_000_000)])).toBeNull();
    expect(await read([])).toBeNull();
  });

  it('is none where no file is, or something else', async () => {
    expect(readTranscript(projects, 'c-2', '/w/shop')).toBeNull();
    await mkdir(`${projects}/-w-shop/c-3.jsonl`);
    expect(readTranscript(projects, 'c-3', '/w/shop')).toBeNull();
    expect(readTranscript(sandbox.path('none'), 'c-3', '/w/shop')).toBeNull();
  });
});
