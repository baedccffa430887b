import { join } from 'node:path';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import type { Layout } from '../layout/layout.ts';
import { NO_EXTRAS, type LayoutExtras } from '../layout/extras.ts';
import { filesNamed, loadLayout, type Loaded, type Overlay } from '../layout/load.ts';
import type { World } from '../layout/world.ts';
import { hasCode, readNames } from '../store/file.ts';
import { MOST, readTextFile, withRegularFile } from '../store/regularFile.ts';

export interface LayoutRequest {
  /** The layout file, absolute. */
  readonly path: string;
  readonly world: World;
  /** The task given to `up`; null when none was. */
  readonly task: string | null;
  /** What the fleet's record lays over the file; nothing when absent. */
  readonly extras?: LayoutExtras;
  /** `$XDG_CONFIG_HOME/claude-tmux`: config.yaml and templates/ of the user. */
  readonly configFolder: string;
  /** False leaves the user's defaults (config.yaml) out. */
  readonly defaults?: boolean;
  /** The package's layouts/ folder: shipped templates. */
  readonly shippedLayouts: string;
}

export interface ReadLayout {
  readonly layout: Layout;
  readonly warnings: readonly Diagnostic[];
  readonly origins: Extract<Loaded, { ok: true }>['origins'];
  readonly asksForTask: boolean;
  readonly prompts: Extract<Loaded, { ok: true }>['prompts'];
  /** Every file the layout was made of: the layout, overlays, prompt files. */
  readonly sources: readonly string[];
  /** Their texts by path, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Larger layout files are refused by the loader; this much is read of one, so that a huge file costs nothing. */
const MOST_BYTES = 1024 * 1024 + 1;

/** Reads a layout and everything it names, and decides it. Throws LayoutError with every problem at once; nothing else is touched. */
export async function readLayout(request: LayoutRequest): Promise<ReadLayout> {
  const text = readOwn(request.path);
  const overlays = readOverlays(request);
  const texts = new Map([
    [request.path, text],
    ...overlays.map((overlay): [string, string] => [overlay.path, overlay.text]),
  ]);
  const input = { path: request.path, text, overlays, world: request.world };
  const files = readFiles(filesNamed(input));
  const templates = /\btemplate\b|\bstrategy\b/.test(text) ? await readTemplates(request) : new Map<string, string>();
  const loaded = loadLayout({ ...input, task: request.task, files, templates, extras: request.extras ?? NO_EXTRAS });
  if (!loaded.ok) throw new LayoutError(loaded.diagnostics, texts);
  return { ...loaded, sources: [...texts.keys(), ...files.keys()], texts };
}

/** A recorded fleet outlives its layout: the file may have been moved since. */
function readOwn(path: string): string {
  try {
    return readCapped(path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const isGone = hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR');
    throw new UserError(
      isGone ? `the layout "${path}" is not there any more` : `the layout "${path}" cannot be read: ${cause.message}`,
      { hint: 'put it back, or name the layout by its path', exitCode: EXIT.usage, cause },
    );
  }
}

/** The user's defaults lie under the layout, an uncommitted `.claude-tmux.local.yaml` of the checkout over it. */
function readOverlays({ world, configFolder, defaults = true }: LayoutRequest): readonly Overlay[] {
  const candidates = [
    ...(defaults ? [{ kind: 'defaults' as const, path: userDefaults(configFolder) }] : []),
    { kind: 'over' as const, path: join(world.checkout?.root ?? world.cwd, '.claude-tmux.local.yaml') },
  ];
  return candidates.flatMap((candidate) => {
    const text = readIfThere(candidate.path);
    return text === null ? [] : [{ ...candidate, text }];
  });
}

/** The file of the user's own defaults. */
export function userDefaults(configFolder: string): string {
  return join(configFolder, 'config.yaml');
}

/** Templates by name; the user's win over the shipped ones of the same name. */
export async function readTemplates({
  configFolder,
  shippedLayouts,
}: Pick<LayoutRequest, 'configFolder' | 'shippedLayouts'>): Promise<Map<string, string>> {
  const templates = new Map<string, string>();
  for (const folder of [join(shippedLayouts, 'templates'), join(configFolder, 'templates')]) {
    const names = (await readNames(folder)).filter((name) => name.endsWith('.md'));
    for (const name of names) templates.set(name.slice(0, -'.md'.length), readTextFile(join(folder, name), MOST.mark));
  }
  return templates;
}

function readFiles(paths: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = readIfThere(path);
    if (text !== null) files.set(path, text);
  }
  return files;
}

/** The text, or null when there is no such file; what is there but cannot be read is an error. */
function readIfThere(path: string): string | null {
  try {
    return readCapped(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

/** Read in place, as every small file of a start (store/file.ts). */
function readCapped(path: string): string {
  // The loader refuses it by its length; its content is of no use to anybody.
  return withRegularFile(path, (_, { size }) =>
    size > MOST_BYTES ? ' '.repeat(MOST_BYTES) : readTextFile(path, MOST_BYTES),
  );
}
