import { isAtLeast, type TmuxVersion } from './tmuxVersion.ts';

interface Sizing {
  readonly version: TmuxVersion;
  /** The global `window-size` option; absent when no server runs. */
  readonly windowSize?: string;
}

/**
 * Why no window or session may be made in a server, with the command that helps; null where it may. tmux 3.3 to 3.6a ends at it, with
 * every session in it, while the global `window-size` is `manual` (a null pointer in resize.c; 3.2a and 3.7 pass).
 */
export function describeManualSize({ version, windowSize }: Sizing): string | null {
  if (windowSize !== 'manual' || !isAtLeast(version, '3.3') || isAtLeast(version, '3.7')) return null;
  return `tmux ${version.text} ends, with all its sessions, when a window is made while its option window-size is manual. Give it another value first: tmux set-option -gw window-size latest`;
}
