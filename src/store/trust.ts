import { createHash } from 'node:crypto';
import { isObject, textAt } from '../base/json.ts';
import { type JsonFormat, readJson, writeJson } from './file.ts';
import { withLock } from './lock.ts';
import type { StorePaths } from './paths.ts';

/** A layout file and the canonical text of all that it makes run or say. */
export interface TrustSubject {
  readonly path: string;
  readonly fingerprint: string;
}

/** `changed`: this path was trusted with other content. */
export type TrustState = 'trusted' | 'changed' | 'unknown';

interface TrustedLayout {
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
const FORMAT: JsonFormat<TrustFile> = { version: 1, what: 'list of trusted layouts', parse: parseTrustFile };

/** What the user decided before. The content counts, not the path: a moved layout that says the same is still trusted. */
export async function readTrust(store: StorePaths, subject: TrustSubject): Promise<TrustState> {
  const layouts = (await readJson(store.trust, FORMAT))?.layouts ?? [];
  if (layouts.some(({ hash }) => hash === hashOf(subject))) return 'trusted';
  return layouts.some(({ path }) => path === subject.path) ? 'changed' : 'unknown';
}

/** Remembers the user's yes. */
export async function trustLayout(store: StorePaths, subject: TrustSubject, now: Date): Promise<void> {
  await withLock(`${store.trust}.lock`, { timeoutMs: 5000, what: 'writing down a trusted layout' }, async () => {
    const known = (await readJson(store.trust, FORMAT))?.layouts ?? [];
    const entry = { hash: hashOf(subject), path: subject.path, at: now.toISOString() };
    const layouts = [...known.filter(({ hash }) => hash !== entry.hash), entry].slice(-KEPT);
    const file: TrustFile = { version: 1, layouts };
    // Lost with the power, a yes is asked for once more: not worth waiting for the disk.
    await writeJson(store.trust, file, { durable: false });
  });
}

function hashOf({ fingerprint }: TrustSubject): string {
  return createHash('sha256').update(fingerprint).digest('hex');
}

function parseTrustFile(value: unknown): TrustFile | null {
  if (!isObject(value) || !Array.isArray(value.layouts)) return null;
  const layouts = value.layouts.map(parseEntry).filter((entry) => entry !== null);
  return layouts.length === value.layouts.length ? { version: 1, layouts } : null;
}

function parseEntry(value: unknown): TrustedLayout | null {
  if (!isObject(value)) return null;
  const [hash, path, at] = [textAt(value, 'hash'), textAt(value, 'path'), textAt(value, 'at')];
  return hash === null || path === null || at === null ? null : { hash, path, at };
}
