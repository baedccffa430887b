import { join } from 'node:path';
import { isObject, textAt } from '../base/json.ts';
import { readJson, writeJson, type JsonFormat } from '../store/file.ts';
import { readPlace } from './gitDir.ts';

/** Our note inside a tree's git folder, written last: the tree is whole, of this repository, and set up or not. */
export interface Marker {
  readonly version: 1;
  readonly repo: string;
  readonly setup: 'pending' | 'done';
}

const FORMAT: JsonFormat<Marker> = {
  version: 1,
  what: "clone's note",
  parse: (value) => {
    if (!isObject(value)) return null;
    const [repo, setup] = [textAt(value, 'repo'), textAt(value, 'setup')];
    return repo !== null && (setup === 'pending' || setup === 'done') ? { version: 1, repo, setup } : null;
  },
};

/** Null when the tree in `gitDir` was not made by us. */
export function readMarker(gitDir: string): Promise<Marker | null> {
  return readJson(markerPath(gitDir), FORMAT);
}

export async function writeMarker(gitDir: string, marker: Omit<Marker, 'version'>): Promise<void> {
  await writeJson(markerPath(gitDir), { version: 1, ...marker });
}

/** Notes that the setup of the tree at `path` has run; nothing to note for a tree that is not ours. */
export async function markSetupDone(path: string): Promise<void> {
  const place = await readPlace(path);
  if (place.kind !== 'repository') return;
  const marker = await readMarker(place.gitDir);
  if (marker?.setup === 'pending') await writeMarker(place.gitDir, { repo: marker.repo, setup: 'done' });
}

function markerPath(gitDir: string): string {
  return join(gitDir, 'claude-tmux.json');
}
