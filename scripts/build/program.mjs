import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundle, ROOT } from './bundle.mjs';
import { thirdPartyLicenses } from './licenses.mjs';

/**
 * Several files, because the start must be small: the entry answers `--version` by itself and loads `main` with V8's code cache,
 * which knows it by its hash; what few commands need lies beside it.
 */
export async function buildProgram(dist) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const main = await bundle({
    code: `export { main } from './src/cli/main.ts'`,
    target: 'node20',
    frame: MODULE_FUNCTION,
    beside: Object.keys(LIBRARIES),
    define: { CLAUDE_TMUX_VERSION: JSON.stringify(version) },
  });
  const entry = await bundle({
    code: `import './src/cli/entry.ts'`,
    target: 'node12',
    frame: SHEBANG,
    define: { CLAUDE_TMUX_VERSION: JSON.stringify(version), CLAUDE_TMUX_BUILD: JSON.stringify(hash(main.text)) },
  });
  const libraries = await Promise.all(Object.entries(LIBRARIES).map(([name, code]) => bundleLibrary(name, code)));
  const licenses = await thirdPartyLicenses(
    ROOT,
    [main, entry, ...libraries].flatMap(({ inputs }) => inputs),
  );
  const files = [
    ...libraries,
    { name: 'main.cjs', text: main.text },
    { name: 'claude-tmux.cjs', text: entry.text, mode: 0o755 },
    { name: 'THIRD_PARTY_LICENSES', text: licenses },
  ];
  for (const file of files) await replaceFile(join(dist, file.name), file);
  return { files: files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) })) };
}

/** Loaded when something is cloned or run, as a file of its own: a third of the program that no other start has to read. */
const LIBRARIES = { execa: `export { execa } from 'execa'`, 'simple-git': `export { simpleGit } from 'simple-git'` };

async function bundleLibrary(name, code) {
  return { name: `${name}.cjs`, ...(await bundle({ code, target: 'node20', frame: ['', ''] })) };
}

const SHEBANG = ['#!/usr/bin/env node\n', ''];
/** What Node would put around a module; done here, so that the start need not copy the text. */
const MODULE_FUNCTION = ['(function (exports, require, module, __filename, __dirname) {', '})\n'];

function hash(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A program that runs at this moment reads either the old file or the new one. */
async function replaceFile(path, { text, mode = 0o644 }) {
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text);
    await chmod(temporary, mode);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
