import { listLayouts } from '../apply/findLayout.ts';
import { oneLine } from '../base/text.ts';
import { pad, width } from '../base/width.ts';
import type { Context } from '../apply/context.ts';
import { readTextFile } from '../store/regularFile.ts';
import { layoutPlaces } from './places.ts';
import type { Options } from './commandSpec.ts';

const WHERE = { here: 'this folder', own: 'yours', shipped: 'shipped' } as const;

/** Lists the layouts that a name leads to, each with its first comment line. */
export async function layouts(context: Context, _args: readonly string[], options: Options): Promise<number> {
  const found = await listLayouts(layoutPlaces(context));
  const rows = found.map((layout) => ({ ...layout, summary: firstComment(readTextFile(layout.path)) }));
  if (options['json'] === true) {
    context.out(`${JSON.stringify({ version: 1, layouts: rows }, null, 2)}\n`);
    return 0;
  }
  const wide = Math.max(...rows.map((row) => width(row.name)), 1);
  context.out(
    rows.map((row) => `${pad(oneLine(row.name), wide)}  ${pad(WHERE[row.place], 11)}  ${row.summary}\n`).join(''),
  );
  return 0;
}

/** The first comment of the file that is no instruction to an editor. */
function firstComment(text: string): string {
  const line = text
    .split('\n')
    .find((candidate) => /^#\s/.test(candidate) && !candidate.includes('yaml-language-server'));
  return oneLine(line?.replace(/^#\s*/, '') ?? '');
}
