import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { describeSpan } from '../base/ago.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { describeBytes } from '../base/bytes.ts';
import { oneLine } from '../base/text.ts';
import { pad, width } from '../base/width.ts';
import { readMarker } from '../git/marker.ts';
import { mirrorPath } from '../git/mirror.ts';
import { pruneMirror, readMirrors, type CachedMirror } from '../git/mirrorCache.ts';
import { knownFleets } from './pick.ts';
import type { Options } from './commandSpec.ts';

interface UsedMirror extends CachedMirror {
  /** Names of the fleets that have a clone of its repository. */
  readonly usedBy: readonly string[];
}

/** Lists the mirrors that clones are made from, or deletes those that none needs. */
export async function cache(context: Context, [action = 'ls']: readonly string[], options: Options): Promise<number> {
  const age = parseAge(options['olderThan']);
  if (action === 'ls') return list(context, await readUsed(context), options);
  if (action === 'prune') return prune(context, await readUsed(context), age);
  throw new UserError(`no cache command "${oneLine(action)}"`, {
    hint: 'there are ls and prune',
    exitCode: EXIT.usage,
  });
}

async function readUsed(context: Context): Promise<readonly UsedMirror[]> {
  const users = await readUsers(context);
  return (await readMirrors(context.store.cache)).map((mirror) => ({
    ...mirror,
    usedBy: users.filter(({ paths }) => paths.has(mirror.path)).map(({ name }) => name),
  }));
}

/** By the notes in the clones that are there: a fleet's panes may be of several repositories. */
async function readUsers(
  context: Context,
): Promise<readonly { readonly name: string; readonly paths: ReadonlySet<string> }[]> {
  const fleets = await knownFleets(context);
  return Promise.all(
    fleets.map(async ({ name, sessions }) => {
      const clones = new Set(sessions.filter(({ owner }) => owner !== null).map(({ path }) => path));
      const markers = await Promise.all([...clones].map((path) => readMarker(join(path, '.git')).catch(() => null)));
      return {
        name,
        paths: new Set(
          markers.flatMap((marker) => (marker === null ? [] : [mirrorPath(marker.repo, context.store.cache)])),
        ),
      };
    }),
  );
}

function list(context: Context, mirrors: readonly UsedMirror[], options: Options): number {
  if (options['json'] === true) {
    context.out(`${JSON.stringify({ version: 1, mirrors: mirrors.map(toJson) }, null, 2)}\n`);
    return EXIT.done;
  }
  if (mirrors.length === 0) context.talk('the cache is empty; `claude-tmux up` fills it');
  const rows = mirrors.map((mirror) => [
    nameOf(mirror),
    `${describeBytes(mirror.bytes)}, ${describeBytes(mirror.ownBytes)} its own`,
    describeFetch(context, mirror),
    describeUse(mirror),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  for (const row of rows)
    context.out(
      `${row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  return EXIT.done;
}

function toJson({ repo, path, bytes, ownBytes, fetchedAt, usedBy, holder }: UsedMirror): object {
  return {
    repository: repo,
    path,
    bytes,
    own_bytes: ownBytes,
    fetched_at: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
    used_by: usedBy,
    held_by: holder,
  };
}

function nameOf({ repo, path }: CachedMirror): string {
  return oneLine(repo ?? path);
}

function describeFetch(context: Context, { fetchedAt }: CachedMirror): string {
  return fetchedAt === null
    ? 'never fetched whole'
    : `fetched ${describeSpan(Math.max(0, context.now() - fetchedAt))} ago`.replace('now ago', 'just now');
}

function describeUse({ usedBy, holder }: UsedMirror): string {
  const use = usedBy.length === 0 ? 'used by no fleet' : `used by ${usedBy.map(oneLine).join(', ')}`;
  return holder === null ? use : `${use}; process ${holder.pid} is ${oneLine(holder.what)}`;
}

/** Without an age: what no fleet has a clone of. With one: what was fetched that long ago, used or not. A held one stays. */
async function prune(context: Context, mirrors: readonly UsedMirror[], age: number | null): Promise<number> {
  const wanted = mirrors.filter(({ usedBy, fetchedAt }) =>
    age === null ? usedBy.length === 0 : fetchedAt === null || context.now() - fetchedAt >= age,
  );
  let freed = 0;
  for (const mirror of wanted) {
    if (await pruneMirror(mirror.path)) {
      freed += mirror.ownBytes;
      context.out(`removed ${nameOf(mirror)}\n`);
    } else context.talk(`kept ${nameOf(mirror)}: somebody works with it`);
  }
  if (wanted.length === 0)
    context.talk(
      age === null ? 'nothing to remove: every mirror is used by a fleet' : 'nothing to remove: none is that old',
    );
  else context.talk(`${describeBytes(freed)} freed; clones are whole without the cache`);
  return EXIT.done;
}

const DAY_MS = 86_400_000;

/** `14` or `14d`, in milliseconds; null when not given. */
function parseAge(given: Options[string]): number | null {
  if (typeof given !== 'string') return null;
  const days = /^(\d{1,5})d?$/.exec(given)?.[1];
  if (days === undefined)
    throw new UserError(`"${oneLine(given)}" is no number of days`, {
      hint: 'write --older-than 14',
      exitCode: EXIT.usage,
    });
  return Number(days) * DAY_MS;
}
