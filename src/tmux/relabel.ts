import { oneLine } from '../base/text.ts';
import { asFormat, word } from '../base/tmuxText.ts';
import { runBatch } from './runBatch.ts';
import type { Environment, TmuxServer } from './tmux.ts';

interface Label {
  /** `%3`. */
  readonly paneId: string;
  /** `@1` when the window has this pane alone and bears its label; null otherwise. */
  readonly windowId: string | null;
  readonly name: string;
}

/** Shows a new label on a pane that runs. As a batch: a label that ends in `;` would be cut in an argument (tmux 3.3a). */
export async function relabelPane(
  server: TmuxServer,
  { paneId, windowId, name }: Label,
  env: Environment,
): Promise<readonly string[]> {
  const lines = [
    `set-option -p -t ${word(paneId)} @claude_tmux_name ${word(oneLine(name))}`,
    ...(windowId === null ? [] : [`rename-window -t ${word(windowId)} -- ${word(asFormat(name))}`]),
  ];
  return (await runBatch(server, `${lines.join('\n')}\n`, env)).errors;
}
