/** One word of a POSIX shell command, whatever it holds (newlines included). NUL cannot be in an argument and is dropped. */
export function shellWord(text: string): string {
  const clean = text.replaceAll('\u0000', '');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`;
}
