import type { Diagnostic } from './diagnostics.ts';

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
    super(`${facts.argv.slice(0, 4).join(' ')} ended with ${facts.code === null ? 'no exit code' : `exit code ${facts.code}`}: ${facts.stderr.trim()}`, { cause: facts.cause });
    this.argv = facts.argv;
    this.code = facts.code;
    this.stderr = facts.stderr;
  }
}
