import * as z from 'zod';
import { COLOR_NAMES } from './color.ts';
import { ARRANGEMENTS, ISOLATIONS, PERMISSION_MODES, STRATEGIES, SYNC_STRATEGIES, UNTIL, type Strategy } from './layout.ts';
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
/** A text that must be one of `values`. The rules say so, in terms of the strategy; editors get it as an enumeration. */
function oneOf(description: string, values: readonly string[]): z.ZodOptional<z.ZodString> {
  return text.meta({ description, enum: values }).optional();
}

/** A text for which editors suggest `values`; anything else is possible too. */
function suggested(description: string, values: readonly string[]): z.ZodOptional<z.ZodString> {
  return text.meta({ description, anyOf: [{ enum: values }, { type: 'string' }] }).optional();
}

const seconds = z.number().min(0).max(86_400);
function keysOf(strategy: Strategy): readonly string[] {
  return Object.keys(STRATEGY_FACTS[strategy].keys);
}

/** YAML reads `PORT: 3000` as a number; an environment value is text whatever it looks like. */
const envSchema = z.record(text, z.union([text, z.number(), z.boolean()]));

const claudeSchema = z.strictObject({
  command: oneOrMore.optional().describe('The program and its leading words, e.g. `claude` or `[mise, x, --, claude]`; a string is split at spaces. Default `claude`.'),
  args: words.optional().describe('Further arguments, passed as they are.'),
  model: text.optional().describe('Model, as `claude --model` takes it.'),
  permission_mode: z.enum(PERMISSION_MODES).optional().describe('Permission mode the agent starts in.'),
  effort: text.optional().describe('Effort level, as `claude --effort` takes it.'),
  remote_control: z.boolean().optional().describe('Start with Remote Control, so that the session can be reached from claude.ai and the phone.'),
  mcp_config: oneOrMore.optional().describe('MCP configuration files, relative to the tree the agent works in.'),
});

const notifySchema = z.strictObject({
  channels: z
    .array(z.union([text, z.strictObject({ command: text.describe('A shell command; it finds `CLAUDE_TMUX_*` in its environment.') })]))
    .optional()
    .describe('Any of `desktop`, `bell`, `osc`, `tmux`, and `command: CMD`. `[]` turns notifications off.'),
  after: seconds.optional().describe('Seconds a session must need you before you are told. Default 3.'),
  done_after: seconds.optional().describe('Seconds a turn must have lasted for its end to be told. Default 60.'),
  cooldown: seconds.optional().describe('Seconds between two notifications of one session. Default 30.'),
});

const syncSchema = z.strictObject({
  strategy: z.enum(SYNC_STRATEGIES).optional().describe('How `sync` brings the base in. `auto` rebases what is not pushed and merges what is.'),
});

const portsSchema = z.strictObject({
  base: z.int().min(1024).max(65_535).describe('The first port.'),
  step: z.int().min(1).max(1000).optional().describe('Distance between two sessions. Default 1.'),
});

const styleSchema = z.strictObject({
  marks: z.enum(['unicode', 'ascii', 'nerd']).optional().describe('Which marks the status bar draws. Default `unicode`.'),
});

const dependencySchema = z.union([
  text,
  z.strictObject({
    id: text.describe('The session to wait for.'),
    until: z
      .union([
        z.enum(UNTIL),
        z.strictObject({ file: text.optional().describe('A path in the tree of the session waited for.'), command: text.optional().describe('A shell command that must succeed.') }),
      ])
      .optional()
      .describe('What it must have reached. Default: `done`; under `stage`, `planned` after plan and `ready` after the rest.'),
  }),
]);

