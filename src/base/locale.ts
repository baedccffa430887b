/** The locale that counts for characters, as setlocale(3) chooses it; '' when none is set. */
export function characterLocale(env: Readonly<Record<string, string | undefined>>): string {
  return [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '';
}

/** True when the environment names a locale that is not UTF-8: a terminal of it, and tmux, draw marks and arrows as `_`. */
export function isAsciiLocale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = characterLocale(env);
  return locale !== '' && !/utf-?8/i.test(locale);
}
