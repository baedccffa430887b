import { randomUUID } from 'node:crypto';
import { link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { numberAt, textAt } from '../base/json.ts';
import { pastedFor } from '../base/pasted.ts';
import { cannotWrite, hasCode, makeFolder, parseObject } from './file.ts';
import { readOwnProcess } from './identityFile.ts';
import { compareMachines, type Machine, parseMachine, readMachine } from './machine.ts';
import { descendsFrom, isAlive } from './process.ts';
import { MOST, readRegularFile } from './regularFile.ts';

export interface LockOptions {
  /** How long to wait for another owner, in milliseconds; 0 tries once. */
  readonly timeoutMs: number;
  /** What is done under the lock; completes "another claude-tmux (pid 123) is …": `bringing up "shop"`. */
  readonly what: string;
  /** Called once when somebody else holds it, with the sentence that says who. */
  readonly onWait?: (message: string) => void;
}

/** What stands in a lock file. `nonce` names this one holding; a file that cannot be read has an owner that is dead. */
interface Owner {
  readonly nonce: string;
  readonly pid: number;
  readonly procStart: string;
  readonly bootId: string;
  /** Null in a lock of a version that named none: this machine then. */
  readonly machine: Machine | null;
  readonly what: string;
}

/**
 * Runs `run` while holding the lock file `path`; it is released however `run` ends.
 * A lock whose owner has ended (gone, a zombie, a pid used again, another boot) is taken over; an owner on another machine, or in another
 * pid namespace, cannot be seen and is never called dead.
 * Throws a UserError that names the owner when it is still held after `timeoutMs`; soon, when the owner waits for this very process.
 */
export async function withLock<T>(path: string, options: LockOptions, run: () => Promise<T>): Promise<T> {
  const me = await readSelf(options.what);
  await makeFolder(dirname(path));
  await acquire(path, me, options);
  try {
    return await run();
  } finally {
    if ((await readOwner(path))?.nonce === me.nonce) await rm(path, { force: true });
  }
}

/** Who holds the lock now; null when nobody alive does. */
export async function readLockOwner(path: string): Promise<{ readonly pid: number; readonly what: string } | null> {
  const owner = await readOwner(path);
  return owner && (await readHold(owner)) !== 'dead' ? { pid: owner.pid, what: owner.what } : null;
}

/** Removes a lock whose owner is on another machine, once somebody has said that nothing runs there any more. */
export async function dropForeignLock(path: string): Promise<void> {
  const owner = await readOwner(path);
  if (owner !== null && (await readHold(owner)) === 'unseen') await rm(path, { force: true });
}

async function acquire(path: string, me: Owner, options: LockOptions): Promise<void> {
  const own = `${path}.${me.nonce}`;
  try {
    await writeFile(own, JSON.stringify({ version: 1, ...me }), { mode: 0o600, flag: 'wx' });
    const begun = Date.now();
    const deadline = begun + options.timeoutMs;
    for (let told = false; ;) {
      const holder = await tryAcquire(path, own);
      if (holder === null) return;
      if (Date.now() >= (await deadlineFor(holder, { deadline, begun }))) throw await held(path, holder, me);
      if (!told) options.onWait?.(describe(holder, me));
      told = true;
      await pause(50);
    }
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await rm(own, { force: true }).catch(() => undefined); // what it would say has been said
  }
}

/** Whether an owner that cannot be seen still lives is not known: it is waited for a moment only. In milliseconds. */
const UNSEEN_PATIENCE = 10_000;
/** As long as a hook of git needs to leave what it starts in the background behind. In milliseconds. */
const DESCENDANT_PATIENCE = 2_000;

async function deadlineFor(
  holder: Owner,
  { deadline, begun }: { readonly deadline: number; readonly begun: number },
): Promise<number> {
  const hold = await readHold(holder);
  if (hold === 'unseen') return Math.min(deadline, begun + UNSEEN_PATIENCE);
  const isLate = Date.now() >= begun + DESCENDANT_PATIENCE;
  return isLate && hold === 'lives' && (await waitsForUs(holder)) ? begun : deadline;
}

/** True for an owner that has started this process, by a git hook, say: it goes on when this one has ended, and not before. */
async function waitsForUs({ pid }: Owner): Promise<boolean> {
  return pid !== process.pid && descendsFrom(process.pid, pid, DEEPEST);
}

/** Shells, git, make and npm between the two. */
const DEEPEST = 64;

/** Null when the lock is ours now, else the live owner. */
async function tryAcquire(path: string, own: string): Promise<Owner | null> {
  for (;;) {
    if (await linkOnce(own, path)) return null;
    const chain = await readChain(path);
    const last = chain.at(-1);
    if (!last) continue;
    if ((await readHold(last.owner)) !== 'dead') return last.owner;
    if (await takeOver({ path, own, chain })) return null;
  }
}

/**
 * The lock file, then the claim on its owner's death, then the claim on that claimant's death, and so on; the last one counts.
 * Two takers cannot both win: a claim is made with an exclusive link, its name holds the dead owner's nonce, and who has it looks
 * again whether the whole chain still stands before replacing the lock. The lock file is never absent in between.
 */
async function readChain(path: string): Promise<readonly Link[]> {
  const chain: Link[] = [];
  for (let at = path; ;) {
    const owner = await readOwner(at);
    if (!owner) return chain;
    chain.push({ at, owner });
    at = `${path}.after-${owner.nonce}`;
  }
}
interface Link {
  readonly at: string;
  readonly owner: Owner;
}

async function takeOver({ path, own, chain }: { path: string; own: string; chain: readonly Link[] }): Promise<boolean> {
  const dead = chain.at(-1);
  if (!dead) return false;
  const claim = `${path}.after-${dead.owner.nonce}`;
  if (!(await linkOnce(own, claim))) return false;
  const now = await readChain(path);
  const stands = chain.every((link, index) => now[index]?.owner.nonce === link.owner.nonce);
  if (stands) await rename(own, path);
  for (const { at } of stands ? chain.slice(1) : []) await rm(at, { force: true });
  await rm(claim, { force: true });
  return stands;
}

/** A file that appears with its whole content or not at all; false when there is one already. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return (
      parseOwner(readRegularFile(path, MOST.mark)?.text ?? '') ?? {
        ...NOBODY,
        nonce: `damaged-${(await stat(path)).ino}`,
      }
    );
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** The owner of a file that a power loss emptied: written before this boot, so dead. */
const NOBODY = { pid: 0, procStart: '', bootId: '', machine: null, what: '' };

function parseOwner(text: string): Owner | null {
  const value = parseObject(text);
  if (!value) return null;
  const [nonce, procStart, bootId] = [textAt(value, 'nonce'), textAt(value, 'procStart'), textAt(value, 'bootId')];
  const pid = numberAt(value, 'pid');
  if (nonce === null || nonce.includes('/') || procStart === null || bootId === null || pid === null) return null;
  return {
    nonce,
    pid,
    procStart,
    bootId,
    machine: parseMachine(value.machine),
    what: textAt(value, 'what') ?? 'at work',
  };
}

/** `unseen`: on another machine or in another pid namespace, where it may live. */
type Hold = 'lives' | 'unseen' | 'dead';

async function readHold(owner: Owner): Promise<Hold> {
  const here = await readMachine();
  const where = compareMachines(owner.machine ?? { ...here, boot: owner.bootId }, here);
  if (where === 'elsewhere' || where === 'restarted') return 'unseen';
  return where === 'here' && (await isAlive(owner)) ? 'lives' : 'dead';
}

async function readSelf(what: string): Promise<Owner> {
  const [{ pid, procStart, boot }, machine] = await Promise.all([readOwnProcess(), readMachine()]);
  return { nonce: randomUUID(), pid, procStart, bootId: boot, machine, what };
}

function describe(holder: Owner, me: Owner): string {
  const isOwn = holder.pid === me.pid && holder.procStart === me.procStart;
  if (isOwn) return `this claude-tmux is already ${holder.what}`;
  const where = isElsewhere(holder, me) ? ` on ${describeHost(holder.machine, me.machine)}` : '';
  return `another claude-tmux (pid ${holder.pid}${where}) is ${holder.what}`;
}

function isElsewhere({ machine }: Owner, me: Owner): boolean {
  return (
    machine !== null &&
    me.machine !== null &&
    (machine.id !== me.machine.id || machine.namespace !== me.machine.namespace)
  );
}

function describeHost(there: Machine | null, here: Machine | null): string {
  const host = `"${there?.host ?? ''}"`;
  return there?.boot === here?.boot
    ? `${host}, in another pid namespace (a container) of this machine`
    : `the machine ${host}`;
}

async function held(path: string, holder: Owner, me: Owner): Promise<UserError> {
  const isUnseen = (await readHold(holder)) === 'unseen';
  if (!isUnseen && (await waitsForUs(holder))) {
    const hint =
      'it waits for this command (a git hook that it runs, say): start this one afterwards, or in the background';
    return new UserError(`${describe(holder, me)}, and has started this one`, { hint });
  }
  const hint = isUnseen
    ? `wait until it has ended there; it cannot be seen from here, so if it is gone for good: ${pastedFor`rm ${path}`}`
    : `wait until it has ended, or end it with: ${pastedFor`kill ${holder.pid}`}`;
  return new UserError(describe(holder, me), { hint });
}