const paneSchema = z.strictObject({
  name: text.describe('The label, shown everywhere: "Frontend - Dark Mode".'),
  id: text.optional().describe('Short name for commands and folders: lower-case letters, digits, `-` and `_`. Default: made of `name`.'),
  component: suggested('Under `strategy: component`: the part this session is for.', keysOf('component')),
  task: oneOf('Under `strategy: task`: the kind of work.', keysOf('task')),
  priority: oneOf('Under `strategy: priority`: how urgent it is.', keysOf('priority')),
  stage: oneOf('Under `strategy: stage`: the place in the pipeline.', keysOf('stage')),
  color: suggested('Colour of the label: a tmux colour name, `colour0` to `colour255`, or `"#rrggbb"`. Default: the strategy\'s.', COLOR_NAMES),
  branch: text.optional().describe('Branch of this session; `{user}`, `{id}`, `{strategy_key}` and `{fleet}` are filled in.'),
  base: text.optional().describe('Branch that a new branch starts from.'),
  dir: text.optional().describe('Folder inside the tree where the pane starts.'),
  repo: text.optional().describe('Another repository for this session.'),
  setup: oneOrMore.optional().describe('Shell commands, run once in this new clone, instead of the layout\'s.'),
  env: envSchema.optional().describe('Environment, over the layout\'s.'),
  claude: claudeSchema.optional().describe('How the agent is started, over the layout\'s, key by key.'),
  prompt: text.optional().describe('What the agent is told at its first start; `{{task}}` is the text given to `up`.'),
  prompt_file: text.optional().describe('A file that holds the prompt, relative to the layout file.'),
  template: text.optional().describe('The template that wraps the prompt; `none` sends it bare. Default: the strategy\'s.'),
  owns: oneOrMore.optional().describe('Globs this session may change.'),
  depends_on: z
    .union([dependencySchema, z.array(dependencySchema)])
    .optional()
    .describe('Sessions to wait for: ids, or `{id, until}`.'),
  run: text.optional().describe('A shell command instead of an agent; `""` is your shell.'),
  in: text.optional().describe('Id of the pane whose tree this one shares.'),
  teleport: suggested('Id of a claude.ai/code session to bring here; `ask` leaves a row that asks for it.', ['ask']),
});

const shared = {
  workspace: text.optional().describe('Folder that holds the clones. Default `~/workspaces/{name}`.'),
  branch: text.optional().describe('Pattern of the default branches; `{user}`, `{id}`, `{strategy_key}` and `{fleet}` are filled in. Default: the strategy\'s.'),
  claude: claudeSchema.optional().describe('How agents are started.'),
  notify: notifySchema.optional().describe('When and how you are told that a session needs you.'),
};

const settings = {
  name: text.optional().describe('The fleet\'s name. Default `<repository>-<this file\'s name>`.'),
  repo: text.optional().describe('What the clones are made of: a URL, `host:path`, or a path. Default: `origin` of the checkout you stand in, else that checkout.'),
  base: text.optional().describe('Branch that new branches start from. Default: the remote\'s default branch.'),
  ...shared,
  isolation: z.enum(ISOLATIONS).optional().describe('`clone`: a clone for each session; `worktree`: a worktree of the checkout you stand in; `shared`: that checkout itself. Default `clone`.'),
  arrange: suggested('How panes sit on the screen; also a layout string of tmux. Default `auto`: the strategy\'s arrangement when each pane gets 80×24, else `windows`.', ['auto', ...ARRANGEMENTS]),
  dir: text.optional().describe('Folder inside the tree where agents start.'),
  setup: oneOrMore.optional().describe('Shell commands, run once in each new clone.'),
  include: oneOrMore.optional().describe('Globs of git-ignored files copied from the checkout. Default: what `.worktreeinclude` lists.'),
  link: oneOrMore.optional().describe('Globs of git-ignored files linked to the checkout\'s.'),
  env: envSchema.optional().describe('Environment of every session; `${VAR}` is taken when `up` runs. Values are never shown.'),
  ports: portsSchema.optional().describe('A free port for each session, in `CLAUDE_TMUX_PORT`.'),
  sync: syncSchema.optional().describe('How `sync` works.'),
};

export const layoutSchema = z.strictObject({
  strategy: z.enum(STRATEGIES).describe('How the work is divided.'),
  ...settings,
  panes: z.array(paneSchema).min(1).max(60).describe('The sessions, 1 to 60.'),
});

/** `config.yaml` of the user: defaults that lie under every layout. */
export const defaultsSchema = z.strictObject({ ...shared, style: styleSchema.optional().describe('How the status bar looks.') });

/** `.claude-tmux.local.yaml`: lies over a layout; the sessions themselves are the layout's. */
export const overSchema = z.strictObject({ ...settings, style: styleSchema.optional() });

/** A layout as a person wrote it, checked for shape. */
export type WrittenLayout = z.infer<typeof layoutSchema>;
export type WrittenPane = z.infer<typeof paneSchema>;
export type WrittenClaude = z.infer<typeof claudeSchema>;
export type WrittenDependency = z.infer<typeof dependencySchema>;

/** What can still be read of a layout with problems in it: any key may be missing. `style` comes from the overlays. */
export type Draft = Partial<Omit<WrittenLayout, 'panes'>> & { readonly panes?: readonly DraftPane[]; readonly style?: z.infer<typeof styleSchema> };
export type DraftPane = Partial<WrittenPane>;
