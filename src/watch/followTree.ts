import { performance } from 'node:perf_hooks';
import { readTree, type TreeReading } from '../apply/readStatus.ts';
import { ProgramError } from '../base/errors.ts';
import { readHeadBranch } from '../git/gitDir.ts';
import type { Env } from '../store/paths.ts';
import { gapAfter, gapAfterSilence, pollGap, restGap, type TreeLimits } from './pace.ts';
import { watchBudget, type WatchBudget } from './watchBudget.ts';
import { watchRepository, type RepositoryWatch } from './watchRepository.ts';

export interface FollowOptions {
  readonly env: Env;
  /** Branch of origin that ahead and behind are counted against, as readTreeStatus takes it. */
  readonly base: string | null;
  readonly limits: TreeLimits;
  readonly budget: WatchBudget;
  /** One watch for a whole tree: macOS. */
  readonly wholeTrees: boolean;
  /** Runs a question when its turn has come. */
  readonly takeTurn: (run: () => Promise<void>) => Promise<void>;
  /** An event, whatever it means. */
  readonly onHeard: () => void;
  /** The reading is another one than before. */
  readonly onChange: () => void;
  readonly onProblem: (text: string) => void;
}

/** One tree whose reading is kept current. */
export interface FollowedClone {
  /** The latest; null until the first answer. */
  reading(): TreeReading | null;
  /** True while some changes come without an event. */
  isBlind(): boolean;
  /** Resolves when all that was heard of before is in the reading; does not wait for a git that was silent the last time. */
  settle(): Promise<void>;
  /** Takes nothing for known, because events were lost, and asks. */
  expire(): void;
  /** Finds what nobody tells of: a repository in another's place, room for its watches, a very long rest. */
  sweep(): void;
  close(): void;
}

interface Clone extends FollowOptions {
  readonly path: string;
  readonly watch: RepositoryWatch;
  reading: TreeReading | null;
  /** What HEAD said during the last question, which may have seen an older one. */
  head: { readonly branch: string | null } | null;
  /** Something happened that no question has covered yet. */
  isDirty: boolean;
  /** Some changes come without an event. */
  isBlind: boolean;
  /** No ref has changed since the last question, so what was counted against the base holds for the same HEAD. */
  areRefsKnown: boolean;
  /** The question that is asked or waits for its turn. */
  asking: Promise<void> | null;
  /** What is being read, also for a question that nobody waits for any more; null between two. Never rejects. */
  answer: Promise<TreeReading> | null;
  /** Questions so far. */
  begun: number;
  ended: number;
  timer: NodeJS.Timeout | null;
  /** When the last question ended (on performance.now()'s clock), and how long it took. */
  endedAt: number;
  spentMs: number;
  /** Answers in a row that brought nothing new. */
  unchanged: number;
  /** Questions in a row that git did not answer. */
  silent: number;
  /** A git that was told to end has not ended; no second one is started beside it. */
  isStuck: boolean;
  isClosed: boolean;
}

export function followTree(path: string, options: FollowOptions): FollowedClone {
  const { env, limits } = options;
  const onEvent = (): void => touch(clone);
  const budget = watchBudget(limits.foldersInTree, options.budget);
  const onRefs = (): void => {
    clone.areRefsKnown = false;
  };
  const onHead = (gitDir: string): void => void readHead(clone, gitDir);
  const watch = watchRepository(path, {
    env,
    timeoutMs: limits.timeoutMs,
    budget,
    wholeTrees: options.wholeTrees,
    onHeard: options.onHeard,
    onEvent,
    onRefs,
    onHead,
  });
  const clone: Clone = { ...options, ...AT_FIRST, path, watch };
  start(clone);
  return {
    reading: () => clone.reading,
    isBlind: () => clone.isBlind,
    settle: () => settle(clone),
    expire() {
      watch.expire();
      onRefs();
      touch(clone);
    },
    sweep: () => sweep(clone),
    close() {
      clone.isClosed = true;
      clearTimer(clone);
      if (clone.answer === null) watch.close();
      else void clone.answer.finally(() => watch.close());
    },
  };
}

const AT_FIRST = {
  reading: null,
  head: null,
  isDirty: true,
  isBlind: true,
  areRefsKnown: false,
  asking: null,
  answer: null,
  begun: 0,
  ended: 0,
  timer: null,
  endedAt: 0,
  spentMs: 0,
  unchanged: 0,
  silent: 0,
  isStuck: false,
  isClosed: false,
};

/** Asks soon: what one save or one git command does comes together. */
function touch(clone: Clone): void {
  if (clone.isDirty || clone.isClosed) return;
  clone.isDirty = true;
  if (clone.asking === null) schedule(clone);
}

/** One timer a clone, and none while nothing is due. */
function schedule(clone: Clone): void {
  clearTimer(clone);
  const gap = gapOf(clone);
  if (gap === null || clone.isClosed) return;
  const lead = clone.isDirty ? clone.limits.leadMs : 0;
  clone.timer = setTimeout(() => start(clone), Math.max(lead, clone.endedAt + gap - performance.now()));
}

