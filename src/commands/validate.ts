import type { Context } from '../apply/context.ts';
import { findLayout } from '../apply/findLayout.ts';
import { readLayout } from '../apply/readLayout.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import { EXIT, LayoutError } from '../base/errors.ts';
import { renderDiagnostics } from '../layout/renderDiagnostics.ts';
import { readWorld } from './loadFleet.ts';
import { configPlaces, layoutPlaces } from './places.ts';
import type { Options } from './table.ts';

/** Checks layout files and tells every problem at once; touches nothing. Exit code 2 when one has an error. */
export async function validate(context: Context, args: readonly string[], options: Options): Promise<number> {
  const world = await readWorld(context, context.cwd);
  const results: { readonly path: string; readonly diagnostics: readonly Diagnostic[]; readonly texts: ReadonlyMap<string, string> }[] = [];
  for (const arg of args) {
    const path = await findLayout(arg, layoutPlaces(context));
    try {
      const { warnings, texts } = await readLayout({ path, world, task: null, ...configPlaces(context) });
      results.push({ path, diagnostics: warnings, texts });
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      results.push({ path, diagnostics: error.diagnostics, texts: error.texts });
    }
  }
  const isBad = results.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'));
  if (options['json'] === true) {
    const layouts = results.map(({ path, diagnostics }) => ({ path, valid: diagnostics.every(({ severity }) => severity !== 'error'), diagnostics }));
    context.out(`${JSON.stringify({ version: 1, layouts }, null, 2)}\n`);
  } else {
    for (const { path, diagnostics, texts } of results) {
      context.out(diagnostics.length === 0 ? `${path}: valid\n` : renderDiagnostics(diagnostics, texts, { color: context.color.out }));
    }
  }
  return isBad ? EXIT.usage : EXIT.done;
}
