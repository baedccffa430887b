import { join } from 'node:path';
import type { LayoutPlaces } from '../apply/findLayout.ts';
import type { Context } from '../apply/context.ts';

/** Folders in which a layout's name is looked for. */
export function layoutPlaces(context: Context): LayoutPlaces {
  return { cwd: context.cwd, own: join(context.store.config, 'layouts'), shipped: shippedLayouts(context) };
}

/** Folders that hold the user's configuration and what was shipped beside it. */
export function configPlaces(context: Context): { readonly configFolder: string; readonly shippedLayouts: string } {
  return { configFolder: context.store.config, shippedLayouts: shippedLayouts(context) };
}

/** The layouts that came with the program. */
export function shippedLayouts(context: Context): string {
  return join(context.packageRoot, 'layouts');
}
