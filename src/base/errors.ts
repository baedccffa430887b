import type { Diagnostic } from './diagnostics.ts';
import { shellWord } from './shellText.ts';

/** Exit codes promised to users: README, "Exit codes". */
export const EXIT = { done: 0, notDone: 1, usage: 2, bug: 70, interrupted: 130 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the user can mend: a sentence that says what and where, and a hint that says what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.notDone;
  }
}

/** A layout that cannot be used; carries every problem found, sorted by position. Exit code 2. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  readonly diagnostics: readonly Diagnostic[];
  /** The texts the diagnostics point into, by path: for code frames. */
  readonly texts: ReadonlyMap<string, string>;

  constructor(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>) {
    super(`${diagnostics.length} problem(s) in the layout`);
    this.diagnostics = diagnostics;
    this.texts = texts;
  }
}

/** An outside program (git, tmux, a setup command) that ended badly. `code` is null when it was killed or never started. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly argv: readonly string[];
  readonly code: number | null;
  readonly stderr: string;

  constructor(facts: { argv: readonly string[]; code: number | null; stderr: string; cause?: unknown }) {
    super(
      `${describeArgv(facts.argv)} ended with ${facts.code === null ? 'no exit code' : `exit code ${facts.code}`}: ${facts.stderr.trim()}`,
      { cause: facts.cause },
    );
    this.argv = facts.argv;
    this.code = facts.code;
    this.stderr = facts.stderr;
  }
}

/** A command as people would type it: of git whole, without what every git of ours is given and without credentials. */
function describeArgv(argv: readonly string[]): string {
  if (argv[0] !== 'git') return [...argv.slice(0, 4).map(shellWord), ...(argv.length > 4 ? ['…'] : [])].join(' ');
  const words = ['git', ...withoutOptions(argv.slice(1))];
  return words.map((word) => shellWord(word.replace(/(:\/\/)[^/@\s]+@/, '$1***@'))).join(' ');
}

/** Options before git's command; these take a word of their own. */
const WITH_WORD = ['-c', '-C', '--git-dir', '--work-tree'];

function withoutOptions(args: readonly string[]): readonly string[] {
  let at = 0;
  while (args[at]?.startsWith('-') === true) at += WITH_WORD.includes(args[at] ?? '') ? 2 : 1;
  return args.slice(at);
}
