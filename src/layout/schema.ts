import * as z from 'zod/mini';
import { COLOR_NAMES } from './color.ts';
import {
  AGENT_COMMANDS,
  ARRANGEMENTS,
  ISOLATIONS,
  PERMISSION_MODES,
  STRATEGIES,
  SYNC_STRATEGIES,
  UNTIL,
  type Strategy,
} from './layout.ts';
import { STRATEGY_FACTS } from './strategies.ts';

/**
 * THE declaration of a layout file: validation, the types of what people write, the JSON Schema and the reference page all come from here.
 * It says which keys exist and what shape their values have; whatever needs two keys at once is a rule (rules.ts).
 */
// zod's compiled validators use `new Function`, which costs more at start-up than one small file can win back.
z.config({ jitless: true });

const text = z.string();
const words = z.array(text);
const oneOrMore = z.union([text, words]);

/** A value with its meaning, for editors and the reference; a fresh schema each time, because the meaning hangs on it. */
function described<S extends z.ZodMiniType>(schema: S, meaning: string | Meaning): S {
  z.globalRegistry.add(schema, typeof meaning === 'string' ? { description: meaning } : meaning);
  return schema;
}

type Meaning = Readonly<Record<string, unknown>>;

/** A key that may be left out. */
function optional<S extends z.ZodMiniType>(schema: S, description: string): z.ZodMiniOptional<S> {
  return described(z.optional(schema), description);
}

/** A text that must be one of `values`. The rules say so, in terms of the strategy; editors get it as an enumeration. */
function oneOf(description: string, values: readonly string[]): z.ZodMiniOptional<z.ZodMiniString> {
  return z.optional(described(z.string(), { description, enum: values }));
}

/** A text for which editors suggest `values`; anything else is possible too. */
function suggested(description: string, values: readonly string[]): z.ZodMiniOptional<z.ZodMiniString> {
  return z.optional(described(z.string(), { description, anyOf: [{ enum: values }, { type: 'string' }] }));
}

const seconds = z.number().check(z.minimum(0), z.maximum(86_400));
function keysOf(strategy: Strategy): readonly string[] {
  return Object.keys(STRATEGY_FACTS[strategy].keys);
}

/** YAML reads `PORT: 3000` as a number; an environment value is text whatever it looks like. */
const envSchema = z.record(text, z.union([text, z.number(), z.boolean()]));

const claudeSchema = z.strictObject({
  command: optional(
    oneOrMore,
    'The program and its leading words, e.g. `claude` or `[mise, x, --, claude]`; a string is split at spaces. Default `claude`.',
  ),
  args: optional(words, 'Further arguments, passed as they are.'),
  model: optional(text, 'Model, as `claude --model` takes it.'),
  permission_mode: optional(
    z.enum(PERMISSION_MODES),
    'Permission mode the agent starts in. Without it Claude Code decides: from 2.1.332 on `auto`, before it `default`, which asks each time (`manual` is the same).',
  ),
  effort: optional(text, 'Effort level, as `claude --effort` takes it.'),
  fullscreen: optional(
    z.boolean(),
    '`false`: Claude draws line by line, so that tmux scrolls back through the conversation and it stays in the pane when Claude ends; `true`: on the whole screen. Default: as in your own settings (Claude Code 2.1.332: the whole screen).',
  ),
  remote_control: optional(
    z.boolean(),
    'Start with Remote Control, so that the session can be reached from claude.ai and the phone.',
  ),
  mcp_config: optional(oneOrMore, 'MCP configuration files, relative to the tree the agent works in.'),
});

const notifySchema = z.strictObject({
  channels: optional(
    z.array(
      z.union([
        text,
        z.strictObject({
          command: described(z.string(), 'A shell command; it finds `CLAUDE_TMUX_*` in its environment.'),
        }),
      ]),
    ),
    'Any of `desktop`, `bell`, `osc`, `tmux`, and `command: CMD`. `[]` turns notifications off.',
  ),
  after: optional(seconds, 'Seconds a session must need you before you are told. Default 3.'),
  done_after: optional(seconds, 'Seconds a turn must have lasted for its end to be told. Default 60.'),
  cooldown: optional(seconds, 'Seconds between two notifications of one session. Default 30.'),
});

const syncSchema = z.strictObject({
  strategy: optional(
    z.enum(SYNC_STRATEGIES),
    'How `sync` brings the base in. `auto` rebases what is not pushed and merges what is.',
  ),
});

const portsSchema = z.strictObject({
  base: described(z.int().check(z.minimum(1024), z.maximum(65_535)), 'The first port.'),
  step: optional(z.int().check(z.minimum(1), z.maximum(1000)), 'Distance between two sessions. Default 1.'),
});

const styleSchema = z.strictObject({
  marks: optional(z.enum(['unicode', 'ascii', 'nerd']), 'Which marks the status bar draws. Default `unicode`.'),
});

const dependencySchema = z.union([
  text,
  z.strictObject({
    id: described(z.string(), 'The session to wait for.'),
    until: optional(
      z.union([
        z.enum(UNTIL),
        z.strictObject({
          file: optional(text, 'A path in the tree of the session waited for.'),
          command: optional(text, 'A shell command that must succeed.'),
        }),
      ]),
      'What it must have reached. Default: `done`; under `stage`, `planned` after plan and `ready` after the rest.',
    ),
  }),
]);

