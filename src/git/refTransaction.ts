import type { Env } from '../store/paths.ts';
import { talkToGit } from './run/mutate.ts';
import { gitError } from './run/start.ts';

export interface RefUpdate {
  readonly ref: string;
  readonly to: string;
  /** Its value now; null when whatever it is may be replaced. */
  readonly from: string | null;
}

/** Refs that git has checked and locked for us. Who else wants to move one meanwhile is told "cannot lock ref" and has lost nothing. */
export interface HeldRefs {
  /** Moves all of them, or throws and moves none. */
  commit(): Promise<void>;
  release(): Promise<void>;
}

/** A hook of the repository (reference-transaction) may take its time; one that hangs may not hold the refs for ever. */
const PATIENCE_MS = 20_000;

/**
 * Locks the refs, and HEAD where it leads to one of them, provided that each still has its value (`update-ref --stdin`, git 2.27).
 * They are released when this process dies: git gives up at the end of its input. Throws ProgramError when one has moved or is locked.
 */
export async function holdRefs(
  updates: readonly RefUpdate[],
  { cwd, env, message }: { readonly cwd: string; readonly env: Env; readonly message: string },
): Promise<HeldRefs> {
  const argv = ['update-ref', '-m', message, '--stdin'];
  const child = await talkToGit(argv, { cwd, env });
  let [said, complaint] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => undefined);
  const expect = async (word: string): Promise<void> => {
    const timer = setTimeout(() => child.kill(), PATIENCE_MS);
    const heard = new Promise<null>((resolve) => {
      const listen = (): void => (said.includes(`${word}: ok`) ? resolve(null) : undefined);
      child.stdout.on('data', listen);
      listen();
    });
    const code = await Promise.race([heard.then(() => 'heard' as const), ended]);
    clearTimeout(timer);
    if (code !== 'heard' && !said.includes(`${word}: ok`)) throw gitError(argv, { code, stderr: complaint });
  };
  const lines = updates.map(({ ref, to, from }) => `update ${ref} ${to}${from === null ? '' : ` ${from}`}\n`);
  child.stdin.write(`start\n${lines.join('')}prepare\n`);
  await expect('prepare');
  return {
    commit: async () => {
      child.stdin.end('commit\n');
      await expect('commit');
      await ended;
    },
    release: async () => {
      child.stdin.end('abort\n');
      await ended;
    },
  };
}
