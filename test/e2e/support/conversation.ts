/** One block of a message, as far as it is looked at. */
export interface Block {
  readonly type: string;
  readonly text?: string;
}

export interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/** The body of `POST /v1/messages`, as far as it is looked at (Claude Code 2.1.197). */
export interface MessagesBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly system?: string | readonly Block[];
  readonly tools?: readonly unknown[];
  readonly messages?: readonly Message[];
}

/** `turn` answers the user; the others are Claude Code's own side requests. */
export type RequestKind = 'turn' | 'title' | 'compact' | 'quota' | 'side' | 'count' | 'head' | 'other';

/** What a conversation asks for now. */
export interface Turn {
  readonly scenario: string;
  readonly argument: string | null;
  /** Number of answers given since the prompt: a scenario with a tool goes on to its next step when the tool's result comes. */
  readonly step: number;
  /** What the user wrote, whole. */
  readonly prompt: string;
  /** The rest of the line after the scenario's word. */
  readonly rest: string;
  /** Claude's working directory; null when the request does not name it. */
  readonly cwd: string | null;
  /** Where plan mode wants its plan; null outside it, and where the request does not name it. */
  readonly planFile: string | null;
}

/** A request without tools is no turn: Claude Code asks for titles, summaries and its quota in between. */
export function requestKind(body: MessagesBody): RequestKind {
  if ((body.tools?.length ?? 0) > 0) return 'turn';
  if (body.max_tokens === 1) return 'quota';
  if (/title/i.test(systemText(body))) return 'title';
  const last = userText(body.messages?.at(-1));
  return /summary of (the|our|this) conversation|<analysis>|compact/i.test(last) ? 'compact' : 'side';
}

/**
 * The newest message with text decides. `SCENARIO:name[:argument]` in it picks the scenario, the last one of several counts (`json`
 * before all); without one the answer is plain text.
 */
export function readTurn(body: MessagesBody): Turn {
  const messages = body.messages ?? [];
  const at = messages.findLastIndex((message) => userText(message).trim() !== '');
  const prompt = userText(messages[at]);
  const step = messages.slice(at + 1).filter((message) => message.role === 'assistant').length;
  return {
    ...pickScenario(prompt),
    step,
    prompt,
    cwd: workingDirectory(body),
    planFile:
      /\/[^\s"'`\\]+\/plans\/[\w-]+\.md/.exec(JSON.stringify(body.messages ?? '') + systemText(body))?.[0] ?? null,
  };
}

function pickScenario(prompt: string): Pick<Turn, 'scenario' | 'argument' | 'rest'> {
  const named = [...prompt.matchAll(/SCENARIO:([a-z]+)(?::([^\s"'<]+))?/g)];
  const match = named.find(([, name]) => name === 'json') ?? named.at(-1);
  if (!match) return { scenario: 'text', argument: null, rest: '' };
  const [whole, scenario = 'text', argument = null] = match;
  return { scenario, argument, rest: prompt.slice(match.index + whole.length).split('\n', 1)[0] ?? '' };
}

/** What the user typed, without the `<system-reminder>` blocks that Claude Code puts around it. */
function userText(message: Message | undefined): string {
  if (message?.role !== 'user') return '';
  const { content } = message;
  const texts =
    typeof content === 'string'
      ? [content]
      : content.filter((block) => block.type === 'text').map((block) => block.text ?? '');
  return texts.filter((text) => !/^\s*<system-reminder>/.test(text)).join('\n');
}

function systemText({ system = '' }: MessagesBody): string {
  return typeof system === 'string' ? system : system.map((block) => block.text ?? '').join('\n');
}

function workingDirectory(body: MessagesBody): string | null {
  // 2.1.332 has it neither in the system prompt nor in the first message.
  const text = systemText(body) + JSON.stringify(body.messages ?? '');
  return /(?:Primary working directory|Working directory): ([^\\\n"]+)/.exec(text)?.[1] ?? null;
}
