/**
 * The configuration that docs/status-bar.md gives for a theme, with the theme where the page says it is loaded. `read` gives the
 * text of a file by its path in the repository.
 */
export function configFrom(theme: string, read: (path: string) => string): string {
  const page = read('docs/status-bar.md');
  return [
    fragment(page, `${theme} before`) ?? '',
    read(`test/bar/themes/${theme}.conf`),
    fragment(page, theme) ?? missing(theme),
  ].join('\n');
}

/** The fenced text after `<!-- fragment: NAME -->`; null when the page has none of that name. */
function fragment(page: string, name: string): string | null {
  const [, after] = page.split(`<!-- fragment: ${name} -->\n\`\`\`tmux\n`);
  return after?.slice(0, after.indexOf('```')) ?? null;
}

function missing(theme: string): never {
  throw new Error(`docs/status-bar.md has no fragment for ${theme}`);
}
