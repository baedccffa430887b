import { BAR_OPTIONS } from '../bar/names.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** How the user wants the bar, as set in the tmux server; '' for what is not set, and for both where no server runs. */
export async function readBarOptions(
  server: TmuxServer,
  env: Environment,
): Promise<{ readonly marks: string; readonly color: string }> {
  const { code, stdout } = await runTmux(
    server,
    ['display-message', '-p', `#{${BAR_OPTIONS.marks}} #{${BAR_OPTIONS.color}}`],
    { env },
  );
  const [marks = '', color = ''] = code === 0 ? stdout.trimEnd().split(' ') : [];
  return { marks, color };
}
