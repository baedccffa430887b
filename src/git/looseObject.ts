import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { hasCode } from '../store/file.ts';
import { readLargeFile } from '../store/regularFile.ts';

export interface NewObject {
  readonly kind: 'commit';
  readonly content: Buffer;
  /** An id of the same repository: it tells which hash names its objects. */
  readonly like: string;
}

/**
 * Writes an object as git does (gitformat-loose: a header, the content, deflated, under its hash) and gives its id; spares a process for each.
 * Only into an object space of ours: nobody else reads there before it is whole.
 */
export async function writeObject(folder: string, { kind, content, like }: NewObject): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
  const id = createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(whole)
    .digest('hex');
  const place = join(folder, id.slice(0, 2));
  await mkdir(place, { recursive: true });
  try {
    await writeFile(join(place, id.slice(2)), deflateSync(whole), { mode: 0o444, flag: 'wx' });
  } catch (error) {
    // The same content has been written before.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return id;
}

/** The content of an object that lies in a file of its own in git's `objects` folder; null when it lies elsewhere, or is something else. */
export async function readObject(objects: string, id: string, kind: NewObject['kind']): Promise<Buffer | null> {
  try {
    const whole = inflateSync(await readLargeFile(join(objects, id.slice(0, 2), id.slice(2))));
    const end = whole.indexOf(0);
    return whole.toString('latin1', 0, end) === `${kind} ${whole.length - end - 1}` ? whole.subarray(end + 1) : null;
  } catch {
    // What cannot be read here is git's to find, or to explain.
    return null;
  }
}
