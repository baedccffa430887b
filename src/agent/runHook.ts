import { spawn } from 'node:child_process';
import { childEnvironment } from '../base/childEnvironment.ts';
import { isObject, numberAt, textAt, textsAt } from '../base/json.ts';
import type { Env } from '../store/paths.ts';

export interface HookRun {
  /** Name of the event whose hook is run. */
  readonly event: string;
  /** What Claude writes to its standard input, as JSON. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The caller's. */
  readonly env: Env;
  /** What Claude sets for a hook of this session. */
  readonly set: Readonly<Record<string, string>>;
}

export interface HookEnd {
  /** Null when it was killed, or could not be started. */
  readonly code: number | null;
  /** What it said, which is nothing when all is well; or why it could not be started. */
  readonly said: string;
  /** Milliseconds. */
  readonly ms: number;
}

/** Runs the hook that `hooks` (parsed hooks.json) registers for an event, as Claude Code 2.1.197 does: `args` without a shell, else with one. */
export function runHook(hooks: unknown, { event, content, env, set }: HookRun): Promise<HookEnd> {
  const entry = findHook(hooks, event);
  if (entry === null) return Promise.resolve({ code: null, said: `no hook is registered for ${event}`, ms: 0 });
  const began = performance.now();
  return new Promise((resolve) => {
    const [program, args] = entry.args === null ? ['/bin/sh', ['-c', entry.command]] : [entry.command, entry.args];
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...childEnvironment('quiet', env), ...set },
      timeout: entry.timeout * 1000,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const said: Buffer[] = [];
    const end = (code: number | null, why = ''): void =>
      resolve({ code, said: (why || Buffer.concat(said).toString()).trim(), ms: performance.now() - began });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part));
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(content));
    child.once('error', (error) => end(null, error.message));
    child.once('close', (code) => end(code));
  });
}

interface Registered {
  readonly command: string;
  readonly args: readonly string[] | null;
  /** Seconds. */
  readonly timeout: number;
}

function findHook(hooks: unknown, event: string): Registered | null {
  const events = isObject(hooks) && isObject(hooks['hooks']) ? hooks['hooks'][event] : null;
  const first: unknown = Array.isArray(events) ? events[0] : null;
  const hook: unknown = isObject(first) && Array.isArray(first['hooks']) ? first['hooks'][0] : null;
  const command = isObject(hook) ? textAt(hook, 'command') : null;
  if (!isObject(hook) || command === null) return null;
  return {
    command,
    args: Array.isArray(hook['args']) ? textsAt(hook, 'args') : null,
    timeout: numberAt(hook, 'timeout') ?? 5,
  };
}
