import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ProvenRef } from '../status/mergeProof.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { readInsideProcesses, type InsideProcess } from '../store/insideProcesses.ts';
import { hasCode, readText } from '../store/file.ts';
import { descendsFrom } from '../store/process.ts';
import type { Env } from '../store/paths.ts';
import { readBranchRisk, readCommitRisks } from './commitRisks.ts';
import { readCopyRisks, readFileRisks } from './fileRisks.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import { findModules, findNestedRepositories } from './nestedRepositories.ts';
import type { RemoteNow } from './remoteNow.ts';
import { readLargeRisks } from './largeRisks.ts';
import { askNestedRemote } from './nestedRemote.ts';
import { gitPlace, orUnknown, riskOf, type RiskPlace } from './riskOptions.ts';
import { readGit } from './run/ask.ts';
import { readOperation } from './treeStatus.ts';

export interface RiskOptions {
  /** Branch that the work is to be merged into; null for the remote's HEAD. */
  readonly base: string | null;
  /** Globs of git-ignored files that were copied into the tree (`include`). */
  readonly include: readonly string[];
  /** Root of the checkout they were copied from; null when there is none to compare with. */
  readonly checkout: string | null;
  /** What the remote has (readRemoteNow); null judges by the tree's remote-tracking branches alone. */
  readonly remote: RemoteNow | null;
  /** True before a deletion: remote-tracking branches, which may be of long ago, keep nothing then. */
  readonly onlyAsked?: boolean;
  /** Processes that may stand in the tree: the session's own. */
  readonly mayStand?: (pid: number) => boolean | Promise<boolean>;
  /** Called for each ref whose work is shown to be elsewhere, with the proof. */
  readonly onProof?: (proven: ProvenRef) => void;
  readonly env: Env;
}

/**
 * Everything that would be lost if the folder of a clone or worktree went, submodules and repositories inside it included; empty when
 * nothing would. A question that cannot be answered is a risk of kind `unknown`. Only reads. Of a worktree the branch is not counted:
 * it stays in the repository the worktree belongs to (see readUnmergedBranch).
 */
export async function readTreeRisks(tree: string, options: RiskOptions): Promise<readonly TreeRisk[]> {
  const parts = await Promise.all([
    readRepositoryRisks(tree, '', options),
    orUnknown('which processes run in it', '', () => readProcessRisks(tree, options.mayStand)),
    orUnknown('what repositories lie inside', '', () => readInnerRisks(tree, options)),
  ]);
  return parts.flat();
}

type BranchOptions = Pick<RiskOptions, 'base' | 'remote' | 'onlyAsked' | 'onProof' | 'env'>;

/** The commits on a worktree's own branch that are merged nowhere: not lost with the folder, and worth telling. */
export async function readUnmergedBranch(tree: string, options: BranchOptions): Promise<readonly TreeRisk[]> {
  return orUnknown('whether its branch is merged', '', async () => {
    const place = await readRiskPlace(tree, '', options);
    return place === null ? [] : readBranchRisk(place);
  });
}

async function readRepositoryRisks(tree: string, where: string, options: RiskOptions): Promise<readonly TreeRisk[]> {
  return orUnknown('what is in it', where, async () => {
    const place = await readRiskPlace(join(tree, where), where, options);
    if (place === null)
      return [
        {
          kind: 'unknown',
          where,
          name: 'what is in it',
          count: 1,
          samples: ['it is not a git repository that can be read'],
        },
      ];
    const copies = where === '' ? readCopyRisks(place, options) : Promise.resolve([]);
    const parts = await Promise.all([
      orUnknown('which files changed', where, () => readFileRisks(place)),
      orUnknown('which ignored files are copies', where, () => copies),
      orUnknown('which commits only it has', where, () => readCommitRisks(place)),
      orUnknown('which large files only it has', where, () =>
        readLargeRisks(place, where === '' ? options.checkout : null),
      ),
      orUnknown('which worktrees belong to it', where, () => readWorktreeRisks(place, tree)),
    ]);
    return [...parts.flat(), ...operationRisk(place)];
  });
}

/** Null when no repository stands there. */
async function readRiskPlace(
  root: string,
  where: string,
  { base, remote, onlyAsked = false, onProof, env }: BranchOptions,
): Promise<RiskPlace | null> {
  const place = await readPlace(root);
  if (place.kind !== 'repository') return null;
  const isWorktree = (await readCommonDir(place.gitDir)) !== place.gitDir;
  const found = { root, gitDir: place.gitDir, isWorktree, where, env, base, remote, onlyAsked, onProof };
  return where === '' ? found : nestedPlace({ ...found, base: null }, root.slice(0, -where.length - 1), remote);
}

