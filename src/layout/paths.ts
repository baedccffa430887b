import type { World } from './world.ts';

/** Path arithmetic on POSIX paths as text: the layout room may not ask the file system or `node:path`. */

/** `path` made absolute: `~` is the home folder, anything relative starts at `from`. `.` and `..` are worked out. */
export function absolutePath(path: string, from: string, home: string): string {
  if (path === '~') return normalizePath(home);
  if (path.startsWith('~/')) return normalizePath(`${home}/${path.slice(2)}`);
  return normalizePath(path.startsWith('/') ? path : `${from}/${path}`);
}

/** `/a/./b/../c/` is `/a/c`; a relative path keeps the `..` it starts with; '' is `.`. */
export function normalizePath(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  return absolute ? `/${parts.join('/')}` : parts.join('/') || '.';
}

/** True when `inner` is `outer` or lies in it; both normalized. */
export function isInside(inner: string, outer: string): boolean {
  return inner === outer || outer === '/' || inner.startsWith(`${outer}/`);
}

/** Folder that relative paths in a layout start at. */
export function startFolder(world: World): string {
  return world.checkout?.root ?? world.cwd;
}

/** Folder of the layout file; the file's path may be relative to where the user stands. */
export function layoutFolder(path: string, world: World): string {
  return normalizePath(`${absolutePath(path, world.cwd, world.home)}/..`);
}

export function lastPart(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}
