import { lstat } from 'node:fs/promises';
import type { Env } from '../store/paths.ts';
import { readMarker } from './marker.ts';
import { readPlace } from './gitDir.ts';
import { readTree } from './tree.ts';

/**
 * Why what stands at `path` is not the clone or worktree that a session of a fleet of `repo` works in; null when it is. A link leads to
 * something that others use by its own name. Completes `"api" …`.
 */
export async function refusePlace(path: string, repo: string, env: Env): Promise<string | null> {
  const facts = await lstat(path).catch(() => null);
  if (facts?.isSymbolicLink() === true) return `has a link in the place of its clone: ${path}`;
  const place = await readPlace(path);
  if (place.kind === 'absent' || place.kind === 'empty') return 'has no clone; claude-tmux up makes it';
  if (place.kind === 'other') return `has something else in the place of its clone: "${path}" ${place.why}`;
  const marker = await readMarker(place.gitDir);
  // A pane may have a repository of its own: what we noted when we made the tree says which.
  const state = await readTree(path, { repo: marker?.repo ?? repo, env });
  return state.kind === 'foreign' ? `has something else in the place of its clone: "${path}" ${state.why}` : null;
}
