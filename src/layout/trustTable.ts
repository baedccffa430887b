import { shellWord } from '../base/shellText.ts';
import type { AgentWork, Dependency, Layout, Pane, TreeSpec } from './layout.ts';
import { isShownVariable, shownValue } from './programVariables.ts';
import { showRepo } from './repository.ts';
import type { WrittenClaude, WrittenLayout, WrittenPane } from './schema.ts';
import type { Prompts } from './work.ts';

/**
 * How the trust question shows each key of a layout. The tables are total: a new key does not compile before it has its row.
 * The fingerprint is the whole normal form (fingerprint.ts) and the content of the files that rows name; the rows are what people read.
 */
export interface TrustPart {
  /** `line`: part of the pane's one line. `below`: a line of its own. `quiet`: a matter of looks, shown only when it changed. */
  readonly place: 'line' | 'below' | 'quiet' | 'prompt';
  readonly text: string;
  /** What decides and is not shown: a secret value, the text of a template. */
  readonly secret?: string;
  /** Shell commands whose words may name files. */
  readonly runs?: readonly string[];
  /** Files by their path, relative to the folder where the pane starts. */
  readonly files?: readonly string[];
}

export interface TrustRow extends TrustPart {
  /** Id of the pane; null for the fleet. */
  readonly pane: string | null;
  /** The layout's key. */
  readonly key: string;
}

type Show<T> = (value: T, fleet: Layout) => readonly TrustPart[];
/** The value stands in each pane of the normal form, and its row with the pane's keys. */
const IN_PANES: Show<Layout> = () => [];

/** Every row of a layout, the fleet's first. `prompts` holds the prompts by pane. */
export function trustRows(layout: Layout, prompts: Prompts): readonly TrustRow[] {
  const panes = layout.panes.flatMap((pane) =>
    rowsOf(PANE, { pane, parts: prompts[pane.id] ?? null }, { fleet: layout, id: pane.id }),
  );
  return [...rowsOf(TOP, layout, { fleet: layout, id: null }), ...panes];
}

function rowsOf<T>(
  table: Readonly<Record<string, Show<T>>>,
  value: T,
  { fleet, id }: { readonly fleet: Layout; readonly id: string | null },
): TrustRow[] {
  return Object.entries(table).flatMap(([key, show]) => show(value, fleet).map((part) => ({ ...part, key, pane: id })));
}

const TOP: Readonly<Record<keyof WrittenLayout, Show<Layout>>> = {
  name: ({ name }) => [quiet(`fleet ${name}`)],
  strategy: ({ strategy }) => [quiet(`strategy ${strategy}`)],
  isolation: ({ isolation }) => [quiet(`isolation ${isolation}`)],
  repo: ({ repo, panes }) =>
    panes.some(({ tree }) => tree.kind === 'own') ? [{ ...below(`repository ${showRepo(repo)}`), secret: repo }] : [],
  workspace: ({ workspace, panes }) =>
    panes.some(({ tree }) => tree.kind === 'own') ? [below(`clones in ${workspace}`)] : [],
  arrange: ({ arrange }) => [
    quiet(`arranged ${arrange.kind === 'auto' ? 'auto' : arrange.kind === 'named' ? arrange.name : arrange.layout}`),
  ],
  ports: ({ ports }) => (ports === null ? [] : [quiet(`ports from ${ports.base}, step ${ports.step}`)]),
  notify: ({ notify }) => Object.values(NOTIFY).flatMap((show) => show(notify)),
  sync: ({ sync }) => Object.values(SYNC).flatMap((show) => show(sync)),
  agents_may: ({ agentsMay }) => (agentsMay.length === 0 ? [] : [below(`agents may ${agentsMay.join(', ')}`)]),
  base: IN_PANES,
  branch: IN_PANES,
  dir: IN_PANES,
  setup: IN_PANES,
  include: ({ panes }) => globRows(panes, 'copied from', ({ include }) => include),
  link: ({ panes }) => globRows(panes, 'linked to', ({ link }) => link),
  env: IN_PANES,
  claude: IN_PANES,
  panes: IN_PANES,
};

