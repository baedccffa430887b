import type { BarStyle } from '../bar/bar.ts';
import type { Env } from '../store/paths.ts';
import type { ServerView } from '../tmux/serverView.ts';

const MARKS: readonly BarStyle['marks'][] = ['unicode', 'ascii', 'nerd'];

/** The user's options `@claude_tmux_marks` and `@claude_tmux_color`; NO_COLOR takes the colours where no option says otherwise. */
export function barStyle({ options }: Pick<ServerView, 'options'>, env: Env): BarStyle {
  const noColor = (env['NO_COLOR'] ?? '') !== '';
  return { marks: MARKS.find((known) => known === options.marks) ?? 'unicode', color: options.color === '' ? !noColor : options.color !== 'off' };
}
