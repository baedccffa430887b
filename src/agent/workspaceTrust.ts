import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnvironment } from '../base/childEnvironment.ts';
import { UserError } from '../base/errors.ts';
import { hasCode, parseObject, readText } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { isObject } from '../base/json.ts';
import { callerAccount, claudeFolders } from './claudeFolders.ts';

/**
 * True when Claude Code trusts the folder: it or a folder above it was accepted (2.1.197: by real path, a parent covers what is below).
 * Only read: claude itself rewrites `.claude.json` all the time.
 */
export async function isTrustedByClaude(path: string, { env, home }: { env: Env; home: string }): Promise<boolean> {
  const projects = await readProjects(env, home);
  for (let folder = await realpath(path); ; folder = dirname(folder)) {
    const project = projects[folder];
    if (isObject(project) && project.hasTrustDialogAccepted === true) return true;
    if (folder === dirname(folder)) return false;
  }
}

export interface TrustDialog {
  /** Program and leading words: `['claude']`. */
  readonly command: readonly string[];
  /** The folder that holds the clones; it must be there. */
  readonly workspace: string;
  readonly env: Env;
  readonly home: string;
  readonly signal: AbortSignal;
}

/** How often `.claude.json` is looked at while the dialog is open, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** How long a claude that was told to end may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 5000;

/**
 * Shows Claude's own trust dialog, once, in this terminal: claude runs in the workspace until it has written down the answer, then it is
 * ended. The clones below are trusted with it, so that ten panes do not ask ten times. Call it only with a terminal on standard input.
 */
export async function meetTrustDialog(dialog: TrustDialog): Promise<'trusted' | 'declined'> {
  const claude = start(dialog);
  try {
    while (!claude.hasEnded() && !dialog.signal.aborted) {
      if (await isTrustedByClaude(dialog.workspace, dialog)) return 'trusted';
      await Promise.race([claude.ended, pause(LOOK_EVERY_MS)]);
    }
    return (await isTrustedByClaude(dialog.workspace, dialog)) ? 'trusted' : 'declined';
  } finally {
    await claude.end();
    await swallowLateAnswers();
  }
}

/** How long a terminal may take to answer, in milliseconds. */
const ANSWER_MS = 1000;

/**
 * A claude that ends at once leaves a question to the terminal behind (2.1.197); its answer would be typed into what comes next, at last
 * the user's shell. Terminals answer in turn: once ours is answered ("are you well", `CSI 5 n`), nothing older is to come.
 */
async function swallowLateAnswers(): Promise<void> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return;
  stdin.setRawMode(true);
  const patience = new AbortController();
  let heard = '';
  const listen = (chunk: Buffer): void => {
    heard += chunk.toString('latin1');
    if (heard.includes('\u001b[0n')) patience.abort();
  };
  stdin.on('data', listen);
  stderr.write('\u001b[5n');
  await pause(ANSWER_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  stdin.off('data', listen);
  stdin.pause();
  stdin.setRawMode(false);
  // An answer that came before the echo was off stands on the line.
  stderr.write('\r\u001b[K');
}

function start({ command, workspace, env }: TrustDialog): { readonly ended: Promise<void>; hasEnded(): boolean; end(): Promise<void> } {
  const [program = 'claude', ...args] = command;
  const child = spawn(program, args, { cwd: workspace, env: { ...childEnvironment('here', env), PWD: workspace, CLAUDE_CODE_DISABLE_AGENT_VIEW: '1' }, stdio: 'inherit' });
  let failure: Error | null = null;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  let over = false;
  void ended.then(() => (over = true));
  return {
    ended,
    hasEnded: () => over,
    end: async () => {
      child.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([ended, pause(GOODBYE_MS, undefined, { signal: patience.signal }).then(() => child.kill('SIGKILL'), () => undefined)]);
      patience.abort();
      await ended;
      if (failure) throw notStarted(program, failure);
    },
  };
}

function notStarted(program: string, error: Error): UserError {
  const why = hasCode(error, 'ENOENT') ? 'it was not found on PATH' : error.message;
  return new UserError(`"${program}" cannot be started: ${why}`, { hint: 'install Claude Code, or name the program in the layout: claude: {command: …}', cause: error });
}

async function readProjects(env: Env, home: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(claudeFolders(callerAccount({ env, home }), home).global);
  const projects = text === null ? null : parseObject(text)?.projects;
  return isObject(projects) ? projects : {};
}
