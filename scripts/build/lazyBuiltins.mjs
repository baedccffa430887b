import { createRequire } from 'node:module';

/** Node's modules that a start need not load: they come with their first use. None is itself a function or a class to extend. */
const LAZY = ['child_process', 'crypto', 'fs/promises', 'readline', 'readline/promises', 'timers/promises'];
const NAMESPACE = 'lazy-builtin';
const require = createRequire(import.meta.url);

/**
 * esbuild plugin: an import of such a module becomes an object whose properties load it. Commander alone would load child_process
 * and net into every start, for a feature that is not used here.
 */
export const lazyBuiltins = {
  name: NAMESPACE,
  setup(build) {
    const filter = new RegExp(`^(node:)?(${LAZY.join('|')})$`);
    build.onResolve({ filter }, ({ path, namespace }) =>
      namespace === NAMESPACE ? { path, external: true } : { path: path.replace(/^node:/, ''), namespace: NAMESPACE },
    );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: lazyModule(path) }));
  },
};

function lazyModule(name) {
  const keys = Object.keys(require(`node:${name}`));
  const getters = keys.map(
    (key) => `get ${JSON.stringify(key)}() { return require('node:${name}')[${JSON.stringify(key)}]; }`,
  );
  return `module.exports = { ${getters.join(', ')} };`;
}
