import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { MessagesBody } from './conversation.ts';
import type { Answer, AnswerBlock } from './scenarios.ts';

export interface Delivery {
  readonly body: MessagesBody;
  readonly answer: Answer;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

/** Characters in one delta. */
const CHUNK = 12;
/** The delta at which a connection that is to break does. */
const BREAKS_AT = 3;
/** Between the signs of life of an answer that hangs, in milliseconds. */
const PING_EVERY = 5000;

/** Writes the answer as the Messages API does: one JSON object, or server-sent events. */
export async function deliver(response: ServerResponse, { body, answer, gone }: Delivery): Promise<void> {
  const message = emptyMessage(body, answer);
  const end = {
    stop_reason: answer.blocks.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
  };
  const usage = { output_tokens: tokens(answer.blocks) };
  if (body.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...message, content: answer.blocks, ...end, usage: { ...message.usage, ...usage } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send: Send = (type, data) =>
    void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send('message_start', { message });
  if (answer.hangs) return hang(send, gone);
  const isWhole = await sendBlocks(send, answer, gone);
  if (!isWhole) return void response.destroy();
  send('message_delta', { delta: end, usage });
  send('message_stop', {});
  response.end();
}

type Send = (type: string, data: object) => void;

function emptyMessage(body: MessagesBody, { inputTokens }: Answer) {
  const input = inputTokens ?? Math.max(10, tokens(body.messages ?? []));
  return {
    id: `msg_mock_${randomUUID().replaceAll('-', '').slice(0, 20)}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: input,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
      service_tier: 'standard',
    },
  };
}

async function hang(send: Send, gone: AbortSignal): Promise<void> {
  while (await stillThere(PING_EVERY, gone)) send('ping', {});
}

/** False when the stream is to end here: broken on purpose, or nobody listens any more. */
async function sendBlocks(send: Send, answer: Answer, gone: AbortSignal): Promise<boolean> {
  const length = answer.blocks.reduce((sum, block) => sum + wordsOf(block).length, 0) || 1;
  for (const [index, block] of answer.blocks.entries()) {
    send('content_block_start', { index, content_block: emptied(block) });
    for (const [number, delta] of deltas(block).entries()) {
      if (answer.breaks === true && number === BREAKS_AT) return false;
      send('content_block_delta', { index, delta: delta.data });
      if (answer.drip !== undefined && !(await stillThere((answer.drip * delta.length) / length, gone))) return false;
    }
    send('content_block_stop', { index });
  }
  return true;
}

function emptied(block: AnswerBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

interface Delta {
  readonly data: object;
  /** In characters of text. */
  readonly length: number;
}

function deltas(block: AnswerBlock): readonly Delta[] {
  const chunks = wordsOf(block).match(new RegExp(`[\\s\\S]{1,${CHUNK}}`, 'g')) ?? [];
  switch (block.type) {
    case 'text':
      return chunks.map((text) => ({ data: { type: 'text_delta', text }, length: text.length }));
    case 'thinking':
      return [
        ...chunks.map((thinking) => ({ data: { type: 'thinking_delta', thinking }, length: thinking.length })),
        { data: { type: 'signature_delta', signature: block.signature }, length: 0 },
      ];
    case 'tool_use':
      return [{ data: { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }, length: 0 }];
  }
}

function wordsOf(block: AnswerBlock): string {
  return block.type === 'text' ? block.text : block.type === 'thinking' ? block.thinking : '';
}

/** Waits; false when the client has gone meanwhile. */
async function stillThere(milliseconds: number, gone: AbortSignal): Promise<boolean> {
  return pause(milliseconds, true, { signal: gone }).catch(() => false);
}

/** Roughly: four characters are a token. */
function tokens(value: unknown): number {
  return Math.max(1, Math.round(JSON.stringify(value).length / 4));
}
