import { VERSION } from './version.ts';

/**
 * The file behind `bin`. It is small and imports nothing before it must: `--version` is answered in Node's own start-up time,
 * and a Node that is too old gets a sentence instead of a syntax error (this file is built for Node 12).
 */
const OLDEST_NODE = 20;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(`claude-tmux needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  process.stdout.write(`${VERSION}\n`);
} else {
  void start();
}

async function start(): Promise<void> {
  try {
    const { loadMain } = await import('./loadMain.ts');
    process.exitCode = await loadMain(`${import.meta.dirname}/main.cjs`, process)(process);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 70;
  }
}