const paneSchema = z.strictObject({
  name: described(z.string(), 'The label, shown everywhere: "Frontend - Dark Mode".'),
  id: optional(
    text,
    'Short name for commands and folders: lower-case letters, digits, `-` and `_`. Default: made of `name`.',
  ),
  component: suggested('Under `strategy: component`: the part this session is for.', keysOf('component')),
  task: oneOf('Under `strategy: task`: the kind of work.', keysOf('task')),
  priority: oneOf('Under `strategy: priority`: how urgent it is.', keysOf('priority')),
  stage: oneOf('Under `strategy: stage`: the place in the pipeline.', keysOf('stage')),
  color: suggested(
    'Colour of the label: a tmux colour name, `colour0` to `colour255`, or `"#rrggbb"`. Default: the strategy\'s.',
    COLOR_NAMES,
  ),
  branch: optional(text, 'Branch of this session; `{user}`, `{id}`, `{strategy_key}` and `{fleet}` are filled in.'),
  base: optional(text, 'Branch that a new branch starts from.'),
  dir: optional(text, 'Folder inside the tree where the pane starts.'),
  repo: optional(text, 'Another repository for this session.'),
  setup: optional(oneOrMore, "Shell commands, run once in this new clone, instead of the layout's."),
  env: optional(envSchema, "Environment, over the layout's."),
  claude: optional(claudeSchema, "How the agent is started, over the layout's, key by key."),
  prompt: optional(text, 'What the agent is told at its first start; `{{task}}` is the text given to `up`.'),
  prompt_file: optional(text, 'A file that holds the prompt, relative to the layout file.'),
  template: optional(text, "The template that wraps the prompt; `none` sends it bare. Default: the strategy's."),
  owns: optional(oneOrMore, 'Globs this session may change.'),
  depends_on: optional(
    z.union([dependencySchema, z.array(dependencySchema)]),
    'Sessions to wait for: ids, or `{id, until}`. Not active in this version: all sessions start at once, and `up` says so.',
  ),
  run: optional(
    text,
    'A shell command instead of an agent; `""` is your shell. Without `in` or `branch` it works in the tree of the first pane that has its own.',
  ),
  in: optional(text, 'Id of the pane whose tree this one shares.'),
  teleport: suggested('Id of a claude.ai/code session to bring here; `ask` leaves a row that asks for it.', ['ask']),
});

const shared = {
  workspace: optional(text, 'Folder that holds the clones. Default `~/workspaces/{name}`.'),
  branch: optional(
    text,
    "Pattern of the default branches; `{user}`, `{id}`, `{strategy_key}` and `{fleet}` are filled in. Default: the strategy's.",
  ),
  claude: optional(claudeSchema, 'How agents are started.'),
  notify: optional(notifySchema, 'When and how you are told that a session needs you.'),
};

const settings = {
  name: optional(text, "The fleet's name. Default `<repository>-<this file's name>`."),
  repo: optional(
    text,
    'What the clones are made of: a URL, `host:path`, or a path. Default: `origin` of the checkout you stand in, else that checkout.',
  ),
  base: optional(text, "Branch that new branches start from. Default: the remote's default branch."),
  ...shared,
  isolation: optional(
    z.enum(ISOLATIONS),
    '`clone`: a clone for each session; `worktree`: a worktree of the checkout you stand in; `shared`: that checkout itself. Default `clone`.',
  ),
  arrange: suggested(
    "How panes sit on the screen; also a layout string of tmux. Default `auto`: the strategy's arrangement when each pane gets 80×24, else `windows`.",
    ['auto', ...ARRANGEMENTS],
  ),
  dir: optional(text, 'Folder inside the tree where agents start.'),
  setup: optional(oneOrMore, 'Shell commands, run once in each new clone.'),
  include: optional(
    oneOrMore,
    'Globs of git-ignored files copied from the checkout. Default: what `.worktreeinclude` lists.',
  ),
  link: optional(oneOrMore, "Globs of git-ignored files linked to the checkout's."),
  env: optional(envSchema, 'Environment of every session; `${VAR}` is taken when `up` runs. Values are never shown.'),
  ports: optional(portsSchema, 'A free port for each session, in `CLAUDE_TMUX_PORT`.'),
  sync: optional(syncSchema, 'How `sync` works.'),
  agents_may: optional(
    z.array(z.enum(AGENT_COMMANDS)),
    'Commands that an agent of this fleet may run itself: any of `send`, `task`, `land`, `close`, `prune`, `start`, `add`, `down`. Default: none of them. A guard against accidents, not a wall.',
  ),
};

export const layoutSchema = z.strictObject({
  strategy: described(z.enum(STRATEGIES), 'How the work is divided.'),
  ...settings,
  panes: described(z.array(paneSchema).check(z.minLength(1), z.maxLength(60)), 'The sessions, 1 to 60.'),
});

/** `config.yaml` of the user: defaults that lie under every layout. */
export const defaultsSchema = z.strictObject({ ...shared, style: optional(styleSchema, 'How the status bar looks.') });

/** `.claude-tmux.local.yaml`: lies over a layout; the sessions themselves are the layout's. */
export const overSchema = z.strictObject({ ...settings, style: z.optional(styleSchema) });

/** A layout as a person wrote it, checked for shape. */
export type WrittenLayout = z.infer<typeof layoutSchema>;
export type WrittenPane = z.infer<typeof paneSchema>;
export type WrittenClaude = z.infer<typeof claudeSchema>;
export type WrittenDependency = z.infer<typeof dependencySchema>;

/** What can still be read of a layout with problems in it: any key may be missing. `style` comes from the overlays. */
export type Draft = Partial<Omit<WrittenLayout, 'panes'>> & {
  readonly panes?: readonly DraftPane[];
  readonly style?: z.infer<typeof styleSchema>;
};
export type DraftPane = Partial<WrittenPane>;
