import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Turn } from './conversation.ts';

export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

/** An answer that is given. Times are in milliseconds. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  /** Before the first byte. */
  readonly delay?: number;
  /** Over which the text drips. */
  readonly drip?: number;
  /** Until the test releases it. */
  readonly held?: true;
  /** Begins and never goes on. */
  readonly hangs?: true;
  /** The connection breaks in mid-stream. */
  readonly breaks?: boolean;
  readonly inputTokens?: number;
}

/** An answer that is refused with an HTTP status; Claude Code tries 429 and 5xx again unless told otherwise. */
export interface Refusal {
  readonly status: number;
  readonly mayRetry: boolean;
  /** What the API says; `mock error STATUS` without. */
  readonly message?: string;
}

export type Reply = Answer | Refusal;

/**
 * The script. A prompt names a scenario with `SCENARIO:name[:argument]`; `json` takes the rest of the line as
 * `[[block, …], [block, …]]`, a list of blocks for each step. Counters (files, broken connections) are of one server.
 */
export function makeScenarios(): (turn: Turn) => Reply {
  let files = 0;
  const attempts = new Map<string, number>();
  const attempt = ({ prompt }: Turn) => {
    const number = (attempts.get(prompt) ?? 0) + 1;
    attempts.set(prompt, number);
    return number;
  };
  const permission: Scenario = (turn) =>
    inTurn(
      turn,
      () => [text('I will run a command.'), bash(`touch mock-permission-${++files}.txt`, 'Create a mock file')],
      'The permission scenario is over.',
    );
  const stateful: Readonly<Record<string, Scenario>> = {
    permission,
    bash: permission,
    /** The same error twice, then text. */
    retry: (turn) =>
      attempt(turn) <= 2 ? { status: Number(turn.argument ?? 529), mayRetry: true } : says('Worked after retries.'),
    /** The connection breaks the first n times (1). */
    drop: (turn) => ({
      ...says('This stream will break '.repeat(10)),
      breaks: attempt(turn) <= Number(turn.argument ?? 1),
    }),
  };
  return (turn) => (stateful[turn.scenario] ?? SCENARIOS[turn.scenario] ?? unknown)(turn);
}

type Scenario = (turn: Turn) => Reply;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  /** The argument with `_` for blanks, else an echo. */
  text: ({ argument, prompt }) =>
    says(
      argument === null ? `Mock reply to: ${prompt.replace(/\s+/g, ' ').slice(0, 120)}` : argument.replaceAll('_', ' '),
    ),
  /** Text that drips for n seconds (10). */
  slow: ({ argument }) => ({ ...says(`Slow mock reply, ${'word '.repeat(60)}`), drip: seconds(argument, 10) }),
  /** n seconds (10) before the first byte. */
  silent: ({ argument }) => ({ ...says('Late mock reply.'), delay: seconds(argument, 10) }),
  /** Waits for `release()`: working, for as long as a test wants. */
  hold: () => ({ ...says('Released mock reply.'), held: true }),
  hang: () => ({ blocks: [], hangs: true }),
  /** A thinking block for n seconds (5), then text. */
  thinking: ({ argument }) => ({
    blocks: [
      { type: 'thinking', thinking: 'Mock thinking. '.repeat(20), signature: 'bW9jaw==' },
      text('Thought-out mock reply.'),
    ],
    drip: seconds(argument, 5),
  }),
  /** Runs without asking: Claude Code takes `sleep` for read-only. */
  bashrun: (turn) => inTurn(turn, () => [bash(`sleep ${turn.argument ?? 5}`, 'Sleep')], 'The command has run.'),
  bgbash: (turn) =>
    inTurn(
      turn,
      () => [
        tool('Bash', {
          command: `sleep ${turn.argument ?? 20}`,
          description: 'Sleep in background',
          run_in_background: true,
        }),
      ],
      'Started in the background.',
    ),
  write: (turn) =>
    inTurn(
      turn,
      () => [tool('Write', { file_path: inFolder(turn, 'mock-write.txt'), content: 'mock\n' })],
      'The file is written.',
    ),
  edit: (turn) =>
    inTurn(
      turn,
      (step) =>
        step === 0
          ? [read(turn)]
          : [tool('Edit', { file_path: inFolder(turn, 'README.md'), old_string: 'mock', new_string: 'MOCK' })],
      'The edit is done.',
      2,
    ),
  read: (turn) => inTurn(turn, () => [read(turn)], 'I have read it.'),
  fail: (turn) => inTurn(turn, () => [bash('exit 3', 'Fail')], 'It failed, as asked.'),
  parallel: (turn) =>
    inTurn(turn, () => [bash('touch mock-p1.txt', 'one'), bash('touch mock-p2.txt', 'two')], 'Both have run.'),
  /** n reads (3), one after another. */
  chain: (turn) =>
    inTurn(turn, (step) => [text(`Step ${step + 1}.`), read(turn)], 'The chain is over.', Number(turn.argument ?? 3)),
  ask: (turn) => inTurn(turn, () => [tool('AskUserQuestion', { questions: [COLOUR] })], 'Thanks for the answer.'),
  plan: (turn) => presentPlan(turn),
  /** Runs for n seconds (30), once `node` is allowed: Claude Code 2.1.332 refuses a long `sleep`. */
  node: (turn) =>
    inTurn(
      turn,
      () => [bash(`node -e "setTimeout(() => {}, ${seconds(turn.argument, 30)})"`, 'Wait')],
      'The command has run.',
    ),
  todo: (turn) =>
    inTurn(
      turn,
      (step) => [
        step === 0
          ? tool('TaskCreate', { subject: 'Mock task', description: 'A task', activeForm: 'Doing mock task' })
          : tool('TaskUpdate', { taskId: '1', status: 'completed' }),
      ],
      'Tasks are done.',
      2,
    ),
  /** A sub-agent with a scenario of its own: `subagent:slow+5`. */
  subagent: (turn) => inTurn(turn, () => [subagent(turn.argument ?? 'text')], 'The sub-agent has answered.'),
  bigcontext: ({ argument }) => ({ ...says('A lot of context.'), inputTokens: Number(argument ?? 150_000) }),
  error: ({ argument }) => ({ status: Number(argument ?? 500), mayRetry: false }),
  /** A usage limit, in the words of the argument with `_` for blanks. */
  limit: ({ argument }) => ({ status: 429, mayRetry: false, message: (argument ?? '').replaceAll('_', ' ') }),
  json: scripted,
};

