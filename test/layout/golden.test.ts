import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadLayout, type Overlay } from '../../src/layout/load.ts';
import { renderDiagnostics } from '../../src/layout/renderDiagnostics.ts';
import { inputOf } from './support.ts';

/** Each folder: layout.yaml, perhaps config.yaml and local.yaml → normal.json, or diagnostics.txt. `npx vitest run -u test/layout` writes what is new. */
const GOLDEN = new URL('golden/', import.meta.url);

describe('golden layouts', () => {
  it.each(readdirSync(GOLDEN))('%s', async (name) => {
    const folder = fileURLToPath(new URL(`${name}/`, GOLDEN));
    const text = readFileSync(`${folder}layout.yaml`, 'utf8');
    const overlays = overlaysIn(folder);
    const loaded = loadLayout(
      inputOf({
        path: 'layout.yaml',
        text,
        overlays,
        files: new Map([['/home/ann/src/shop/web/prompt.md', 'From a file: {{task}}\n']]),
        task: 'Dark mode {{name}}',
      }),
    );
    const texts = new Map([
      ['layout.yaml', text],
      ...overlays.map((overlay): [string, string] => [overlay.path, overlay.text]),
    ]);
    const diagnostics = renderDiagnostics(loaded.ok ? loaded.warnings : loaded.diagnostics, texts, { color: false });
    const normal = loaded.ok
      ? `${JSON.stringify({ layout: loaded.layout, origins: loaded.origins }, null, 2)}\n`
      : null;
    if (diagnostics !== '' || existsSync(`${folder}diagnostics.txt`))
      await expect(diagnostics).toMatchFileSnapshot(`${folder}diagnostics.txt`);
    if (normal === null) expect(existsSync(`${folder}normal.json`)).toBe(false);
    else await expect(normal).toMatchFileSnapshot(`${folder}normal.json`);
  });
});

function overlaysIn(folder: string): readonly Overlay[] {
  const candidates: readonly Omit<Overlay, 'text'>[] = [
    { kind: 'defaults', path: 'config.yaml' },
    { kind: 'over', path: 'local.yaml' },
  ];
  return candidates.flatMap((overlay) =>
    existsSync(`${folder}${overlay.path}`)
      ? [{ ...overlay, text: readFileSync(`${folder}${overlay.path}`, 'utf8') }]
      : [],
  );
}
