import { assertNever } from '../base/assertNever.ts';
import { plural } from '../base/text.ts';
import { bringWork } from '../git/bringWork.ts';
import { makeClone, type CloneReport } from '../git/clone.ts';
import { copyFiles, type CopyReport } from '../git/copyFiles.ts';
import { fillMirror, type Mirror } from '../git/mirror.ts';
import { localPath } from '../git/remoteUrl.ts';
import { askForSubmodules } from '../git/submodules.ts';
import { makeWorktree } from '../git/worktree.ts';
import type { TreeStep } from '../plan/step.ts';
import { beginTask } from './beginTask.ts';
import type { Context } from './context.ts';
import { makeProgress, type Progress } from './progress.ts';
import type { FleetPlace } from './readEvidence.ts';
import { runSteps, type StepResults } from './runSteps.ts';

type FolderStep = Exclude<TreeStep, { kind: 'run-setup' }>;

export interface TreesInput {
  /** All but the setups: those run in the panes. */
  readonly steps: readonly FolderStep[];
  /** The fleet they are of. */
  readonly fleet: FleetPlace;
  /** Files of the checkout with the user's own settings for Claude, relative; for new trees of the fleet's repository. */
  readonly localSettings: readonly string[];
}

export interface TreesResult extends StepResults {
  /** A sentence for each tree that is there and lacks submodules. */
  readonly incomplete: readonly string[];
}

/**
 * Makes and repairs the trees: mirrors first and alone, as their fetch may ask on the terminal; then clones side by side, without a question.
 * What submodules need one for is fetched at the end, when nothing else is on the terminal.
 */
export async function applyTrees(context: Context, input: TreesInput): Promise<TreesResult> {
  const lacking: Lacking[] = [];
  const results = await runAll(context, { ...input, lacking });
  return { ...results, incomplete: await completeSubmodules(context, lacking) };
}

/** A tree that lacks submodules, and why. */
interface Lacking {
  readonly step: Extract<FolderStep, { spec: unknown }>;
  readonly words: string;
}

async function completeSubmodules(context: Context, lacking: readonly Lacking[]): Promise<readonly string[]> {
  const incomplete: string[] = [];
  for (const { step, words } of lacking) {
    const mayHelp =
      context.interactive &&
      !context.signal.aborted &&
      /Permission denied|could not read|Host key verification|Authentication failed|terminal prompts disabled/.test(
        words,
      );
    if (mayHelp) context.talk(`fetching the submodules of "${step.pane}"; git may ask`);
    const left = mayHelp
      ? await askForSubmodules(step.spec.path, { env: context.env, checkout: step.checkout, signal: context.signal })
      : words;
    if (left !== null) incomplete.push(`"${step.pane}": ${left} (in ${step.spec.path})`);
  }
  return incomplete;
}

interface AllTrees extends TreesInput {
  readonly lacking: Lacking[];
}

async function runAll(context: Context, input: AllTrees): Promise<StepResults> {
  const mirrors = new Map<string, Mirror>();
  const fetches = input.steps.filter((step) => step.kind === 'fetch-mirror');
  const progress = makeProgress(context);
  try {
    const fetched = await runSteps(
      fetches,
      { laneOf: () => ({ lane: 'mirror', most: 1 }), run: (step) => fetchMirror(context, { step, mirrors, progress }) },
      context,
    );
    const rest = input.steps.filter((step) => step.kind !== 'fetch-mirror');
    const lost = new Set([...fetched.failed.keys(), ...fetched.skipped]);
    const results = await runSteps(
      rest,
      {
        laneOf: (step) => laneOf(context, step),
        run: (step) =>
          track(context, { progress, step }, () => runTreeStep(context, { step, input, mirrors, progress })),
      },
      { signal: context.signal, lost },
    );
    return {
      done: new Set([...fetched.done, ...results.done]),
      failed: new Map([...fetched.failed, ...results.failed]),
      skipped: new Set([...fetched.skipped, ...results.skipped]),
    };
  } finally {
    progress.close();
  }
}

function laneOf(context: Context, step: FolderStep): { readonly lane: string; readonly most: number } {
  // Two worktrees of one repository at a time would wait for its locks.
  if (step.kind === 'make-worktree') return { lane: 'worktree', most: 1 };
  // One more than there are cores: a clone that waits for the disk, or for a second to end, leaves its core to the next.
  return { lane: 'clone', most: context.cores + 1 };
}

