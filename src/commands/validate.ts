import { resolve } from 'node:path';
import type { Context } from '../apply/context.ts';
import { findLayout, findProjectLayout, listLayouts } from '../apply/findLayout.ts';
import { readLayout } from '../apply/readLayout.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { renderDiagnostics } from '../layout/renderDiagnostics.ts';
import type { World } from '../layout/world.ts';
import { readWorld } from './loadFleet.ts';
import { configPlaces, layoutPlaces } from './places.ts';
import type { Options } from './commandSpec.ts';

interface Checked {
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
  /** For code frames. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Checks layout files and tells every problem at once; touches nothing. Exit code 2 when one has an error. */
export async function validate(context: Context, args: readonly string[], options: Options): Promise<number> {
  const world = await readWorld(context, context.cwd);
  const results: Checked[] = [];
  for (const arg of args.length > 0 ? args : await layoutsHere(context, world))
    results.push(await check(context, arg, world));
  if (options['json'] === true) {
    const layouts = results.map(({ path, diagnostics }) => ({ path, valid: !hasError(diagnostics), diagnostics }));
    context.out(`${JSON.stringify({ version: 1, layouts }, null, 2)}\n`);
  } else {
    for (const { path, diagnostics, texts } of results) {
      context.out(
        diagnostics.length === 0
          ? `${path}: valid\n`
          : renderDiagnostics(diagnostics, texts, { color: context.color.out }),
        'painted',
      );
    }
  }
  return results.some(({ diagnostics }) => hasError(diagnostics)) ? EXIT.usage : EXIT.done;
}

/** What `up` would take here, and the layouts of ./.claude-tmux/. */
async function layoutsHere(context: Context, { checkout }: World): Promise<readonly string[]> {
  const project = findProjectLayout(context.cwd, checkout?.root ?? context.cwd);
  const named = (await listLayouts(layoutPlaces(context)))
    .filter(({ place }) => place === 'here')
    .map(({ path }) => path);
  const found = [...(project === null ? [] : [project]), ...named];
  if (found.length > 0) return found;
  throw new UserError('no layout is named, and there is none here (.claude-tmux.yaml, .claude-tmux/)', {
    hint: 'name one: claude-tmux validate LAYOUT; claude-tmux layouts lists the known ones',
    exitCode: EXIT.usage,
  });
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

async function check(context: Context, arg: string, world: World): Promise<Checked> {
  let path = resolve(context.cwd, arg);
  try {
    path = await findLayout(arg, layoutPlaces(context));
    const { warnings, texts } = await readLayout({ path, world, task: null, ...configPlaces(context) });
    return { path, diagnostics: warnings, texts };
  } catch (error) {
    if (error instanceof LayoutError) return { path, diagnostics: error.diagnostics, texts: error.texts };
    return { path, diagnostics: [unreadable(path, error)], texts: new Map() };
  }
}

/** A file that is not there, or may not be read, spoils no other's check. Throws what is neither. */
function unreadable(path: string, error: unknown): Diagnostic {
  const place = { path, line: 1, column: 1, length: 1 };
  if (error instanceof UserError)
    return {
      severity: 'error',
      code: 'no-file',
      message: error.message,
      place,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return {
    severity: 'error',
    code: 'unreadable-file',
    message: `the file cannot be read: ${error.message}`,
    place,
    hint: 'see its permissions with: ls -l',
  };
}
