/**
 * The words of a shell command that may name a file. The command is not parsed as a shell would: it is cut at blanks, quotes and
 * `; | & ( ) < > { } = , :` and backquotes; what stands in quotes counts whole as well. A leading variable or `$(…)` is dropped
 * (`$PWD/setup.sh`). Files that a program finds by itself (Makefile, package.json), and those that a file names, are out of reach.
 */
export function fileWords(command: string): readonly string[] {
  // `\` and a newline continue a line; `\ ` is a blank inside a word.
  const joined = command.replace(/\\\r?\n/g, ' ');
  const quoted = [...joined.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');
  const escaped =
    joined
      .match(/(?:\\.|[^\s\\])+/g)
      ?.filter((word) => word.includes('\\'))
      .map((word) => word.replace(/\\(.)/g, '$1')) ?? [];
  const texts = [joined, ...quoted].flatMap((text) => [text, withoutExpansions(text)]);
  const words = texts.flatMap((text) => [...text.split(CUTS), ...text.split(/[\s;|&()<>"'`]+/)]);
  return [
    ...new Set(
      [...words, ...quoted, ...escaped]
        .map(trimmed)
        .filter((word) => word !== '' && word.length < 4096 && !/^[-.\/]*$/.test(word) && !word.includes('\u0000')),
    ),
  ];
}

const CUTS = /[\s;|&()<>{}=,:"'`]+/;

function withoutExpansions(text: string): string {
  return text.replace(/\$\([^()]*\)\/|`[^`]*`\/|\$\{[^{}]*\}\/|\$[A-Za-z_]\w*\//g, '').replace(/["']/g, '');
}

function trimmed(word: string): string {
  return word.replace(/^@/, '').replace(/\/+$/, '');
}
