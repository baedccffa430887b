import { pasted } from '../base/pasted.ts';
import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { STRATEGIES } from '../layout/layout.ts';
import { newLayoutText } from '../layout/newLayout.ts';
import { readWorld } from './loadFleet.ts';
import { shippedLayouts } from './places.ts';
import type { Options } from './commandSpec.ts';
import { layoutFileName, trustOwn, writeLayout } from './writeLayout.ts';

/** Writes a commented layout for this repository: `.claude-tmux.yaml`, or `NAME.yaml`; never over a file that exists. */
export async function newLayout(context: Context, [name]: readonly string[], options: Options): Promise<number> {
  const file = name === undefined ? '.claude-tmux.yaml' : layoutFileName(name);
  const world = await readWorld(context, context.cwd);
  const path = join(name === undefined ? (world.checkout?.root ?? context.cwd) : context.cwd, file);
  const strategy = STRATEGIES.find((known) => known === options['strategy']) ?? 'component';
  await writeLayout(
    path,
    newLayoutText({
      strategy,
      schemaPath: join(shippedLayouts(context), 'layout.schema.json'),
      docsPath: join(context.packageRoot, 'docs', 'layout-file.md'),
    }),
    'new',
  );
  if (world.checkout !== null) await trustOwn(context, path, world);
  context.out(`${path}\n`, 'exact');
  if (world.checkout === null)
    context.talk(
      'note: this folder is in no git checkout: the layout needs `repo: …` (an address or a path), or the folder `git init`',
    );
  context.talk(`edit it, then: ${name === undefined ? 'claude-tmux up' : pasted`up ${name}`}`);
  return 0;
}
