import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyBuiltins } from './lazyBuiltins.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One CommonJS file made of `code` and all it imports, less the packages in `beside`, which are files of that name beside it. */
export async function bundle({ code, target, define = {}, frame: [before, after], beside = [] }) {
  const result = await build({
    absWorkingDir: ROOT,
    stdin: { contents: code, resolveDir: ROOT, sourcefile: 'start.ts', loader: 'ts' },
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
    // The bundle holds paths of what is bundled: they begin with node_modules/ wherever that lies, so that the same source gives the same bundle.
    preserveSymlinks: true,
    plugins: [lazyBuiltins, filesBeside(beside)],
    define: {
      'process.env.NODE_ENV': '"production"',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__import_meta_url',
      ...define,
    },
    logLevel: 'warning',
  });
  if (result.warnings.length > 0) throw new Error(`the bundle of ${code} has warnings`);
  const text = `${before}${withModuleUrl(asAscii(result.outputFiles[0].text))}${after}`;
  return { text, inputs: Object.keys(result.metafile.inputs) };
}

function filesBeside(packages) {
  const setup = (build) => {
    if (packages.length > 0)
      build.onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path }) => ({
        path: `./${path}.cjs`,
        external: true,
      }));
  };
  return { name: 'files-beside', setup };
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
