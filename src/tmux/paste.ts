import { ProgramError } from '../base/errors.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** Buffer of our own, deleted with the paste: the user's paste buffers are not touched. */
const BUFFER = 'claude-tmux-send';

/**
 * Pastes text into a pane as one bracketed paste: the program gets it as text, whatever lines and keys are in it. Copy mode is left
 * first, for it would swallow the keys. The end-of-paste sequence and other control characters are taken out: they would type.
 */
export async function pasteText(server: TmuxServer, paneId: string, { text, env }: { readonly text: string; readonly env: Environment }): Promise<void> {
  // eslint-disable-next-line no-control-regex -- control characters but tab and newline are what is taken out
  const clean = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  await must(server, ['if-shell', '-F', '-t', paneId, '#{pane_in_mode}', `send-keys -t ${paneId} -X cancel`, ';', 'load-buffer', '-b', BUFFER, '-'], { env, input: clean });
  await must(server, ['paste-buffer', '-p', '-r', '-d', '-b', BUFFER, '-t', paneId], { env });
}

/** Presses Enter in a pane. */
export async function pressEnter(server: TmuxServer, paneId: string, env: Environment): Promise<void> {
  await must(server, ['send-keys', '-t', paneId, 'Enter'], { env });
}

async function must(server: TmuxServer, args: readonly string[], options: { readonly env: Environment; readonly input?: string }): Promise<void> {
  const result = await runTmux(server, args, options);
  if (result.code !== 0) throw new ProgramError({ argv: ['tmux', ...args], code: result.code, stderr: result.stderr });
}
