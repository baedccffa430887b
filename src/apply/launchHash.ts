import { createHash } from 'node:crypto';
import type { Layout, Pane } from '../layout/layout.ts';

/**
 * Hash of what a pane's process is started with. Label and colour are left out (they change without a restart),
 * and so is the first prompt (it is never sent twice).
 */
export function launchHash(layout: Layout, pane: Pane): string {
  const { work } = pane;
  const started = work.kind === 'agent' ? { ...work, prompt: null } : work;
  const text = JSON.stringify([
    layout.isolation,
    started,
    pane.tree.kind === 'own' ? pane.tree.spec.path : pane.tree,
    pane.dir,
    Object.entries(pane.env).sort(),
    ...(layout.ports === null ? [] : [layout.ports]),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