const NOTIFY: Readonly<
  Record<keyof NonNullable<WrittenLayout['notify']>, (notify: Layout['notify']) => readonly TrustPart[]>
> = {
  channels: ({ channels }) => channels.map(describeChannel),
  after: ({ after }) => [quiet(`notified after ${after} s`)],
  done_after: ({ doneAfter }) => [quiet(`notified of turns over ${doneAfter} s`)],
  cooldown: ({ cooldown }) => [quiet(`${cooldown} s between two notifications`)],
};

const SYNC: Readonly<Record<keyof NonNullable<WrittenLayout['sync']>, (sync: Layout['sync']) => readonly TrustPart[]>> =
  { strategy: ({ strategy }) => [quiet(`sync ${strategy}`)] };

function describeChannel(channel: string): TrustPart {
  const command = /^command: *(.*)$/s.exec(channel)?.[1];
  return command === undefined
    ? quiet(`notified by ${channel}`)
    : { ...below(`notified by the command: ${command}`), runs: [command] };
}

interface Shown {
  readonly pane: Pane;
  readonly parts: Prompts[string] | null;
}

const PANE: Readonly<Record<keyof WrittenPane, Show<Shown>>> = {
  run: ({ pane: { work } }) => {
    if (work.kind === 'command') return [{ ...line(work.run === '' ? 'a shell' : work.run), runs: [work.run] }];
    return work.kind === 'placeholder' ? [line('nothing: a row for a claude.ai/code session')] : [];
  },
  claude: ({ pane: { work } }) => (work.kind === 'agent' ? [describeAgent(work)] : []),
  teleport: ({ pane: { work } }) =>
    work.kind === 'agent' && work.teleport !== null ? [line(`the claude.ai/code session ${work.teleport}`)] : [],
  name: ({ pane }) => [quiet(`called ${pane.name}`)],
  id: ({ pane }) => [quiet(`id ${pane.id}`)],
  component: ({ pane }, { strategy }) => keyRow(pane, strategy === 'component'),
  task: ({ pane }, { strategy }) => keyRow(pane, strategy === 'task'),
  priority: ({ pane }, { strategy }) => keyRow(pane, strategy === 'priority'),
  stage: ({ pane }, { strategy }) => keyRow(pane, strategy === 'stage'),
  color: ({ pane }) => [quiet(`colour ${pane.color}`)],
  in: ({ pane: { tree } }) =>
    tree.kind === 'of'
      ? [line(`in the clone of ${tree.id}`)]
      : tree.kind === 'checkout'
        ? [line(`in your checkout ${tree.path}`)]
        : [],
  branch: ({ pane }) => specRow(pane, ({ branch }) => [line(`branch ${branch}`)]),
  base: ({ pane }) =>
    specRow(pane, ({ base }) =>
      base.kind === 'default'
        ? []
        : [line(base.kind === 'branch' ? `from ${base.name}` : `from the branch of ${base.id}`)],
    ),
  repo: ({ pane }, { repo: usual }) =>
    specRow(pane, ({ repo }) => (repo === usual ? [] : [{ ...line(`clone of ${showRepo(repo)}`), secret: repo }])),
  dir: ({ pane: { dir } }) => (dir === '' ? [] : [line(`in ${dir}/`)]),
  owns: ({ pane: { owns } }) => (owns.length === 0 ? [] : [line(`owns ${owns.join(' ')}`)]),
  depends_on: ({ pane: { dependsOn } }) => dependsOn.map(describeDependency),
  setup: ({ pane }) =>
    specRow(pane, ({ setup }) => setup.map((command) => ({ ...below(`setup: ${command}`), runs: [command] }))),
  env: ({ pane: { env } }) => Object.entries(env).map(([name, value]) => describeVariable(name, value)),
  prompt: ({ parts }) => (parts === null || parts.prompt === null ? [] : [{ place: 'prompt', text: parts.prompt }]),
  prompt_file: ({ parts }) => (parts === null || parts.file === null ? [] : [quiet(`prompt from ${parts.file}`)]),
  template: ({ parts }) =>
    parts === null || parts.template === null
      ? []
      : [{ ...quiet(`template ${parts.template.name}`), secret: parts.template.text }],
};

