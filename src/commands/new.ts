import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { readLayout } from '../apply/readLayout.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { fingerprintText } from '../layout/fingerprint.ts';
import { STRATEGIES } from '../layout/layout.ts';
import { newLayoutText } from '../layout/newLayout.ts';
import { trustLayout } from '../store/trust.ts';
import { readWorld } from './loadFleet.ts';
import { configPlaces, shippedLayouts } from './places.ts';
import type { Options } from './table.ts';

/** Writes a commented layout for this repository: `.claude-tmux.yaml`, or `NAME.yaml`; never over a file that exists. */
export async function newLayout(context: Context, [name]: readonly string[], options: Options): Promise<number> {
  if (name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new UserError(`"${name}" is no name for a layout file`, { hint: 'letters, digits, ".", "_" and "-"', exitCode: EXIT.usage });
  const world = await readWorld(context, context.cwd);
  const folder = name === undefined ? (world.checkout?.root ?? context.cwd) : context.cwd;
  const path = join(folder, name === undefined ? '.claude-tmux.yaml' : /\.ya?ml$/.test(name) ? name : `${name}.yaml`);
  const strategy = STRATEGIES.find((known) => known === options['strategy']) ?? 'component';
  if (await exists(path)) throw new UserError(`${path} exists`, { hint: 'give another name: claude-tmux new NAME' });
  await writeFile(path, newLayoutText({ strategy, schemaPath: join(shippedLayouts(context), 'layout.schema.json') }), { flag: 'wx' });
  // What this program wrote is trusted until somebody changes it.
  if (world.checkout !== null) {
    const { layout } = await readLayout({ path, world, task: null, ...configPlaces(context) });
    await trustLayout(context.store, { path, fingerprint: fingerprintText(layout) }, new Date(context.now()));
  }
  context.out(`${path}\n`);
  context.talk(`edit it, then: claude-tmux up${name === undefined ? '' : ` ${name}`}`);
  return 0;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw new UserError(`${path} cannot be looked at`, { hint: 'check its permissions', cause: error });
  }
}
