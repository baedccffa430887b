import { readTemplates } from '../apply/readLayout.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { closest, oneLine } from '../base/text.ts';
import type { Context } from '../apply/context.ts';
import { configPlaces } from './places.ts';
import type { Options } from './commandSpec.ts';

/** Lists the prompt templates, or prints one as it is. */
export async function templates(context: Context, [name]: readonly string[], options: Options): Promise<number> {
  const known = await readTemplates(configPlaces(context));
  if (name !== undefined) {
    const text = known.get(name);
    if (text === undefined)
      throw new UserError(`no template "${name}"`, { hint: hintFor(name, [...known.keys()]), exitCode: EXIT.usage });
    context.out(text, 'exact');
    return 0;
  }
  const rows = [...known].sort(([a], [b]) => (a < b ? -1 : 1));
  if (options['json'] === true)
    context.out(
      `${JSON.stringify({ version: 1, templates: rows.map(([key, text]) => ({ name: key, text })) }, null, 2)}\n`,
    );
  else context.out(rows.map(([key]) => `${oneLine(key)}\n`).join(''));
  return 0;
}

function hintFor(name: string, known: readonly string[]): string {
  const near = closest(name, known);
  return near === null ? `the templates are: ${known.join(', ')}` : `did you mean "${near}"?`;
}
