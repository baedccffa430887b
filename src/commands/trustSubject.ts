import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { Context } from '../apply/context.ts';
import { readLayout, userDefaults, type ReadLayout } from '../apply/readLayout.ts';
import { readNamedFiles, type NamedFile } from '../apply/readNamedFiles.ts';
import { describeBytes } from '../base/bytes.ts';
import { LayoutError } from '../base/errors.ts';
import { fingerprintText } from '../layout/fingerprint.ts';
import type { Pane } from '../layout/layout.ts';
import type { ShownRow } from '../layout/renderTrust.ts';
import { trustRows, type TrustRow } from '../layout/trustTable.ts';
import type { World } from '../layout/world.ts';
import type { TrustSubject } from '../store/trust.ts';
import { isInside } from './pick.ts';
import { configPlaces, shippedLayouts } from './places.ts';

/** A layout as its author wrote it: without task, and without what a fleet's record lays over it. */
export interface Written {
  readonly path: string;
  readonly read: ReadLayout;
  readonly world: World;
}

/** Shipped files and the user's configuration are trusted, unless they lie in the work tree: what is there could shadow a shipped name. */
export async function untrustedSources(
  context: Context,
  { read, world }: Pick<Written, 'read' | 'world'>,
): Promise<readonly string[]> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const trusted = await Promise.all([shippedLayouts(context), context.store.config].map(real));
  const workTree = world.checkout === null ? null : await real(world.checkout.root);
  const sources = await Promise.all(read.sources.map(async (source) => ({ source, path: await real(source) })));
  // The program's own checkout may be the work tree one stands in: its shipped layouts then ask like any other.
  const isTrusted = (path: string): boolean =>
    trusted.some((folder) => isInside(path, folder)) && (workTree === null || !isInside(path, workTree));
  return sources.filter(({ path }) => !isTrusted(path)).map(({ source }) => source);
}

/** What trust is kept by. The user's own defaults do not count: a change of one's configuration is no news of the layout. */
export async function trustSubject(context: Context, { path, read, world }: Written): Promise<TrustSubject> {
  const places = configPlaces(context);
  if (!read.sources.includes(userDefaults(places.configFolder)))
    return { path, fingerprint: fingerprintText(read.layout) };
  try {
    const { layout } = await readLayout({ path, world, task: null, ...places, defaults: false });
    return { path, fingerprint: fingerprintText(layout) };
  } catch (error) {
    // A layout that is valid with those defaults alone counts with them.
    if (!(error instanceof LayoutError)) throw error;
    return { path, fingerprint: fingerprintText(read.layout) };
  }
}

/** The rows of the question. */
export function rowsOf({ layout, prompts }: ReadLayout): readonly TrustRow[] {
  return trustRows(layout, prompts);
}

/** Rows as they are kept: what is not shown as a digest. */
export function kept(rows: readonly TrustRow[]): (ShownRow & Pick<TrustRow, 'place'>)[] {
  return rows.map(({ pane, key, text, secret, place }) => ({
    pane,
    key,
    text,
    place,
    digest: secret === undefined ? null : createHash('sha256').update(secret).digest('hex'),
  }));
}

/** The files that the layout names, as they are in the checkout, or beside it where there is none. */
export function checkoutFiles(context: Context, { read, world }: Written): readonly NamedFile[] {
  const { layout } = read;
  const rows = rowsOf(read);
  const isUsual = ({ tree }: Pane): boolean => tree.kind !== 'own' || tree.spec.repo === layout.repo;
  const root = world.checkout?.root ?? null;
  const fleet = rows.filter(({ pane }) => pane === null);
  const found = layout.panes.filter(isUsual).flatMap((pane) => {
    const place = pane.tree.kind === 'checkout' ? pane.tree.path : root;
    return place === null
      ? []
      : readNamedFiles([...fleet, ...rows.filter((row) => row.pane === pane.id)], {
          root: place,
          dir: pane.dir,
          home: context.home,
        });
  });
  return [...new Map(found.map((file) => [file.path, file])).values()];
}

/** How a named file is remembered. */
export function fileKey({ path, hash }: NamedFile): string {
  return `${hash} ${path}`;
}

/** A named file as a row of the question. */
export function fileRow(file: NamedFile): TrustRow {
  return {
    pane: null,
    key: 'file',
    place: 'below',
    text: `names the file ${file.path} (${describeBytes(file.bytes)}, sha256 ${file.hash.slice(0, 12)})`,
  };
}
