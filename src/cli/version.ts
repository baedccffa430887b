/** Replaced by the build with the version in package.json. */
declare const CLAUDE_TMUX_VERSION: string | undefined;

/** Version of this program; `0.0.0-source` when it runs from source (in tests). */
export const VERSION = typeof CLAUDE_TMUX_VERSION === 'string' ? CLAUDE_TMUX_VERSION : '0.0.0-source';
