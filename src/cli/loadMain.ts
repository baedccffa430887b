import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import vm from 'node:vm';
import { codeFile, readCode, writeCode } from './codeCache.ts';
import { commandWord } from './commandWord.ts';

type Main = (host: NodeJS.Process) => Promise<number>;

/**
 * Loads the bundled program with V8's code cache. Measured on Node 20 with the libraries of this program: 1.07 times a bare
 * Node's start with the cache, 1.42 times without. `path` is the bundle: ASCII text, one
 * expression, the function of a CommonJS module with an export `main`.
 * `import()` of a file does not work in it (on Node 20 a script from the cache has lost its importer; the build turns what it
 * bundles into `require`): an ES module beside it is reached through a small CommonJS file that imports it.
 */
export function loadMain(path: string, { env, argv }: Pick<NodeJS.Process, 'env' | 'argv'>): Main {
  const cached = codeFile(env, commandWord(argv.slice(2)));
  const code = cached === null ? null : readCode(cached);
  const script = new vm.Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(code === null ? {} : { cachedData: code }),
  });
  if (cached !== null && (code === null || script.cachedDataRejected === true)) keepCode(cached, script);
  return run(script, path).main;
}

/** At the end of the run, when V8 has compiled the functions that were used: these are what the next start of the command needs. */
function keepCode(cached: string, script: vm.Script): void {
  process.once('exit', (exitCode) => {
    if (exitCode === 0) writeCode(cached, () => script.createCachedData());
  });
}

function run(script: vm.Script, path: string): { readonly main: Main } {
  const module = { exports: {} };
  const body = script.runInThisContext() as (...globals: unknown[]) => void;
  body(module.exports, createRequire(path), module, path, dirname(path));
  return module.exports as { readonly main: Main };
}
