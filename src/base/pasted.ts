import { shellWord } from './shellText.ts';
import { visible } from './visible.ts';

/**
 * A command of this program, printed for pasting into a shell: pasted`up ${name} --detach` is `claude-tmux up 'two words' --detach`.
 * Every value is one word of the shell, whatever it holds; one that starts with a dash is no option, unless it follows one.
 */
export function pasted(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return pastedCommand('claude-tmux ', texts, values);
}

/** The same for another program: pastedFor`kill ${pid}`. */
export function pastedFor(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return pastedCommand('', texts, values);
}

function pastedCommand(
  start: string,
  [first = '', ...texts]: readonly string[],
  values: readonly (string | number)[],
): string {
  let command = start + first;
  for (const [at, value] of values.entries()) {
    const word = String(value);
    const isValue = /(^|\s)--?[A-Za-z-]+[ =]$/.test(command);
    const isGuarded = / -- /.test(command);
    command += `${word.startsWith('-') && !isValue && !isGuarded ? '-- ' : ''}${pastedWord(word)}${texts[at] ?? ''}`;
  }
  return command;
}

/** A word that a terminal can show: what it would not show is put in by `printf`, a newline by a quote that shells at a prompt know. */
function pastedWord(word: string): string {
  return visible(word) === word && !/[\n\t]/.test(word)
    ? shellWord(word)
    : Array.from(word).map(pastedPart).join('').replaceAll("''", '') || "''";
}

function pastedPart(character: string): string {
  // The empty quotes keep the next word's part out of these, in which a backslash counts.
  if (character === '\n') return String.raw`$'\n'""`;
  if (character === '\u0000') return '';
  if (character !== '\t' && visible(character) === character) return character === "'" ? `"'"` : `'${character}'`;
  const bytes = Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${bytes.join('')}')"`;
}
