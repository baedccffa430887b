/** A tmux release. `3.3a` is {major: 3, minor: 3, patch: 'a'}; a development build (`next-3.8`) counts as that release. */
export interface TmuxVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: string;
}

/** Reads `tmux 3.3a`, `3.3a`, `next-3.8`, `tmux openbsd-7.4`; null when it names no release. */
export function parseTmuxVersion(text: string): TmuxVersion | null {
  const match = /(\d+)\.(\d+)([a-z]?)/.exec(text);
  if (!match) return null;
  const [, major = '', minor = '', patch = ''] = match;
  return { text: match[0], major: Number(major), minor: Number(minor), patch };
}

/** True when `version` is `floor` (written as tmux writes it: `3.2a`) or newer. */
export function isAtLeast(version: TmuxVersion, floor: string): boolean {
  const wanted = parseTmuxVersion(floor);
  if (!wanted) throw new Error(`not a tmux version: ${floor}`);
  if (version.major !== wanted.major) return version.major > wanted.major;
  if (version.minor !== wanted.minor) return version.minor > wanted.minor;
  return version.patch >= wanted.patch;
}
