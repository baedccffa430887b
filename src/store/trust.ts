import { createHash } from 'node:crypto';
import { isObject, textAt, textsAt } from '../base/json.ts';
import type { ShownRow } from '../layout/renderTrust.ts';
import { type JsonFormat, readJson, writeJson } from './file.ts';
import { withLock } from './lock.ts';
import type { StorePaths } from './paths.ts';

/** A layout file and the canonical text of all that it makes run or say. */
export interface TrustSubject {
  readonly path: string;
  readonly fingerprint: string;
}

/** What was shown, or would have been, when a layout was trusted. */
export interface TrustDecision {
  /** `own`: this program wrote the layout. */
  readonly by: 'answer' | 'own';
  readonly rows: readonly ShownRow[];
  /** Files it names, each as its SHA-256, a blank and its path. */
  readonly files: readonly string[];
}

/** `changed`: this path was trusted with other content. */
export type TrustState = 'trusted' | 'changed' | 'unknown';

interface TrustedLayout extends TrustDecision {
  /** SHA-256 of the fingerprint, hexadecimal. */
  readonly hash: string;
  readonly path: string;
  /** ISO time. */
  readonly at: string;
}
interface TrustFile {
  readonly version: 1;
  readonly layouts: readonly TrustedLayout[];
}

/** Enough for every layout of a long life; the oldest are asked about again. */
const KEPT = 1000;
/** Contents of named files that are remembered for one layout, the newest. */
const KEPT_FILES = 500;
const NOTHING: TrustDecision = { by: 'answer', rows: [], files: [] };
const FORMAT: JsonFormat<TrustFile> = { version: 1, what: 'list of trusted layouts', parse: parseTrustFile };

/** What the user decided before. The content counts, not the path: a moved layout that says the same is still trusted. */
export async function readTrust(store: StorePaths, subject: TrustSubject): Promise<TrustState> {
  const layouts = await readLayouts(store);
  if (layouts.some(({ hash }) => hash === hashOf(subject))) return 'trusted';
  return layouts.some(({ path }) => path === subject.path) ? 'changed' : 'unknown';
}

/** The newest decision about this content, else about this path; null without one. Files that were agreed to stay agreed to. */
export async function readDecision(store: StorePaths, subject: TrustSubject): Promise<TrustDecision | null> {
  const known = relatedTo(await readLayouts(store), subject);
  const newest = known.find(({ hash }) => hash === hashOf(subject)) ?? known.at(-1);
  return newest === undefined ? null : { ...newest, files: known.flatMap(({ files }) => files) };
}

/** Layout files that this program wrote (`new`, `save`), absolute. */
export async function readOwnLayouts(store: StorePaths): Promise<readonly string[]> {
  return (await readLayouts(store)).flatMap(({ by, path }) => (by === 'own' ? [path] : []));
}

/** Remembers the user's yes, and what it was given to. */
export async function trustLayout(
  store: StorePaths,
  subject: TrustSubject & Partial<TrustDecision>,
  now: Date,
): Promise<void> {
  await withLock(`${store.trust}.lock`, { timeoutMs: 5000, what: 'writing down a trusted layout' }, async () => {
    const known = await readLayouts(store);
    const { by, rows, files } = { ...NOTHING, ...subject };
    const allFiles = [...new Set([...relatedTo(known, subject).flatMap((entry) => entry.files), ...files])].slice(
      -KEPT_FILES,
    );
    const entry = { hash: hashOf(subject), path: subject.path, at: now.toISOString(), by, rows, files: allFiles };
    const others = known
      .filter(({ hash }) => hash !== entry.hash)
      .map((other) => (other.path === entry.path ? { ...other, rows: [], files: [] } : other));
    const file: TrustFile = { version: 1, layouts: [...others, entry].slice(-KEPT) };
    // Lost with the power, a yes is asked for once more: not worth waiting for the disk.
    await writeJson(store.trust, file, { durable: false });
  });
}

async function readLayouts(store: StorePaths): Promise<readonly TrustedLayout[]> {
  return (await readJson(store.trust, FORMAT))?.layouts ?? [];
}

function relatedTo(layouts: readonly TrustedLayout[], subject: TrustSubject): readonly TrustedLayout[] {
  const own = hashOf(subject);
  return layouts.filter(({ hash, path }) => hash === own || path === subject.path);
}

function hashOf({ fingerprint }: TrustSubject): string {
  return createHash('sha256').update(fingerprint).digest('hex');
}

function parseTrustFile(value: unknown): TrustFile | null {
  if (!isObject(value) || !Array.isArray(value.layouts)) return null;
  const layouts = value.layouts.map(parseEntry).filter((entry) => entry !== null);
  return layouts.length === value.layouts.length ? { version: 1, layouts } : null;
}

/** Entries of versions that kept neither rows nor files are whole without them. */
function parseEntry(value: unknown): TrustedLayout | null {
  if (!isObject(value)) return null;
  const [hash, path, at] = [textAt(value, 'hash'), textAt(value, 'path'), textAt(value, 'at')];
  if (hash === null || path === null || at === null) return null;
  const rows = Array.isArray(value.rows) ? value.rows.map(parseRow).filter((row) => row !== null) : [];
  return { hash, path, at, by: value.by === 'own' ? 'own' : 'answer', rows, files: textsAt(value, 'files') };
}

function parseRow(value: unknown): ShownRow | null {
  if (!isObject(value)) return null;
  const [key, text] = [textAt(value, 'key'), textAt(value, 'text')];
  return key === null || text === null
    ? null
    : { pane: textAt(value, 'pane'), key, text, digest: textAt(value, 'digest') };
}
