import type { Env } from '../store/paths.ts';
import type { Mirror } from './mirror.ts';
import { isDamaged, removeMirror } from './mirrorFolder.ts';
import { withMirrorHeld, withMirrorLock } from './mirrorHold.ts';
import { mutateGit } from './run/mutate.ts';

interface LinkOptions {
  readonly env: Env;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the folder `tree` a clone without files: from the mirror, or from the repository itself when the mirror is not usable. */
export async function linkFrom(mirror: Mirror, tree: string, options: LinkOptions): Promise<void> {
  if (!mirror.usable) return clone(mirror.repo, tree, options);
  await withMirrorHeld(mirror.path, options.onLine, () => clone(mirror.path, tree, options));
  // A mirror's HEAD always names some branch; where the remote's names none, the clone must not take it for the default.
  if (mirror.head === null)
    await mutateGit(['update-ref', '--no-deref', '-d', 'refs/remotes/origin/HEAD'], { ...options, cwd: tree });
}

/** Asked after a clone went wrong: true when the mirror was the reason; it is removed then, and the next fetch makes it anew. */
export async function removeDamaged(mirror: Mirror, { env, onLine }: LinkOptions): Promise<boolean> {
  if (!mirror.usable || !(await isDamaged(mirror.path, env))) return false;
  await withMirrorLock(mirror.path, { what: 'removing a damaged mirror', onLine }, () => removeMirror(mirror.path));
  return true;
}

/**
 * Plain and not `--local`, which dies across file systems; without alternates, so the clone stays whole when the mirror goes.
 * `--origin`: `clone.defaultRemoteName` may say otherwise.
 */
async function clone(source: string, tree: string, { env, onLine, signal }: LinkOptions): Promise<void> {
  await mutateGit(['clone', '--no-checkout', '--origin', 'origin', '--progress', '--', source, tree], {
    cwd: '/',
    env,
    onLine,
    signal,
  });
}
