import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { recordOf } from '../base/record.ts';
import type { BareShell, TmuxSession } from '../plan/snapshot.ts';
import { hasCode } from '../store/file.ts';
import { readInsideProcesses } from '../store/insideProcesses.ts';
import { readArguments, readParents } from '../store/process.ts';

/**
 * The panes of `session` whose only process is a shell at its prompt that stands in one of `trees` (absolute paths), by pane id.
 * The system is asked, not tmux: its `pane_current_path` is text of whoever named the folder.
 */
export async function readRestoredShells(
  session: TmuxSession | null,
  trees: readonly string[],
): Promise<Readonly<Record<string, BareShell>>> {
  const panes = (session?.windows ?? []).flatMap((window) => window.panes);
  if (panes.length === 0) return {};
  const standing = (await Promise.all(trees.map(readStanding))).flat();
  const parents = await readParents();
  const found = await Promise.all(
    panes.map(async ({ id, pid }): Promise<[string, BareShell][]> => {
      const place = standing.find((one) => one.pid === pid);
      const name = place === undefined || parents.has(pid) ? null : bareShellName(await readArguments(pid));
      return place === undefined || name === null ? [] : [[id, { name, tree: place.tree, dir: place.dir }]];
    }),
  );
  return recordOf(found.flat());
}

interface Standing {
  readonly pid: number;
  readonly tree: string;
  readonly dir: string;
}

async function readStanding(tree: string): Promise<Standing[]> {
  const real = await realTree(tree);
  if (real === null) return [];
  return (await readInsideProcesses(real)).map(({ pid, cwd }) => ({ pid, tree, dir: cwd.slice(real.length + 1) }));
}

async function realTree(tree: string): Promise<string | null> {
  try {
    return await realpath(tree);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'zsh',
  'fish',
  'dash',
  'ash',
  'ksh',
  'mksh',
  'tcsh',
  'csh',
  'elvish',
  'nu',
  'xonsh',
  'pwsh',
]);

/** Name of the shell that waits for commands; null for other programs, and for a shell that runs a script or a command (`sh FILE`, `bash -c …`). */
export function bareShellName([program = '', ...args]: readonly string[]): string | null {
  const name = basename(program.replace(/^-/, ''));
  const isPlain = args.every((arg) => /^-[abd-z]+$/.test(arg) || (/^--[a-z-]+$/.test(arg) && !arg.startsWith('--c')));
  return SHELLS.has(name) && isPlain ? name : null;
}
