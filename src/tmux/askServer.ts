import { ProgramError } from '../base/errors.ts';
import { printedText } from './printedText.ts';
import { isNoServer } from './readServer.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

export interface Answers {
  /** What each query printed; nothing for a line that tmux refused. */
  readonly printed: readonly string[];
  readonly stderr: string;
}

/** Gives tmux one query a line, in one process; null when no server runs. */
export async function askServer(
  server: TmuxServer,
  queries: readonly string[],
  env: Environment,
): Promise<Answers | null> {
  const input = [VERSION, ...queries].map((query) => `${query}\ndisplay-message -p '${END}'\n`).join('');
  const result = await runTmux(server, ['source-file', '-'], { env, input });
  if (isNoServer(result)) return null;
  const [version = '', ...sections] = result.stdout.split(`${END}\n`);
  const printed = sections.map((section) => printedText(section.replace(/\n$/, ''), version.trim()));
  // What follows the last mark is nothing; fewer marks than queries: they were not all asked.
  if (printed.length !== queries.length + 1)
    throw new ProgramError({
      argv: ['tmux', '-S', server.socket, 'source-file', '-'],
      code: result.code,
      stderr: result.stderr || result.stdout,
    });
  return { printed, stderr: result.stderr };
}
const VERSION = `display-message -p '#{version}'`;
const END = 'claude-tmux: end of answer';
