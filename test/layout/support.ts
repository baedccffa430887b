import { readdirSync, readFileSync } from 'node:fs';
import type { LayoutInput } from '../../src/layout/load.ts';
import type { World } from '../../src/layout/world.ts';

export const SHIPPED = new URL('../../layouts/', import.meta.url);

/** A developer in the checkout of a project called shop. */
export const WORLD: World = {
  home: '/home/ann',
  user: 'ann',
  env: { HOST: 'git.example.org', EMPTY: '' },
  cwd: '/home/ann/src/shop/web',
  checkout: {
    root: '/home/ann/src/shop',
    origin: 'git@git.example.org:team/shop.git',
    branch: 'main',
    worktreeInclude: ['.env'],
  },
};

/** Input of `loadLayout` with the shipped templates; whatever a test does not say is ordinary. */
export function inputOf(more: Partial<LayoutInput> & Pick<LayoutInput, 'text'>): LayoutInput {
  return {
    path: 'team.yaml',
    overlays: [],
    world: WORLD,
    task: null,
    files: new Map(),
    templates: shippedTemplates(),
    ...more,
  };
}

/** One good pane, for problems at the top of the file. */
export const PANE = 'panes: [{name: Api, component: backend}]';

/** A layout of strategy component whose single pane has `keys`, from line 3 on. */
export function pane(keys: string): string {
  return `strategy: component\npanes:\n  - {name: Api, component: backend}\n  - name: Web\n    component: frontend\n    ${keys}`;
}

const folder = new URL('templates/', SHIPPED);
const templates = new Map(
  readdirSync(folder).map((name) => [name.replace(/\.md$/, ''), readFileSync(new URL(name, folder), 'utf8')]),
);

export function shippedTemplates(): ReadonlyMap<string, string> {
  return templates;
}
