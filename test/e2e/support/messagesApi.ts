import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readTurn, requestKind, type MessagesBody, type RequestKind } from './conversation.ts';
import { deliver } from './messageStream.ts';
import { makeScenarios, type Answer, type Refusal, type Reply } from './scenarios.ts';

/** A request that Claude Code made. */
export interface ApiRequest {
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly kind: RequestKind;
  readonly model: string | null;
  /** Of turns; null otherwise. */
  readonly scenario: string | null;
  readonly step: number | null;
  /** The user's words of a turn, whole and unchanged. */
  readonly prompt: string | null;
  readonly cwd: string | null;
}

/** A scripted stand-in for the Messages API on loopback: no network, no credentials, the same answer each time. */
export interface MessagesApi {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly ApiRequest[];
  /** First requests of turns: one for each prompt that reached the model. */
  prompts(): readonly ApiRequest[];
  /** Lets the answers of `SCENARIO:hold` go on that are held now. */
  release(): void;
  dispose(): Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1; scenarios.ts has what it answers. */
export async function startMessagesApi(): Promise<MessagesApi> {
  const requests: ApiRequest[] = [];
  let gate = newGate();
  const script = makeScenarios();
  const server = createServer((request, response) => {
    void answer(request, response, { requests, script, gate: () => gate.signal }).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    prompts: () => requests.filter(({ kind, step }) => kind === 'turn' && step === 0),
    release: () => {
      gate.abort();
      gate = newGate();
    },
    dispose: () => close(server),
  };
}

interface Desk {
  readonly requests: ApiRequest[];
  readonly script: ReturnType<typeof makeScenarios>;
  /** Aborted by the next release. */
  readonly gate: () => AbortSignal;
}

async function answer(request: IncomingMessage, response: ServerResponse, desk: Desk): Promise<void> {
  const text = await readAll(request);
  const { method = '', url = '' } = request;
  const { pathname } = new URL(url, 'http://loopback');
  const note = (kind: RequestKind) => desk.requests.push({ at: Date.now(), ...NO_TURN, method, url, kind });
  if (method === 'POST' && pathname === '/v1/messages')
    return answerMessages(JSON.parse(text) as MessagesBody, response, { ...desk, method, url });
  if (method === 'HEAD') {
    note('head');
    response.writeHead(200).end();
  } else if (pathname === '/v1/messages/count_tokens') {
    note('count');
    sendJson(response, 200, { input_tokens: Math.round(text.length / 4) });
  } else {
    note('other');
    sendJson(response, 404, {});
  }
}

const NO_TURN = { model: null, scenario: null, step: null, prompt: null, cwd: null };

async function answerMessages(
  body: MessagesBody,
  response: ServerResponse,
  { requests, script, gate, method, url }: Desk & { readonly method: string; readonly url: string },
): Promise<void> {
  const kind = requestKind(body);
  const turn = kind === 'turn' ? readTurn(body) : null;
  requests.push({ at: Date.now(), method, url, kind, model: body.model ?? null, ...(turn ?? NO_TURN) });
  const reply = turn ? script(turn) : sideAnswer(kind);
  if (isRefusal(reply)) {
    refuse(response, reply);
    return;
  }
  const left = newGate();
  response.on('close', () => left.abort());
  if (reply.delay !== undefined) await pause(reply.delay, undefined, { signal: left.signal });
  if (reply.held) await oneOf(gate(), left.signal);
  if (!left.signal.aborted) await deliver(response, { body, answer: reply, gone: left.signal });
}

/** Any number may wait for it. */
function newGate(): AbortController {
  const gate = new AbortController();
  setMaxListeners(0, gate.signal);
  return gate;
}

function sideAnswer(kind: RequestKind): Answer {
  const text =
    kind === 'title'
      ? JSON.stringify({ title: 'Mock session title' })
      : kind === 'compact'
        ? '<summary>Mock summary of the conversation.</summary>'
        : 'ok';
  return { blocks: [{ type: 'text', text }] };
}

function isRefusal(reply: Reply): reply is Refusal {
  return 'status' in reply;
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function refuse(response: ServerResponse, { status, mayRetry, message = `mock error ${status}` }: Refusal): void {
  if (!mayRetry) response.setHeader('x-should-retry', 'false');
  sendJson(response, status, { type: 'error', error: { type: ERRORS[status] ?? 'api_error', message } });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Waits until one of them is aborted. */
async function oneOf(...signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  if (!any.aborted) await once(any, 'abort');
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
