import { writeFile } from 'node:fs/promises';
import type { Context } from '../apply/context.ts';
import { readLayout } from '../apply/readLayout.ts';
import { EXIT, UserError } from '../base/errors.ts';
import type { World } from '../layout/world.ts';
import { hasCode } from '../store/file.ts';
import { trustLayout } from '../store/trust.ts';
import { configPlaces } from './places.ts';
import { checkoutFiles, fileKey, fileRow, kept, rowsOf, trustSubject } from './trustSubject.ts';

/** The file that a name given to `new` or `save` stands for: `NAME.yaml`, in the folder one stands in. */
export function layoutFileName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new UserError(`"${name}" is no name for a layout file`, {
      hint: 'letters, digits, ".", "_" and "-"',
      exitCode: EXIT.usage,
    });
  return /\.ya?ml$/.test(name) ? name : `${name}.yaml`;
}

/** Writes a layout, never over a file that exists; `command` is what to call with another name. */
export async function writeLayout(path: string, text: string, command: 'new' | 'save'): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const exists = hasCode(cause, 'EEXIST');
    throw new UserError(exists ? `${path} exists` : `${path} cannot be written`, {
      hint: exists ? `give another name: claude-tmux ${command} NAME` : 'check the rights of its folder',
      cause,
    });
  }
}

/** What this program wrote is trusted until somebody changes it. Throws LayoutError for one that cannot be used as it is. */
export async function trustOwn(context: Context, path: string, world: World): Promise<void> {
  const read = await readLayout({ path, world, task: null, ...configPlaces(context) });
  const written = { path, read, world };
  const files = checkoutFiles(context, written);
  const rows = kept([...rowsOf(read), ...files.map(fileRow)]);
  await trustLayout(
    context.store,
    { ...(await trustSubject(context, written)), by: 'own', rows, files: files.map(fileKey) },
    new Date(context.now()),
  );
}
