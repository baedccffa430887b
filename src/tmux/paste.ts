import { randomUUID } from 'node:crypto';
import { ProgramError } from '../base/errors.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/**
 * Pastes text into a pane as one bracketed paste: the program gets it as text, whatever lines and keys are in it. Copy mode is left
 * first, for it would swallow the keys. `text` is what `pasteableText` gave.
 *
 * The buffer has a name of its own, so several at once never paste each other's text; it is deleted with the paste, and the user's
 * paste buffers are not touched. Loaded and pasted by one tmux client: nothing is left behind by a kill in between.
 */
export async function pasteText(
  server: TmuxServer,
  paneId: string,
  { text, env }: { readonly text: string; readonly env: Environment },
): Promise<void> {
  const buffer = `claude-tmux-${randomUUID()}`;
  const leaveMode = ['if-shell', '-F', '-t', paneId, '#{pane_in_mode}', `send-keys -t ${paneId} -X cancel`];
  await must(
    server,
    [
      ...leaveMode,
      ';',
      'load-buffer',
      '-b',
      buffer,
      '-',
      ';',
      'paste-buffer',
      '-p',
      '-r',
      '-d',
      '-b',
      buffer,
      '-t',
      paneId,
    ],
    { env, input: text },
  );
}

/** The text without the end-of-paste sequence and other control characters, which would type; tabs and newlines stay. */
export function pasteableText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters but tab and newline are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** Presses Enter in a pane. */
export async function pressEnter(server: TmuxServer, paneId: string, env: Environment): Promise<void> {
  await must(server, ['send-keys', '-t', paneId, 'Enter'], { env });
}

async function must(
  server: TmuxServer,
  args: readonly string[],
  options: { readonly env: Environment; readonly input?: string },
): Promise<void> {
  const result = await runTmux(server, args, options);
  if (result.code !== 0) throw new ProgramError({ argv: ['tmux', ...args], code: result.code, stderr: result.stderr });
}
