import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyBuiltins } from './lazyBuiltins.mjs';
import { thirdPartyLicenses } from './licenses.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Two files, because the start must be small: the entry answers `--version` by itself and loads the rest with V8's code cache,
 * which knows the rest by its hash.
 */
export async function buildProgram(dist) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const main = await bundle({ from: 'src/cli/main.ts', target: 'node20', frame: MODULE_FUNCTION, define: { CLAUDE_TMUX_VERSION: JSON.stringify(version) } });
  const entry = await bundle({
    from: 'src/cli/entry.ts',
    target: 'node12',
    frame: SHEBANG,
    define: { CLAUDE_TMUX_VERSION: JSON.stringify(version), CLAUDE_TMUX_BUILD: JSON.stringify(hash(main.text)) },
  });
  const licenses = await thirdPartyLicenses(root, [...main.inputs, ...entry.inputs]);
  const files = [
    { name: 'main.cjs', text: main.text },
    { name: 'claude-tmux.cjs', text: entry.text, mode: 0o755 },
    { name: 'THIRD_PARTY_LICENSES', text: licenses },
  ];
  for (const file of files) await replaceFile(join(dist, file.name), file);
  return { files: files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) })) };
}

const SHEBANG = ['#!/usr/bin/env node\n', ''];
/** What Node would put around a module; done here, so that the start need not copy the text. */
const MODULE_FUNCTION = ['(function (exports, require, module, __filename, __dirname) {', '})\n'];

async function bundle({ from, target, define, frame: [before, after] }) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [from],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target,
    // Identifiers stay: a stack trace must name functions. Lines are cut so that its positions can be found.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    // What is bundled is loaded lazily inside the one file; a real `import()` would fail there (src/cli/loadMain.ts).
    supported: { 'dynamic-import': false },
    legalComments: 'none',
    charset: 'ascii',
    plugins: [lazyBuiltins],
    define: {
      'process.env.NODE_ENV': '"production"',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__import_meta_url',
      ...define,
    },
    logLevel: 'warning',
  });
  if (result.warnings.length > 0) throw new Error(`the bundle of ${from} has warnings`);
  const text = `${before}${withModuleUrl(asAscii(result.outputFiles[0].text))}${after}`;
  return { text, inputs: Object.keys(result.metafile.inputs) };
}

/** CommonJS has no `import.meta.url`; the bundle gets one only when something in it asks. */
function withModuleUrl(text) {
  if (!text.includes('__import_meta_url')) return text;
  return `const __import_meta_url=require("node:url").pathToFileURL(__filename).href;${text}`;
}

/**
 * One byte a character: V8 reads it faster, and the start need not decode it (src/cli/loadMain.ts). `charset: 'ascii'` leaves
 * characters in regular expressions only, where an escape means the same.
 */
function asAscii(text) {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

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