/** The checkout's own ignored files go into each clone of its repository. */
function globRows(
  panes: readonly Pane[],
  how: string,
  globsOf: (spec: TreeSpec) => readonly string[],
): readonly TrustPart[] {
  const globs = [...new Set(panes.flatMap(({ tree }) => (tree.kind === 'own' ? globsOf(tree.spec) : [])))];
  return globs.length === 0 ? [] : [below(`ignored files ${how} your checkout: ${globs.join(' ')}`)];
}

/** No shell expands what Claude is given: a word with such a character is the name of a file, or none (`Bash(npm run *)`). */
const GLOB = /^\S*[*?[]\S*$/;

function describeAgent(work: AgentWork): TrustPart {
  const words = Object.values(AGENT).flatMap((show) => show(work));
  const { command, args, mcpConfig } = work;
  // A word may hold a file behind `=`; JSON given in place of a file holds none.
  const given = args.flatMap((arg) => [arg, arg.replace(/^-[^=]*=/, '')]);
  const patterns = work.isClaude ? given.filter((word) => GLOB.test(word)) : [];
  const runs = given.map((word) => (work.isClaude ? word.replace(/\S*[*?[]\S*/g, ' ') : word));
  return {
    ...line(words.map(shellWord).join(' ')),
    runs: [command.map(shellWord).join(' '), ...runs],
    files: [...mcpConfig, ...patterns],
  };
}

/** The words of the command line, in its order. */
const AGENT: Readonly<Record<keyof WrittenClaude, (work: AgentWork) => readonly string[]>> = {
  command: ({ command }) => command,
  remote_control: ({ remoteControl }) => (remoteControl ? ['--remote-control'] : []),
  mcp_config: ({ mcpConfig }) => mcpConfig.flatMap((file) => ['--mcp-config', file]),
  model: ({ model }) => flag('--model', model),
  permission_mode: ({ permissionMode }) => flag('--permission-mode', permissionMode),
  effort: ({ effort }) => flag('--effort', effort),
  fullscreen: ({ fullscreen }) =>
    flag('--settings', fullscreen === null ? null : JSON.stringify({ tui: fullscreen ? 'fullscreen' : 'default' })),
  args: ({ args }) => args,
};

function flag(name: string, value: string | null): readonly string[] {
  return value === null ? [] : [name, value];
}

function describeDependency({ id, until }: Dependency): TrustPart {
  if (typeof until === 'string') return line(`after ${id} (${until})`);
  if ('file' in until) return line(`after ${id} (file ${until.file})`);
  return { ...below(`after ${id}, when this succeeds: ${until.command}`), runs: [until.command] };
}

/** Values are secrets, but for those that decide which program runs or where a conversation goes. */
function describeVariable(name: string, value: string): TrustPart {
  if (!isShownVariable(name)) return { ...below(`variable ${name} (value not shown)`), secret: value };
  return { ...below(`variable ${name}=${shownValue(value)}`), secret: value, runs: [value.replaceAll(':', ' ')] };
}

function specRow({ tree }: Pane, show: (spec: TreeSpec) => readonly TrustPart[]): readonly TrustPart[] {
  return tree.kind === 'own' ? show(tree.spec) : [];
}

function keyRow({ key }: Pane, isStrategy: boolean): readonly TrustPart[] {
  return isStrategy && key !== null ? [quiet(`for ${key}`)] : [];
}

function line(text: string): TrustPart {
  return { place: 'line', text };
}

function below(text: string): TrustPart {
  return { place: 'below', text };
}

function quiet(text: string): TrustPart {
  return { place: 'quiet', text };
}