const COLOUR = {
  question: 'Which colour?',
  header: 'Colour',
  multiSelect: false,
  options: [
    { label: 'Red', description: 'a warm one' },
    { label: 'Blue', description: 'a cold one' },
  ],
};

const unknown: Scenario = ({ scenario }) => says(`Unknown scenario ${scenario}.`);

/** The plan is what its file holds (2.1.332), or the tool's input (2.1.197). */
function presentPlan(turn: Turn): Answer {
  const plan = '# Mock plan\n\n1. Do nothing\n2. Stop\n';
  const present = tool('ExitPlanMode', { plan });
  const { planFile } = turn;
  if (planFile === null) return inTurn(turn, () => [present], 'The plan is settled.');
  return inTurn(
    turn,
    (step) => [step === 0 ? tool('Write', { file_path: planFile, content: plan }) : present],
    'The plan is settled.',
    2,
  );
}

function says(words: string): Answer {
  return { blocks: [text(words)] };
}

/** `blocks` for the first `steps` answers (1), then the closing words. */
function inTurn({ step }: Turn, blocks: (step: number) => readonly AnswerBlock[], closing: string, steps = 1): Answer {
  return step < steps ? { blocks: blocks(step) } : says(closing);
}

function scripted({ rest, step }: Turn): Answer {
  try {
    const script = JSON.parse(rest) as readonly (readonly AnswerBlock[])[];
    const blocks = script[step];
    return blocks
      ? { blocks: blocks.map((block) => (block.type === 'tool_use' ? tool(block.name, block.input) : block)) }
      : says('Script over.');
  } catch (error) {
    return says(`Bad SCENARIO:json: ${String(error)}`);
  }
}

function text(words: string): AnswerBlock {
  return { type: 'text', text: words };
}

function tool(name: string, input: unknown): AnswerBlock {
  return { type: 'tool_use', id: `toolu_mock_${randomUUID().replaceAll('-', '').slice(0, 20)}`, name, input };
}

function bash(command: string, description: string): AnswerBlock {
  return tool('Bash', { command, description });
}

function read(turn: Turn): AnswerBlock {
  return tool('Read', { file_path: inFolder(turn, 'README.md') });
}

function subagent(scenario: string): AnswerBlock {
  return tool('Agent', {
    description: 'Mock sub-task',
    prompt: `You are the sub-agent. SCENARIO:${scenario.replace('+', ':')}`,
    subagent_type: 'general-purpose',
    run_in_background: false,
  });
}

function inFolder({ cwd }: Turn, name: string): string {
  return join(cwd ?? '.', name);
}

function seconds(argument: string | null, otherwise: number): number {
  return Number(argument ?? otherwise) * 1000;
}
