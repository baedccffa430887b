import type { Diagnostic, Place } from '../base/diagnostics.ts';
import { withoutFollowUps, type KeyPath, type Problem } from './problem.ts';
import { defaultsSchema, layoutSchema, overSchema, type Draft } from './schema.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';

/** A file that lies under (`defaults`) or over (`over`) a layout. */
export interface Overlay {
  readonly kind: 'defaults' | 'over';
  readonly path: string;
  readonly text: string;
}

type Kind = Overlay['kind'] | 'layout';

/** The layout and its overlays as one draft, and which file each part came from. */
export interface LayoutFiles {
  readonly draft: Draft;
  /** The draft without the user's defaults. */
  readonly written: Draft;
  readonly parts: readonly Part[];
}

interface Part {
  readonly kind: Kind;
  readonly source: Source;
  readonly draft: Draft;
  readonly problems: readonly Problem[];
}

const SCHEMAS = { defaults: defaultsSchema, layout: layoutSchema, over: overSchema } as const;
const RANK = { defaults: 0, layout: 1, over: 2 } as const;
/** More panes than this have been reported; looking at each would only take time. */
const MAX_PANES = 60;

/** Checks each file's shape and lays them over each other: defaults, the layout, what lies over it; within one kind the later wins. */
export function mergeFiles(sources: readonly { readonly source: Source; readonly kind: Kind }[]): LayoutFiles {
  const parts = sources
    .map(({ source, kind }): Part => {
      const { problems, sound } = checkShape(SCHEMAS[kind], source.value);
      // The one place where a checked value gets its type: what is left of it has the schema's shape, any key may be missing.
      return { kind, source, problems, draft: cutPanes(sound as Draft) };
    })
    .toSorted((a, b) => RANK[a.kind] - RANK[b.kind]);
  return { parts, draft: mergeDrafts(parts), written: mergeDrafts(parts.filter(({ kind }) => kind !== 'defaults')) };
}

function cutPanes(draft: Draft): Draft {
  return draft.panes ? { ...draft, panes: draft.panes.slice(0, MAX_PANES) } : draft;
}

/** Maps are laid over each other key by key, everything else is replaced. */
function mergeDrafts(parts: readonly Part[]): Draft {
  return parts.reduce<Draft>((under, { draft: over }) => {
    const merged: Draft = { ...under, ...over };
    if (under.claude && over.claude) merged.claude = { ...under.claude, ...over.claude };
    if (under.notify && over.notify) merged.notify = { ...under.notify, ...over.notify };
    if (under.sync && over.sync) merged.sync = { ...under.sync, ...over.sync };
    if (under.env && over.env) merged.env = { ...under.env, ...over.env };
    return merged;
  }, {});
}

/** All problems with their places: shapes in the file they are in, rules in the file that decided. */
export function fileProblems(files: LayoutFiles, rules: readonly Problem[]): readonly Diagnostic[] {
  const reported = withoutFollowUps([...files.parts.flatMap(({ problems }) => problems), ...rules]);
  const isReported = (problem: Problem): boolean => reported.includes(problem);
  const shapes = files.parts.flatMap(({ problems, source }) =>
    problems.filter(isReported).map((problem) => diagnose(problem, [source])),
  );
  const deciding = files.parts.toReversed().map(({ source }) => source);
  const layout = files.parts.filter(({ kind }) => kind === 'layout').map(({ source }) => source);
  return [
    ...shapes,
    ...rules.filter(isReported).map((problem) => diagnose(problem, problem.path.length === 0 ? layout : deciding)),
  ];
}

function diagnose({ severity, code, message, path, at, hint }: Problem, sources: readonly Source[]): Diagnostic {
  const place = locate(path, at ?? 'value', sources);
  // The colour's own hint says so already.
  const better = code === 'no-value' && path.at(-1) !== 'color' ? (commentHint(place, sources) ?? hint) : hint;
  return { severity, code, message, place, ...(better === undefined ? {} : { hint: better }) };
}

/** A value that starts with `#` is a comment to YAML, so the key has none; null when that is not why. */
function commentHint({ path, line }: Place, sources: readonly Source[]): string | null {
  const text = sources.find((source) => source.path === path)?.text.split('\n')[line - 1] ?? '';
  const value = /:\s+(#\S.*?)\s*[,}\]]*$/.exec(text)?.[1];
  return value === undefined
    ? null
    : `"#" starts a comment in YAML: put the value in quotes: ${JSON.stringify(value.slice(0, 60))}`;
}

/** The place of a key, or of the nearest thing around it. */
function locate(path: KeyPath, at: 'key' | 'value', sources: readonly Source[]): Place {
  for (const source of sources) {
    const place = source.locate(path, at);
    if (place) return place;
  }
  if (path.length > 0) return locate(path.slice(0, -1), 'key', sources);
  return { path: sources[0]?.path ?? '', line: 1, column: 1, length: 1 };
}
