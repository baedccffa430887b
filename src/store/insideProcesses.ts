import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { hasCode } from './file.ts';

/** A process whose working folder lies in a tree. */
export interface InsideProcess {
  readonly pid: number;
  readonly parent: number;
  /** Name of its program. */
  readonly name: string;
  readonly cwd: string;
}

/**
 * The live processes that stand in `folder` (a real path) or below it. Those of other users are not seen: the system does not show where they
 * stand. Throws when the system cannot be asked.
 */
export async function readInsideProcesses(folder: string): Promise<readonly InsideProcess[]> {
  const all = process.platform === 'linux' ? await readProc() : parseLsof(await askLsof());
  return all.filter(({ cwd }) => cwd === folder || cwd.startsWith(`${folder}/`));
}

async function readProc(): Promise<readonly InsideProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(readOne));
  return found.filter((one) => one !== null);
}

/** Null for one that has ended, a zombie, and another user's. */
async function readOne(pid: string): Promise<InsideProcess | null> {
  try {
    const cwd = await readlink(`/proc/${pid}/cwd`);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (/^[ZX]/.test(state)) return null;
    return {
      pid: Number(pid),
      parent: Number(parent),
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      cwd,
    };
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

/** macOS has no /proc. `-F` writes a field a line: p(id), R (parent), c(ommand), n(ame of the folder). */
function askLsof(): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      '/usr/sbin/lsof',
      ['-w', '-a', '-d', 'cwd', '-F', 'pRcn'],
      { timeout: 20_000, maxBuffer: 64 * 1024 * 1024, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' } },
      (error, stdout) => {
        // lsof ends with 1 as soon as one process could not be looked at.
        if (error && (typeof error.code !== 'number' || stdout === ''))
          reject(
            new UserError('lsof, which tells where processes run, gave no answer', {
              hint: 'try `/usr/sbin/lsof -d cwd` by hand',
              cause: error,
            }),
          );
        else resolve(stdout);
      },
    );
  });
}

/** The records of `lsof -F pRcn`. */
export function parseLsof(text: string): readonly InsideProcess[] {
  return text.split(/^(?=p)/m).flatMap((record): InsideProcess[] => {
    const field = (letter: string): string => new RegExp(`^${letter}(.*)$`, 'm').exec(record)?.[1] ?? '';
    return field('n') === ''
      ? []
      : [{ pid: Number(field('p')), parent: Number(field('R')), name: field('c'), cwd: field('n') }];
  });
}
