import type { StorePaths } from '../store/paths.ts';
import type { Screen } from './screen.ts';

/** What a command may use of the outside; made once by the command line, handed down, never read again from the process. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** Login name. */
  readonly user: string;
  readonly uid: number;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  /** Folder of the installed package: holds layouts/ and tmux-plugin/. */
  readonly packageRoot: string;
  /** Node's executable and the file of this program: how it is started again. */
  readonly node: string;
  readonly program: string;
  readonly store: StorePaths;
  /** Size of the terminal in cells; null when standard output is none. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
  /** Width of the terminal on standard error, in cells; null when it is none. */
  readonly talkColumns: number | null;
  /** Processor cores to use. */
  readonly cores: number;
  /** True when questions can be put to a person. */
  readonly interactive: boolean;
  /** True when standard input is a terminal: with `terminal`, something can be shown in it. */
  readonly hasKeyboard: boolean;
  /** True when the result may be coloured, and the talk. */
  readonly color: { readonly out: boolean; readonly talk: boolean };
  /** `-L` and `-S` as given. */
  readonly socket: { readonly name?: string; readonly path?: string };
  /** Aborted by Ctrl-C (SIGINT) and SIGTERM. */
  readonly signal: AbortSignal;
  /** The result: standard output. It passes the gate of cli/output.ts: `painted` with colours of ours, `exact` for programs to read. */
  out(text: string, passes?: 'plain' | 'painted' | 'exact'): void;
  /** Everything else: standard error. A newline is added. */
  talk(text: string, passes?: 'plain' | 'painted'): void;
  /** Raw text to standard error: the progress display's drawing. */
  draw(text: string): void;
  /** All of standard input. Throws a UserError when it is larger than a prompt may be. */
  readInput(): Promise<string>;
  /** Takes the terminal over until it is closed; a UserError where there is none. */
  openScreen(): Screen;
  /** Puts a question and returns the answer's line; rejects with a UserError when nobody can answer. */
  ask(question: string): Promise<string>;
  /** Puts a question that ends in `[y/N]`; true for a yes. */
  askYes(question: string): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A fresh random UUID. */
  newId(): string;
}
