import { join } from 'node:path';
import type { Env } from '../store/paths.ts';

/**
 * The files git reads before the repository's own. Builds of git that keep the system's elsewhere exist; none is known to
 * name remotes there.
 */
export function globalConfigFiles({
  GIT_CONFIG_GLOBAL: given,
  HOME: home,
  XDG_CONFIG_HOME: xdg,
}: Env): readonly string[] {
  if (given !== undefined) return ['/etc/gitconfig', given];
  const folder = xdg !== undefined && xdg !== '' ? xdg : home === undefined ? null : join(home, '.config');
  return [
    '/etc/gitconfig',
    ...(folder === null ? [] : [join(folder, 'git', 'config')]),
    ...(home === undefined ? [] : [join(home, '.gitconfig')]),
  ];
}
