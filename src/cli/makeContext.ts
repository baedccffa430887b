import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism, homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { EXIT, UserError } from '../base/errors.ts';
import { visible } from '../base/visible.ts';
import type { Context } from '../apply/context.ts';
import type { Options } from '../commands/commandSpec.ts';
import { storePaths } from '../store/paths.ts';
import type { Output } from './output.ts';
import { abortOnSignals } from './signals.ts';
import { openScreen } from './screen.ts';

interface Given {
  readonly version: string;
  readonly options: Options;
  /** Where the result goes, and everything else. */
  readonly out: Output;
  readonly talk: Output;
}

/** Reads the process once: everything a command may know of the outside is in the context it gets. */
export function makeContext(program: NodeJS.Process, { version, options, out, talk }: Given): Context {
  const env = { ...program.env };
  const home = env['HOME'] ?? homedir();
  // Looking at standard input makes a stream of it, a tenth of a bare Node's start: only who wants to ask does it.
  const isInteractive = (): boolean => talk.terminal !== null && program.stdin.isTTY;
  return {
    env,
    cwd: readFolder(program, env),
    home,
    user: env['USER'] ?? env['LOGNAME'] ?? loginName(),
    uid: program.getuid?.() ?? 0,
    platform: program.platform,
    version,
    packageRoot: findPackageRoot(),
    node: program.execPath,
    program: join(import.meta.dirname, 'claude-tmux.cjs'),
    store: storePaths(env, home),
    terminal: out.terminal,
    talkColumns: talk.terminal?.columns ?? null,
    cores: availableParallelism(),
    get interactive() {
      return isInteractive();
    },
    get hasKeyboard() {
      return program.stdin.isTTY;
    },
    color: { out: wantsColor(out, env, options), talk: wantsColor(talk, env, options) },
    socket: socketOf(options),
    signal: abortOnSignals(program),
    out: (text, passes) => out.write(text, passes),
    talk: (text, passes) => talk.write(`${text}\n`, passes),
    draw: (text) => talk.write(text, 'drawn'),
    readInput: () => readInput(program),
    openScreen: () => openScreen(program),
    ask: (question) => ask(program, { question, interactive: isInteractive() }),
    askYes: async (question) => /^y(es)?$/i.test(await ask(program, { question, interactive: isInteractive() })),
    now: () => Date.now(),
    newId: () => randomUUID(),
  };
}

/** A user without an entry in the system's list, as `docker run --user 1234` makes one, has no name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'user';
  }
}

/** Who stands in a folder that is gone, as a clone that was pruned, stands where his shell says: most commands need no folder at all. */
function readFolder(program: NodeJS.Process, { PWD = '' }: Context['env']): string {
  try {
    return program.cwd();
  } catch {
    return isAbsolute(PWD) ? PWD : '/';
  }
}

/** The folder that holds layouts/ and tmux-plugin/: above dist/ in the package, above src/cli/ in a checkout. */
function findPackageRoot(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'layouts', 'templates')) && existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new UserError(`the layouts that belong to claude-tmux are not beside ${import.meta.dirname}`, {
    hint: 'install claude-tmux again',
    exitCode: EXIT.bug,
  });
}

function socketOf(options: Options): Context['socket'] {
  const name = options['socketName'];
  const path = options['socketPath'];
  return { ...(typeof name === 'string' ? { name } : {}), ...(typeof path === 'string' ? { path } : {}) };
}

/** `--color` wins, then NO_COLOR (any value but the empty one), then whether it is a terminal. */
function wantsColor({ terminal }: Output, env: Context['env'], options: Options): boolean {
  if (options['color'] === 'always') return true;
  if (options['color'] === 'never') return false;
  const noColor = env['NO_COLOR'];
  return terminal !== null && (noColor === undefined || noColor === '') && env['TERM'] !== 'dumb';
}

/** Claude Code refuses a larger prompt (2.1.197). */
const MOST_INPUT = 10 * 1024 * 1024;

async function readInput({ stdin }: NodeJS.Process): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stdin) {
    const piece = Buffer.from(part as Buffer | string);
    bytes += piece.length;
    if (bytes > MOST_INPUT)
      throw new UserError('standard input is larger than 10 MB', {
        hint: 'a prompt may be 10 MB at most',
        exitCode: EXIT.usage,
      });
    parts.push(piece);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function ask(
  program: NodeJS.Process,
  { question, interactive }: { readonly question: string; readonly interactive: boolean },
): Promise<string> {
  if (!interactive)
    throw new UserError(`this needs an answer, and there is no terminal to ask on: ${question.trim()}`, {
      hint: 'give the answer on the command line; --yes answers yes',
    });
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: program.stdin, output: program.stderr });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  try {
    return (await lines.question(visible(question), { signal: gone.signal })).trim();
  } catch (cause) {
    throw new UserError('no answer was given', { hint: 'nothing was changed', exitCode: EXIT.interrupted, cause });
  } finally {
    lines.close();
  }
}
