import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { numberAt, textAt } from '../base/json.ts';
import { cannotWrite, hasCode, makeFolder, parseObject } from './file.ts';
import { readOwnProcess } from './identityFile.ts';
import { isAlive, readBootId } from './process.ts';

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
  readonly what: string;
}

/**
 * Runs `run` while holding the lock file `path`; it is released however `run` ends.
 * A lock whose owner has ended (gone, a zombie, a pid used again, another boot) is taken over.
 * Throws a UserError that names the owner when it is still held after `timeoutMs`.
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
  return owner && (await isOwnerAlive(owner)) ? { pid: owner.pid, what: owner.what } : null;
}

async function acquire(path: string, me: Owner, options: LockOptions): Promise<void> {
  const own = `${path}.${me.nonce}`;
  try {
    await writeFile(own, JSON.stringify({ version: 1, ...me }), { mode: 0o600, flag: 'wx' });
    const deadline = Date.now() + options.timeoutMs;
    for (let told = false; ; ) {
      const holder = await tryAcquire(path, own);
      if (holder === null) return;
      if (Date.now() >= deadline) throw held(holder, me);
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

/** Null when the lock is ours now, else the live owner. */
async function tryAcquire(path: string, own: string): Promise<Owner | null> {
  for (;;) {
    if (await linkOnce(own, path)) return null;
    const chain = await readChain(path);
    const last = chain.at(-1);
    if (!last) continue;
    if (await isOwnerAlive(last.owner)) return last.owner;
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
  for (let at = path; ; ) {
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
    return parseOwner(await readFile(path, 'utf8')) ?? { ...NOBODY, nonce: `damaged-${(await stat(path)).ino}` };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** The owner of a file that a power loss emptied: written before this boot, so dead. */
const NOBODY = { pid: 0, procStart: '', bootId: '', what: '' };

function parseOwner(text: string): Owner | null {
  const value = parseObject(text);
  if (!value) return null;
  const [nonce, procStart, bootId] = [textAt(value, 'nonce'), textAt(value, 'procStart'), textAt(value, 'bootId')];
  const pid = numberAt(value, 'pid');
  if (nonce === null || nonce.includes('/') || procStart === null || bootId === null || pid === null) return null;
  return { nonce, pid, procStart, bootId, what: textAt(value, 'what') ?? 'at work' };
}

async function isOwnerAlive(owner: Owner): Promise<boolean> {
  return owner.bootId === (await readBootId()) && isAlive(owner);
}

async function readSelf(what: string): Promise<Owner> {
  const { pid, procStart, boot } = await readOwnProcess();
  return { nonce: randomUUID(), pid, procStart, bootId: boot, what };
}

function describe(holder: Owner, me: Owner): string {
  return holder.pid === me.pid ? `this claude-tmux is already ${holder.what}` : `another claude-tmux (pid ${holder.pid}) is ${holder.what}`;
}

function held(holder: Owner, me: Owner): UserError {
  return new UserError(describe(holder, me), { hint: `wait until it has ended, or end it with: kill ${holder.pid}` });
}