interface Fetch {
  readonly step: Extract<TreeStep, { kind: 'fetch-mirror' }>;
  readonly mirrors: Map<string, Mirror>;
  readonly progress: Progress;
}

/** On a terminal git itself shows how a fetch goes, as it may ask there; a repository of this machine is never asked for. */
async function fetchMirror(context: Context, { step, mirrors, progress }: Fetch): Promise<void> {
  const gitShows = context.interactive && localPath(step.repo) === null;
  const fill = async (onLine: (line: string) => void): Promise<string> => {
    mirrors.set(
      step.repo,
      await fillMirror({
        repo: step.repo,
        checkout: step.checkout,
        cacheDir: context.store.cache,
        env: context.env,
        terminal: context.interactive,
        shares: true,
        signal: context.signal,
        onLine,
      }),
    );
    return '';
  };
  if (!gitShows) return track(context, { progress, step }, () => fill((line) => progress.line(nameOf(step), line)));
  context.talk(`fetching ${step.target.replace(/^mirror /, '')}`);
  await fill((line) => context.talk(line));
}

/** What the display calls a step. */
function nameOf(step: FolderStep): string {
  return `${step.target}: ${step.kind}`;
}

/** Shows a step while it runs; its error's own words are told once, at the end, by the caller. */
async function track(
  context: Context,
  { progress, step }: { readonly progress: Progress; readonly step: FolderStep },
  run: () => Promise<string>,
): Promise<void> {
  const name = nameOf(step);
  progress.begin(name);
  try {
    progress.end(name, 'done', await run());
  } catch (error) {
    progress.end(name, context.signal.aborted ? 'stopped' : 'failed', '');
    throw error;
  }
}

interface StepInput {
  readonly step: FolderStep;
  readonly input: AllTrees;
  readonly mirrors: ReadonlyMap<string, Mirror>;
  readonly progress: Progress;
}

/** Does one step and resolves to what is worth saying about it. */
async function runTreeStep(context: Context, { step, input, mirrors, progress }: StepInput): Promise<string> {
  const localSettings = 'spec' in step && step.spec.repo === input.fleet.record.repo ? input.localSettings : [];
  const getsWork = input.steps.some(
    (other) => other.kind === 'bring-work' && 'pane' in step && other.pane === step.pane,
  );
  const onLacking = (words: string): void => ('spec' in step ? void input.lacking.push({ step, words }) : undefined);
  const common = {
    env: context.env,
    signal: context.signal,
    onLacking,
    onLine: (line: string): void => progress.line(nameOf(step), line),
  };
  switch (step.kind) {
    case 'fetch-mirror':
      return '';
    case 'make-clone': {
      const mirror = mirrors.get(step.spec.repo);
      if (!mirror) throw new Error(`no mirror of ${step.spec.repo} was fetched before its clone`);
      const report = await makeClone({
        ...common,
        getsWork,
        localSettings,
        mirror,
        spec: step.spec,
        basePath: step.basePath,
        checkout: step.checkout,
      });
      return describeReport(report);
    }
    case 'make-worktree':
      return describeReport(
        await makeWorktree({ ...common, getsWork, localSettings, spec: step.spec, checkout: step.checkout }),
      );
    case 'begin-task':
      return beginTask(context, {
        step,
        fleet: input.fleet,
        mirror: mirrors.get(step.spec.repo) ?? null,
        onLine: common.onLine,
        onLacking,
      });
    case 'bring-work': {
      const { commits, files } = await bringWork({ ...common, spec: step.spec, checkout: step.checkout });
      return `${plural(commits, 'commit')}, ${plural(files, 'file')}`;
    }
    case 'copy-files':
      return describeCopies(await copyFiles({ ...common, spec: step.spec, checkout: step.checkout }));
    default:
      return assertNever(step);
  }
}

function describeCopies({ copied, linked, refused, nowhere }: CopyReport): string {
  return [
    `${copied} copied`,
    `${linked} linked`,
    ...refused.map((path) => `not taken: ${path}`),
    ...nowhere.map((path) => `not taken: ${path} is a link that leads nowhere`),
  ].join(', ');
}

/** Where the branch starts, what was carried over from the checkout, and what is worth knowing besides. */
function describeReport({ branch, start, carried, notes }: CloneReport): string {
  return [
    `${branch} from ${start}`,
    ...(carried.length === 0 ? [] : [`carried over ${carried.join(', ')}`]),
    ...notes,
  ].join('; ');
}
