/** What a repository's own configuration file says that matters before git is asked; `origin` is null without one. */
export interface PlainConfig {
  readonly origin: string | null;
}

/**
 * Reads a repository's `config` file as long as it is written the way git itself writes it; null when it is not, or says something
 * that changes where the work tree is or which files count (includes, extensions, `core.worktree`): then only git can tell.
 */
export function parsePlainConfig(text: string): PlainConfig | null {
  let section = '';
  let origin: string | null = null;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.startsWith('[')) {
      const header = /^\[([A-Za-z0-9-]+)(?: "([^"\\]*)")?\]$/.exec(line);
      if (!header) return null;
      section = `${(header[1] ?? '').toLowerCase()} ${header[2] ?? ''}`.trim();
      continue;
    }
    const [, key = '', value = ''] = /^([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === '' || value.endsWith('\\') || isSpecial(section, key.toLowerCase(), value)) return null;
    if (section !== 'remote origin' || key.toLowerCase() !== 'url') continue;
    // Quotes, escapes and comments are git's to read.
    if (value === '' || /["\\#;]/.test(value)) return null;
    origin ??= value;
  }
  return { origin };
}

function isSpecial(section: string, key: string, value: string): boolean {
  if (/^(include|includeif|extensions)\b/.test(section)) return true;
  if (section !== 'core') return false;
  return (
    key === 'worktree' || (key === 'bare' && value !== 'false') || (key === 'repositoryformatversion' && value !== '0')
  );
}

/** True when a configuration file of the user or the system can say nothing about a repository's remotes. */
export function isSilentOnRemotes(text: string): boolean {
  return !/\[(include|remote)/i.test(text);
}
