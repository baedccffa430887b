import { absolutePath, lastPart, startFolder } from './paths.ts';
import { takeVariables } from './variables.ts';
import type { World } from './world.ts';

export type RepoForm = 'url' | 'scp' | 'path';

/** How git reads an address: `scheme://…`, `[user@]host:path` (no slash before the colon), or a path. */
export function repoForm(address: string): RepoForm {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(address)) return 'url';
  return /^[^/:]+:/.test(address) ? 'scp' : 'path';
}

/** The address clones are made of: what is written, else `origin` of the checkout, else the checkout itself; '' when there is none. */
export function resolveRepo(written: string | undefined, world: World): string {
  if (written !== undefined) return absoluteRepo(takeVariables(written, world.env), world);
  if (!world.checkout) return '';
  return world.checkout.origin === null ? world.checkout.root : absoluteRepo(world.checkout.origin, world);
}

function absoluteRepo(address: string, world: World): string {
  return repoForm(address) === 'path' ? absolutePath(address, startFolder(world), world.home) : address;
}

/** `shop` for `git@host:team/shop.git`, `https://host/shop/` and `/home/me/shop`. */
export function repoName(repo: string): string {
  return lastPart(repo.replaceAll(':', '/')).replace(/\.git$/, '');
}

/** An address as it may be shown: without the password or token in it. */
export function showRepo(address: string): string {
  return address.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/@]*:[^/@]*@/, '$1***@');
}
