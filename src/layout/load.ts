import type { Diagnostic } from '../base/diagnostics.ts';
import { addedProblems, NO_EXTRAS, withAdded, type LayoutExtras } from './extras.ts';
import { fileProblems, mergeFiles, type LayoutFiles, type Overlay } from './files.ts';
import type { Layout } from './layout.ts';
import { normalize } from './normalize.ts';
import { originsOf, type Origin } from './origins.ts';
import { parseSource } from './parse.ts';
import { checkRules } from './rules.ts';
import { promptFilePath, type Prompts } from './work.ts';
import type { World } from './world.ts';

export type { Overlay } from './files.ts';

export interface LayoutInput {
  /** As shown in diagnostics. */
  readonly path: string;
  readonly text: string;
  /** The user's config.yaml (`defaults`: lies under the layout) and .claude-tmux.local.yaml (`over`: lies over it). */
  readonly overlays: readonly Overlay[];
  readonly world: World;
  /** Text for `{{task}}`; null when none was given. */
  readonly task: string | null;
  /** Prompt files by absolute path, as `filesNamed` lists them; a file that could not be read is left out. */
  readonly files: ReadonlyMap<string, string>;
  /** What the fleet's record lays over the file; nothing when absent. */
  readonly extras?: LayoutExtras;
  /** Templates by name; the user's already over the shipped. */
  readonly templates: ReadonlyMap<string, string>;
}

export type Loaded =
  | {
      readonly ok: true;
      readonly layout: Layout;
      readonly warnings: readonly Diagnostic[];
      readonly origins: readonly Origin[];
      /** True when a prompt still holds `{{task}}`: ask for it and load again. */
      readonly asksForTask: boolean;
      /** What the prompts were made of. */
      readonly prompts: Prompts;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads a layout: either everything decided, or every problem at once, sorted by position. Touches nothing, throws nothing. */
export function loadLayout(input: LayoutInput): Loaded {
  const parsed = [
    { ...parseSource(input), kind: 'layout' as const },
    ...input.overlays.map((overlay) => ({ ...parseOverlay(overlay), kind: overlay.kind })),
  ];
  const syntax = parsed.flatMap(({ diagnostics }) => diagnostics);
  const layoutSource = parsed[0]?.source;
  if (!layoutSource) return { ok: false, diagnostics: sorted(syntax, input) };
  const sources = parsed.flatMap(({ source, kind }) => (source ? [{ source, kind }] : []));
  const { added } = input.extras ?? NO_EXTRAS;
  return decide(input, withAdded(mergeFiles(sources), added), [...syntax, ...addedProblems(added, input.path)]);
}

/** An overlay that is empty, or all comments, says nothing; that is no problem. */
function parseOverlay(overlay: Overlay): ReturnType<typeof parseSource> {
  const parsed = parseSource(overlay);
  return { ...parsed, diagnostics: parsed.diagnostics.filter(({ code }) => code !== 'empty-file') };
}

function decide(input: LayoutInput, files: LayoutFiles, syntax: readonly Diagnostic[]): Loaded {
  const normal = normalize(files.draft, input.world, {
    ...input,
    tasks: input.extras?.tasks ?? [],
    name: input.extras?.name ?? null,
  });
  const facts = { draft: files.draft, written: files.written, normal, world: input.world, texts: input };
  const diagnostics = sorted([...syntax, ...fileProblems(files, checkRules(facts))], input);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { ok: false, diagnostics };
  return {
    ok: true,
    layout: normal.layout,
    warnings: diagnostics,
    origins: originsOf(files, normal.layout),
    asksForTask: normal.asksForTask,
    prompts: normal.prompts,
  };
}

/** The layout's own problems first, then those of each overlay, each by position. */
function sorted(diagnostics: readonly Diagnostic[], input: LayoutInput): readonly Diagnostic[] {
  const order = [input.path, ...input.overlays.map(({ path }) => path)];
  return diagnostics.toSorted(
    (a, b) =>
      order.indexOf(a.place.path) - order.indexOf(b.place.path) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
}

/** The prompt files a layout names, as absolute paths: read them before `loadLayout`. Wrong layouts name what can be read of them. */
export function filesNamed(input: Pick<LayoutInput, 'path' | 'text' | 'overlays' | 'world'>): readonly string[] {
  if (!input.text.includes('prompt_file')) return [];
  const { source } = parseSource(input);
  if (!source) return [];
  const { draft } = mergeFiles([{ source, kind: 'layout' }]);
  const named = (draft.panes ?? []).flatMap(({ prompt_file: file }) =>
    file === undefined ? [] : [promptFilePath(file, input.path, input.world)],
  );
  return [...new Set(named)];
}