function operationRisk({ gitDir, where }: RiskPlace): readonly TreeRisk[] {
  const operation = readOperation(gitDir);
  return operation === null ? [] : [{ kind: 'operation', where, name: operation, count: 1, samples: [] }];
}

/** Worktrees outside the folder lose their repository with it; those inside are looked at as repositories of their own. */
async function readWorktreeRisks(place: RiskPlace, tree: string): Promise<readonly TreeRisk[]> {
  if (place.isWorktree) return [];
  const text = await readGit(['worktree', 'list', '--porcelain'], gitPlace(place));
  const paths = [...text.matchAll(/^worktree (.+)$/gm)].map(([, path = '']) => path).slice(1);
  const outside = (await Promise.all(paths.map((path) => realpath(path).catch(() => path)))).filter((path) =>
    relative(tree, path).startsWith('..'),
  );
  return riskOf('worktree', place.where, outside);
}

async function readProcessRisks(tree: string, mayStand: RiskOptions['mayStand']): Promise<readonly TreeRisk[]> {
  const inside = await readInsideProcesses(await realpath(tree));
  const others: InsideProcess[] = [];
  for (const one of inside) if (!(await isOurs(one.pid)) && (await mayStand?.(one.pid)) !== true) others.push(one);
  others.sort((a, b) => a.pid - b.pid);
  return riskOf(
    'process',
    '',
    others.map(({ pid, name }) => `${name} (pid ${pid})`),
  );
}

/** This program, and what the other questions about the tree have started there meanwhile: git, and a filter of git's. */
async function isOurs(pid: number): Promise<boolean> {
  return pid === process.pid || (await descendsFrom(pid, process.pid)) || !isThere(pid);
}

/** One that has ended since is no risk. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** Submodules, clones and worktrees inside, each as deep as it goes; bare repositories; and submodules of which only the git folder is left. */
async function readInnerRisks(tree: string, options: RiskOptions): Promise<readonly TreeRisk[]> {
  const risks: TreeRisk[] = [];
  const seen = new Set<string>();
  const bare = new Set<string>();
  const waiting = [''];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const place = await readPlace(join(tree, at));
    if (place.kind === 'repository') {
      seen.add(await realpath(place.gitDir));
      for (const folder of await findModules(place.gitDir)) bare.add(folder);
    }
    if (at !== '') risks.push(...(await readRepositoryRisks(tree, at, options)));
    const nested = await findNestedRepositories(join(tree, at));
    waiting.push(...nested.trees.map((folder) => join(at, folder)));
    for (const folder of nested.bare)
      if (!(await isTracked(join(tree, at), folder, options.env))) bare.add(join(tree, at, folder));
  }
  for (const gitDir of bare)
    if (!seen.has(await realpath(gitDir))) risks.push(...(await readBareRisks(tree, gitDir, options)));
  return risks;
}

/** A folder that looks like a repository and is content of the one around it, as test data is. */
async function isTracked(root: string, folder: string, env: Env): Promise<boolean> {
  const place = await readPlace(root);
  if (place.kind !== 'repository') return false;
  return (await readGit(['ls-files', '-z', '--', `:(top,literal)${folder}/HEAD`], { cwd: root, env })) !== '';
}

/** A repository without files: a bare one, or a submodule that was taken out of the work tree. Its commits count all the same. */
async function readBareRisks(tree: string, gitDir: string, options: RiskOptions): Promise<readonly TreeRisk[]> {
  const where = relative(tree, gitDir);
  return orUnknown('which commits only it has', where, async () => {
    const place = await nestedPlace(
      {
        root: gitDir,
        gitDir,
        isWorktree: false,
        where,
        env: options.env,
        base: null,
        remote: null,
        onlyAsked: options.onlyAsked ?? false,
        onProof: options.onProof,
      },
      tree,
      options.remote,
    );
    return [...(await readCommitRisks(place)), ...(await readWorktreeRisks(place, tree))];
  });
}

/** Another repository has another remote, which is asked itself before a deletion; but what the outer one's remote has is safe wherever it lies. */
async function nestedPlace(place: RiskPlace, tree: string, outer: RemoteNow | null): Promise<RiskPlace> {
  const remote = place.onlyAsked ? await askNestedRemote({ ...place, tree }) : null;
  const isAlike =
    outer !== null &&
    (await readHash(place.gitDir)) === ([...outer.branches.values()][0]?.length === 64 ? 'sha256' : 'sha1');
  return { ...place, remote, outer: isAlike ? outer : null };
}

async function readHash(gitDir: string): Promise<'sha1' | 'sha256'> {
  const config = await readText(join(await readCommonDir(gitDir), 'config'));
  return /^\s*objectformat\s*=\s*sha256/im.test(config ?? '') ? 'sha256' : 'sha1';
}