/** Milliseconds from the last answer to the next question; null when an event has to come first. */
function gapOf({ silent, isDirty, isBlind, reading, unchanged, spentMs, limits }: Clone): number | null {
  if (silent > 0) return gapAfterSilence(silent, limits);
  if (isDirty) return gapAfter(spentMs, limits);
  return isBlind || isError(reading) ? pollGap(unchanged, { spentMs, limits }) : null;
}

function start(clone: Clone): void {
  clearTimer(clone);
  if (clone.asking !== null || clone.isClosed) return;
  if (clone.isStuck) {
    clone.silent++;
    clone.endedAt = performance.now();
    schedule(clone);
    return;
  }
  clone.asking = clone
    .takeTurn(() => ask(clone))
    .finally(() => {
      clone.asking = null;
      schedule(clone);
    });
}

async function ask(clone: Clone): Promise<void> {
  if (clone.isClosed) return;
  clone.begun++;
  clone.isDirty = false;
  clone.head = null;
  const from = performance.now();
  clone.answer = read(clone).finally(() => {
    clone.answer = null;
  });
  const reading = await inTime(clone, clone.answer);
  clone.endedAt = performance.now();
  clone.spentMs = clone.endedAt - from;
  clone.silent = isError(reading) && clone.spentMs >= clone.limits.timeoutMs ? clone.silent + 1 : 0;
  clone.ended++;
  publish(clone, withHead(reading, clone.head));
}

/** SIGTERM does not end a git that the kernel holds (a dead network drive): its answer is taken whenever it comes. */
const GRACE_MS = 1000;

async function inTime(clone: Clone, answer: Promise<TreeReading>): Promise<TreeReading> {
  const { timeoutMs } = clone.limits;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs + GRACE_MS);
  });
  const reading = await Promise.race([answer, late]);
  clearTimeout(timer);
  if (reading !== null) return reading;
  clone.isStuck = true;
  void answer.then((late) => {
    clone.isStuck = false;
    publish(clone, late);
  });
  return { error: `git gave no answer within ${timeoutMs / 1000} s` };
}

/** Watches first: what the answer misses comes as an event then. Never rejects. */
async function read(clone: Clone): Promise<TreeReading> {
  const { watch, env, limits, path, base } = clone;
  const before =
    clone.areRefsKnown && clone.reading !== null && 'status' in clone.reading ? clone.reading.status : null;
  clone.areRefsKnown = true;
  try {
    clone.isBlind = true;
    clone.isBlind = !(await watch.refresh());
    if (clone.isBlind) clone.areRefsKnown = false;
  } catch (error) {
    clone.areRefsKnown = false;
    if (isSilence(error)) return { error: messageOf(error) };
  }
  try {
    return await readTree({ env, timeoutMs: limits.timeoutMs, before: clone.areRefsKnown ? before : null }, path, base);
  } catch (error) {
    // A file that vanished between two looks, or a mistake of ours: neither ends the watching of the others.
    clone.onProblem(`"${path}" could not be asked: ${messageOf(error)}`);
    return { error: messageOf(error) };
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof ProgramError && error.code === null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isError(reading: TreeReading | null): boolean {
  return reading !== null && 'error' in reading;
}

function publish(clone: Clone, reading: TreeReading): void {
  if (clone.isClosed) return;
  const isNew = JSON.stringify(reading) !== JSON.stringify(clone.reading);
  clone.unchanged = isNew ? 0 : clone.unchanged + 1;
  clone.reading = reading;
  if (isNew) clone.onChange();
}

/** The branch is told by the file (6 µs) before git is asked for the rest. */
async function readHead(clone: Clone, gitDir: string): Promise<void> {
  const head = await readHeadBranch(gitDir).catch(() => 'unknown' as const);
  if (head === 'unknown' || clone.reading === null) return;
  clone.head = head;
  publish(clone, withHead(clone.reading, head));
}

function withHead(reading: TreeReading, head: Clone['head']): TreeReading {
  return 'error' in reading || head === null ? reading : { status: { ...reading.status, branch: head.branch } };
}

async function settle(clone: Clone): Promise<void> {
  const { silent, isDirty, isBlind, reading } = clone;
  if (silent > 0) return;
  const target = clone.begun + (isDirty || isBlind || isError(reading) ? 1 : 0);
  while (clone.ended < target && !clone.isClosed && !clone.isStuck) {
    start(clone);
    await clone.asking;
  }
}

function sweep(clone: Clone): void {
  clone.watch.retry();
  const isRested = performance.now() - clone.endedAt > restGap(clone.spentMs);
  if (!isRested && !isError(clone.reading) && clone.watch.isAsRefreshed()) return;
  clone.areRefsKnown = false;
  touch(clone);
}

function clearTimer(clone: Clone): void {
  if (clone.timer) clearTimeout(clone.timer);
  clone.timer = null;
}
