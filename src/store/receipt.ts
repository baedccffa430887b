import { isObject, numberAt, textAt, textsAt } from '../base/json.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { type JsonFormat, readJson, writeJson } from './file.ts';

/** `<workspace>/.closed/<slot>.json`, beside the tree it tells of: what was closed, from where, and what it keeps that is nowhere else. */
export interface Receipt {
  readonly version: 1;
  readonly slot: string;
  readonly id: string;
  /** The label. */
  readonly name: string;
  readonly fleet: string;
  readonly fleetName: string;
  /** ISO time. */
  readonly closedAt: string;
  readonly kind: 'clone' | 'worktree';
  /** Where the tree stood, and where it is now. */
  readonly place: string;
  readonly archive: string;
  readonly inode: number;
  readonly repo: string | null;
  readonly checkout: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly include: readonly string[];
  /** Claude's conversation; null when there was none. */
  readonly conversation: string | null;
  readonly keeps: readonly TreeRisk[];
  /** Folder with bundle, patches and files that took the tree's place; null while the tree is whole. */
  readonly shrunkTo: string | null;
}

/** The receipt at this path; null when there is none. */
export function readReceipt(path: string): Promise<Receipt | null> {
  return readJson(path, FORMAT);
}

/** Survives a power loss, and only the user may read it. */
export async function writeReceipt(path: string, receipt: Receipt): Promise<void> {
  await writeJson(path, receipt);
}

const FORMAT: JsonFormat<Receipt> = { version: 1, what: 'receipt', parse: parseReceipt };

function parseReceipt(value: unknown): Receipt | null {
  if (!isObject(value)) return null;
  const text = (key: string): string | null => textAt(value, key);
  const [slot, id, place, archive, closedAt, fleet] = [
    text('slot'),
    text('id'),
    text('place'),
    text('archive'),
    text('closedAt'),
    text('fleet'),
  ];
  if (
    slot === null ||
    id === null ||
    place === null ||
    archive === null ||
    closedAt === null ||
    fleet === null ||
    (value.kind !== 'clone' && value.kind !== 'worktree')
  )
    return null;
  return {
    version: 1,
    slot,
    id,
    name: text('name') ?? id,
    fleet,
    fleetName: text('fleetName') ?? '',
    closedAt,
    kind: value.kind,
    place,
    archive,
    inode: numberAt(value, 'inode') ?? 0,
    repo: text('repo'),
    checkout: text('checkout'),
    branch: text('branch'),
    base: text('base'),
    include: textsAt(value, 'include'),
    conversation: text('conversation'),
    keeps: parseKeeps(value.keeps),
    shrunkTo: text('shrunkTo'),
  };
}

/** What was kept is told to people and never decides: before a deletion the tree itself is asked again. */
function parseKeeps(value: unknown): readonly TreeRisk[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((risk) => ({
    // `as`: a kind that this version does not know is shown as it stands there.
    kind: (textAt(risk, 'kind') ?? 'unknown') as TreeRisk['kind'],
    where: textAt(risk, 'where') ?? '',
    name: textAt(risk, 'name'),
    count: numberAt(risk, 'count') ?? 1,
    samples: textsAt(risk, 'samples'),
  }));
}
