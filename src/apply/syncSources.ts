import { ProgramError, UserError } from '../base/errors.ts';
import { readOriginUrl } from '../git/checkout.ts';
import { readCommonDir, readPlace } from '../git/gitDir.ts';
import { fillMirror, type Mirror } from '../git/mirror.ts';
import type { News } from '../git/mirrorNews.ts';
import { fetchFromMirror, fetchOrigin } from '../git/syncFetch.ts';
import { isRelative, isSameRepository, redact } from '../git/remoteUrl.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { Context } from './context.ts';
import type { SyncTarget } from './syncTargets.ts';

/** Where a tree's news of origin comes from. */
export type SyncSource =
  /** Through the mirror: one fetch for all clones of the repository. */
  | { readonly kind: 'mirror'; readonly mirror: Mirror }
  /** The tree's own remote-tracking branches are up to date, as far as they can be. */
  | { readonly kind: 'own' }
  /** It could not be fetched; `why` in the words of git or of this program. */
  | { readonly kind: 'unreachable'; readonly url: string; readonly why: string };

interface Place {
  readonly target: SyncTarget;
  /** What is fetched once: a URL, or the repository that worktrees share. Null without a tree or an origin. */
  readonly key: string | null;
  readonly url: string;
  readonly isWorktree: boolean;
}

/**
 * Fetches each repository once, one after the other because a fetch may ask on the terminal; nothing else may draw there meanwhile.
 * The result is by session id. A repository that cannot be reached spoils only its own trees.
 */
export async function fetchSources(
  context: Context,
  record: FleetRecord,
  { targets, dryRun }: { readonly targets: readonly SyncTarget[]; readonly dryRun: boolean },
): Promise<ReadonlyMap<string, SyncSource>> {
  const places = await Promise.all(targets.map((target) => readSource(context, target)));
  const found = new Map<string, SyncSource>();
  for (const key of new Set(places.map((place) => place.key))) {
    const alike = places.filter((place) => place.key === key);
    const [first] = alike;
    const source =
      first === undefined || key === null ? OWN : await fetchOne(context, record, { place: first, alike, dryRun });
    for (const { target } of alike) found.set(target.owner.id, source);
  }
  return found;
}

const OWN: SyncSource = { kind: 'own' };

async function readSource({ env }: Context, target: SyncTarget): Promise<Place> {
  const place = await readPlace(target.owner.path);
  if (place.kind !== 'repository') return { target, key: null, url: '', isWorktree: false };
  const [common, url] = await Promise.all([readCommonDir(place.gitDir), readOriginUrl(target.owner.path, env)]);
  const isWorktree = common !== place.gitDir;
  // What a relative address means depends on where it is written.
  const key = url === null ? null : isWorktree || isRelative(url) ? common : url;
  return { target, key, url: url ?? '', isWorktree: isWorktree || (url !== null && isRelative(url)) };
}

interface Fetching {
  readonly place: Place;
  readonly alike: readonly Place[];
  readonly dryRun: boolean;
}

async function fetchOne(
  context: Context,
  record: FleetRecord,
  { place, alike, dryRun }: Fetching,
): Promise<SyncSource> {
  const { url, isWorktree } = place;
  // Worktrees share the checkout's remote-tracking branches: a dry run leaves those alone, too.
  if (isWorktree && dryRun) return OWN;
  context.talk(`fetching ${redact(url)}`);
  const options = { env: context.env, terminal: context.interactive, signal: context.signal };
  try {
    if (!isWorktree) {
      const checkout = isSameRepository(url, record.repo) ? record.checkout : null;
      const mirror = await fillMirror({
        ...options,
        repo: url,
        checkout,
        cacheDir: context.store.cache,
        onLine: () => undefined,
      });
      if (mirror.usable) return { kind: 'mirror', mirror };
    }
    if (dryRun) return OWN;
    for (const { target } of isWorktree ? [place] : alike) await fetchOrigin(target.owner.path, { ...options, url });
    return OWN;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof UserError) && !(error instanceof ProgramError)) throw error;
    context.talk(
      `claude-tmux: ${error.message}${error instanceof UserError && error.hint !== undefined ? `\n  ${error.hint}` : ''}`,
    );
    return { kind: 'unreachable', url: redact(url), why: error.message };
  }
}

/** Brings what was fetched into a clone that is not moved itself: its counts of ahead and behind are true then. Trouble there is its own and told at its own sync. */
export async function bringNews(
  { env }: Context,
  {
    target,
    source,
    news,
  }: { readonly target: SyncTarget; readonly source: SyncSource | undefined; readonly news: News },
): Promise<void> {
  if (source?.kind !== 'mirror') return;
  const place = await readPlace(target.owner.path);
  if (place.kind !== 'repository') return;
  await fetchFromMirror(target.owner.path, source.mirror, { gitDir: place.gitDir, env, news }).catch(
    (error: unknown) => {
      if (!(error instanceof ProgramError) && !(error instanceof UserError)) throw error;
    },
  );
}
