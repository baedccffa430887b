import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject } from '../base/json.ts';
import { readNames, readText } from '../store/file.ts';

/** A skill, an agent or a command of a repository, as Claude Code finds it. */
export interface Instruction {
  /** Relative to the tree. */
  readonly name: string;
  readonly text: string;
  /** Its front matter, the YAML between two lines `---` at the start; `unreadable` where that is no mapping and may permit something. */
  readonly head: Readonly<Record<string, unknown>> | 'unreadable';
}

interface Instructions {
  readonly files: readonly Instruction[];
  /** A line for each folder that was not read to its end. */
  readonly left: readonly string[];
}

const FOLDERS = ['skills', 'agents', 'commands'] as const;
const DEEPEST = 5;
const MOST_FILES = 1000;
const UNREADABLE = 'unreadable';
const GRANTING = /\b(?:hooks|allowed-tools|mcpServers|permissionMode)["']?\s*:/;

/** Reads those below `.claude` of a folder of the tree. Links are followed, as Claude Code does; a circle of them ends at the depth. */
export async function readInstructions(tree: string, dir: string): Promise<Instructions> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const name = join(dir, '.claude', folder);
      const names = await markdownBelow(tree, name, DEEPEST);
      const files = await Promise.all(names.slice(0, MOST_FILES).map((file) => readInstruction(tree, file)));
      return {
        files: files.filter((file) => file !== null),
        left:
          names.length > MOST_FILES ? [`${name} holds ${names.length} files, of which ${MOST_FILES} were read`] : [],
      };
    }),
  );
  return { files: found.flatMap(({ files }) => files), left: found.flatMap(({ left }) => left) };
}

async function markdownBelow(tree: string, folder: string, depth: number): Promise<readonly string[]> {
  const names = await readNames(join(tree, folder)).catch(() => []);
  const found: string[] = [];
  for (const name of [...names].sort()) {
    if (found.length > MOST_FILES) break;
    if (name.endsWith('.md')) found.push(join(folder, name));
    else if (depth > 0) found.push(...(await markdownBelow(tree, join(folder, name), depth - 1)));
  }
  return found;
}

async function readInstruction(tree: string, name: string): Promise<Instruction | null> {
  const text = await readText(join(tree, name)).catch(() => undefined);
  if (text === undefined) return { name, text: '', head: UNREADABLE };
  if (text === null) return null;
  const head = /^---[ \t]*\r?\n([^]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text.replace(/^\uFEFF/, ''))?.[1];
  if (head === undefined) return { name, text, head: {} };
  return { name, text, head: parseHead(head) };
}

/** Claude Code reads more than YAML allows, as `description: Use when: never`: only a head that may grant something counts then. */
function parseHead(text: string): Instruction['head'] {
  try {
    const value: unknown = parse(text, { logLevel: 'error' });
    if (isObject(value)) return value;
  } catch {
    // Looked at below.
  }
  return GRANTING.test(text) ? UNREADABLE : {};
}
