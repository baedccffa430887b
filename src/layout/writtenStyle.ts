import { isObject, textAt } from '../base/json.ts';
import { parseSource } from './parse.ts';

/** `style.marks` as the text of a config.yaml has it; null when it has none. Its problems are told where layouts are read. */
export function writtenMarks(file: { readonly path: string; readonly text: string }): string | null {
  const value = parseSource(file).source?.value;
  const style = isObject(value) ? value['style'] : null;
  return isObject(style) ? textAt(style, 'marks') : null;
}
