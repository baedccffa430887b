import type { GivenTask } from './extras.ts';
import type { AgentWork, Dependency, Tree, Work } from './layout.ts';
import { absolutePath, lastPart, layoutFolder } from './paths.ts';
import type { DraftPane } from './schema.ts';
import type { Seat } from './seats.ts';
import { renderPrompt, type PromptWords } from './templates.ts';
import { branchOf, list, ownerOf, type FleetFrame } from './trees.ts';
import type { World } from './world.ts';

/** Texts that prompts are made of, read by the command beforehand. */
export interface PromptTexts {
  /** The layout file, which `prompt_file` is relative to. */
  readonly path: string;
  readonly task: string | null;
  readonly files: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, string>;
  /** Tasks given since by `task`. */
  readonly tasks?: readonly GivenTask[];
  /** What the fleet is called where the file gives no name; null (or absent) for repository and file name. */
  readonly name?: string | null;
}

export interface PlacedSeat {
  readonly seat: Seat;
  readonly tree: Tree;
  readonly dependsOn: readonly Dependency[];
  readonly owns: readonly string[];
}

export interface DecidedWork {
  readonly work: Work;
  readonly asksForTask: boolean;
  readonly parts: PromptParts | null;
}

/** What a prompt was made of, for people to read: the layout's own text, and the template around it. */
export interface PromptParts {
  /** Placeholders filled in; null when the layout gives no prompt. */
  readonly prompt: string | null;
  /** The path of `prompt_file` as written. */
  readonly file: string | null;
  readonly template: { readonly name: string; readonly text: string } | null;
}

/** By the pane's id; a pane without a prompt is not in it. */
export type Prompts = Readonly<Record<string, PromptParts>>;

/** What runs in a pane, its prompt complete. */
export function workOf(placed: PlacedSeat, frame: FleetFrame, texts: PromptTexts): DecidedWork {
  const { run, teleport } = placed.seat.written;
  if (run !== undefined) return silent({ kind: 'command', run });
  if (teleport === 'ask') return silent({ kind: 'placeholder' });
  const agent = agentOf(placed.seat, frame);
  if (teleport !== undefined) return silent({ ...agent, teleport });
  const given = promptOf(placed, frame, { ...texts, isClaude: agent.isClaude });
  return given
    ? { work: { ...agent, prompt: given.text }, asksForTask: given.asksForTask, parts: given.parts }
    : silent(agent);
}

function silent(work: Work): DecidedWork {
  return { work, asksForTask: false, parts: null };
}

function agentOf(seat: Seat, frame: FleetFrame): AgentWork {
  const claude = { ...frame.draft.claude, ...seat.written.claude };
  const command = commandWords(claude.command).map((word) => word.replace(/^~(?=\/)/, () => frame.world.home));
  const isClaude = isClaudeCommand(command);
  return {
    kind: 'agent',
    command,
    isClaude,
    args: claude.args ?? [],
    model: claude.model ?? null,
    permissionMode: claude.permission_mode ?? (isClaude && seat.isAgent ? seat.defaults.permissionMode : null),
    effort: claude.effort ?? null,
    fullscreen: claude.fullscreen ?? null,
    remoteControl: claude.remote_control ?? false,
    mcpConfig: list(claude.mcp_config),
    prompt: null,
    teleport: null,
  };
}

/** The words of `claude.command`; a string is split at spaces. */
export function commandWords(command: string | readonly string[] | undefined): readonly string[] {
  if (command === undefined) return ['claude'];
  return typeof command === 'string' ? command.split(/\s+/).filter((word) => word !== '') : command;
}

/** True when one of the words is Claude Code: `claude`, `/opt/bin/claude`, `npx @anthropic-ai/claude-code@2`. */
export function isClaudeCommand(words: readonly string[]): boolean {
  return words.some((word) => /^claude(-code)?(@.*)?$/.test(lastPart(word)));
}

interface GivenPrompt {
  readonly text: string;
  readonly asksForTask: boolean;
  readonly parts: PromptParts;
}

function promptOf(
  placed: PlacedSeat,
  frame: FleetFrame,
  texts: PromptTexts & { readonly isClaude: boolean },
): GivenPrompt | null {
  const { written, defaults } = placed.seat;
  const prompt = writtenPrompt(written, texts, frame.world);
  const name = written.template ?? defaults.template;
  const template = texts.templates.get(name) ?? null;
  // Another program than Claude would take an unasked-for text for a file name.
  const isSilent = prompt === null && (template === null || (!texts.isClaude && written.template === undefined));
  if (isSilent) return null;
  const words = wordsFor(placed, frame, texts.task);
  const own = prompt === null ? null : renderPrompt(prompt, null, words).text;
  const parts = {
    prompt: own,
    file: written.prompt_file ?? null,
    template: template === null ? null : { name, text: template },
  };
  return { ...renderPrompt(prompt, template, words), parts };
}

function writtenPrompt(written: DraftPane, texts: PromptTexts, world: World): string | null {
  if (written.prompt !== undefined) return written.prompt.trim() === '' ? null : written.prompt;
  if (written.prompt_file === undefined) return null;
  return texts.files.get(promptFilePath(written.prompt_file, texts.path, world)) ?? null;
}

/** The absolute path of a prompt file. */
export function promptFilePath(written: string, layoutPath: string, world: World): string {
  return absolutePath(written, layoutFolder(layoutPath, world), world.home);
}

function wordsFor({ seat, tree, dependsOn, owns }: PlacedSeat, frame: FleetFrame, task: string | null): PromptWords {
  return {
    name: seat.written.name ?? seat.id,
    branch: branchWord(seat, frame),
    base: baseWord(seat, tree, frame),
    owns: owns.length > 0 ? owns.join(', ') : 'everything its task needs',
    others: othersWord(seat, frame),
    task,
    handoff: dependsOn.length > 0 ? null : '',
  };
}

function branchWord(seat: Seat, frame: FleetFrame): string {
  return frame.isolation === 'shared'
    ? (frame.world.checkout?.branch ?? 'the current branch')
    : branchOf(ownerOf(seat, frame), frame);
}

function baseWord(seat: Seat, tree: Tree, frame: FleetFrame): string {
  const base = tree.kind === 'own' ? tree.spec.base : null;
  if (base?.kind === 'branch') return base.name;
  const before = base?.kind === 'pane' ? frame.seats.find(({ id }) => id === base.id) : undefined;
  return before ? branchOf(before, frame) : (frame.draft.base ?? 'the default branch');
}

function othersWord(seat: Seat, frame: FleetFrame): string {
  const others = frame.seats
    .filter((other) => other !== seat && other.isAgent)
    .map(({ written, id }) => written.name ?? id);
  return others.length > 0 ? others.join('; ') : 'none at the moment';
}
