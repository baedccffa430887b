import type { LayoutFiles } from './files.ts';
import type { Layout } from './layout.ts';
import { showRepo } from './repository.ts';
import { layoutSchema } from './schema.ts';

/** Which file a top-level value came from; `default` for none. Keys of maps stand one by one: `claude.model`. */
export interface Origin {
  readonly key: string;
  /** On one line; values of `env` are hidden. */
  readonly value: string;
  readonly path: string;
}

const HIDDEN = '(hidden)';

/** Every top-level key but `panes`, in the order of the schema. */
export function originsOf(files: LayoutFiles, layout: Layout): readonly Origin[] {
  const keys = Object.keys(layoutSchema.shape).filter((key) => key !== 'panes');
  return keys.flatMap((key) => writtenOrigins(files, key) ?? decidedOrigin(key, layout));
}

function writtenOrigins({ parts }: LayoutFiles, key: string): readonly Origin[] | null {
  const found = new Map<string, Origin>();
  for (const { draft, source } of parts) {
    const value: unknown = Object.entries(draft).find(([name]) => name === key)?.[1];
    if (value === undefined) continue;
    for (const [name, text] of flatten(key, value)) found.set(name, { key: name, value: text, path: source.path });
  }
  return found.size > 0 ? [...found.values()] : null;
}

function flatten(key: string, value: unknown): readonly (readonly [name: string, text: string])[] {
  if (key === 'repo' && typeof value === 'string') return [[key, showRepo(value)]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[key, show(value)]];
  return Object.entries(value).map(([name, inner]) => [`${key}.${name}`, key === 'env' ? HIDDEN : show(inner)]);
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the program decided where nothing was written; keys without a value are left out. */
function decidedOrigin(key: string, layout: Layout): readonly Origin[] {
  const origin = (value: string): readonly Origin[] => [{ key, value, path: 'default' }];
  switch (key) {
    case 'name':
      return origin(layout.name);
    case 'repo':
      return origin(showRepo(layout.repo));
    case 'workspace':
      return origin(layout.workspace);
    case 'isolation':
      return origin(layout.isolation);
    case 'arrange':
      return origin('auto');
    case 'base':
      return origin("the remote's default branch");
    default:
      return [];
  }
}
