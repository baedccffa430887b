import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { output } from '../support/run.ts';
import { makeSandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

async function packed(): Promise<readonly string[]> {
  const sandbox = await makeSandbox();
  try {
    const text = await output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      env: sandbox.env,
    });
    const [pack] = JSON.parse(text) as [{ readonly files: readonly { readonly path: string }[] }];
    return pack.files.map(({ path }) => path);
  } finally {
    await sandbox.dispose();
  }
}

test('the package holds what runs and what is read, and nothing that only we need', async () => {
  const files = await packed();
  const here = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  const count = (folder: string) => files.filter((path) => path.startsWith(`${folder}/`)).length;
  for (const folder of ['layouts', 'tmux-plugin', 'docs'])
    expect({ folder, files: count(folder) }).toEqual({ folder, files: here(folder) });
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'package.json',
      'layouts/layout.schema.json',
      'tmux-plugin/launch.sh',
      'claude-tmux.tmux',
    ]),
  );
  expect(
    files.filter(
      (path) => !/^(dist|layouts|tmux-plugin|docs)\/|^[A-Za-z]+(\.md|\.json)?$|^claude-tmux\.tmux$/.test(path),
    ),
  ).toEqual([]);
});
