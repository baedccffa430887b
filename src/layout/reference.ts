import { STRATEGIES } from './layout.ts';
import { layoutJsonSchema } from './jsonSchema.ts';
import { STRATEGY_FACTS } from './strategies.ts';
import { PLACEHOLDERS } from './templates.ts';

/** What of a JSON Schema the page needs; read from `layoutJsonSchema`, whose shape zod defines. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly additionalProperties?: SchemaNode | boolean;
}

/** docs/layout-file.md: every key with its type and meaning, and what each strategy decides. Generated, never edited. */
export function layoutReference(): string {
  const schema = layoutJsonSchema() as SchemaNode;
  const pane = schema.properties?.['panes']?.items ?? {};
  return `${[
    '# The layout file',
    '<!-- Generated from src/layout by "npm run generate". Do not edit. -->',
    INTRODUCTION,
    '## Top of the file',
    keyTable(schema),
    '## A pane',
    keyTable(pane),
    ...['claude', 'notify', 'sync', 'ports'].flatMap((key) => [
      `## \`${key}\``,
      keyTable(schema.properties?.[key] ?? {}),
    ]),
    '## `depends_on`',
    'An id, a map, or a list of them. A map has:',
    keyTable(mapIn(pane.properties?.['depends_on'])),
    '## Strategies',
    ...STRATEGIES.flatMap(strategySection),
    '## Prompts and templates',
    `In prompts and templates stand ${PLACEHOLDERS.map((word) => `\`{{${word}}}\``).join(', ')}. Each text is filled in once: what is put in is never looked at again.`,
    TEMPLATES,
    '## Overlays',
    OVERLAYS,
    '## Trust',
    TRUST,
    '## Errors',
    ERRORS,
  ].join('\n\n')}\n`;
}

const INTRODUCTION = `Version 1. The least that works:

\`\`\`yaml
strategy: component
panes:
  - name: Frontend - Dark Mode
    component: frontend
  - name: Backend - Auth API
    component: backend
\`\`\`

Check a file with \`claude-tmux validate\`, see what it does with \`claude-tmux plan\`. Keys that start with \`x-\` at the top of the file are yours: a place for YAML anchors (\`&name\`, \`*name\`, \`<<: *name\`).`;

const TEMPLATES =
  'A template is a Markdown file; yours in `$XDG_CONFIG_HOME/claude-tmux/templates/` win over the shipped ones. `claude-tmux templates` lists them. `{{task}}` is the text given to `claude-tmux up LAYOUT "text"`. `{{handoff}}` is what the session before handed over; it is empty for a session that waits for none.';

const OVERLAYS =
  "The user's `$XDG_CONFIG_HOME/claude-tmux/config.yaml` (`workspace`, `branch`, `claude`, `notify`, `style`) lies under every layout. `.claude-tmux.local.yaml` in the checkout, not committed, lies over it and may have every key but `strategy` and `panes`. Maps are laid over each other key by key, everything else is replaced. `claude-tmux plan` shows which file each value came from.";

const TRUST =
  'A layout that is neither shipped nor in your configuration folder is shown and asked for at its first `up`, and again when anything changes that it makes run or say: every key above counts, and the content of the files that it names. [trust.md](trust.md) says which files these are.';

const ERRORS =
  'Every problem is reported at once, with file, line and column, and nothing is touched while there is one. Texts that YAML would read as something else (`1.10`, `true`, `#fff`) need quotes. A file has at most 1 MiB and 60 panes.';

function keyTable(node: SchemaNode): string {
  const rows = Object.entries(node.properties ?? {}).map(([key, value]) => {
    const required = node.required?.includes(key) === true ? ' **Required.**' : '';
    return `| \`${key}\` | ${cell(typeWord(value))} | ${cell(value.description ?? '')}${required} |`;
  });
  return ['| key | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

function typeWord(node: SchemaNode): string {
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (node.anyOf) return [...new Set(node.anyOf.map(typeWord))].join(' or ');
  if (node.type === 'array') return `list of ${typeWord(node.items ?? {})}`;
  if (node.type === 'object') return 'map';
  if (node.type === 'string') return 'text';
  return node.type === 'boolean'
    ? '`true` `false`'
    : node.type === 'integer'
      ? 'whole number'
      : [node.type ?? 'anything'].flat().join(' or ');
}

/** The map among the forms of a value. */
function mapIn(node: SchemaNode | undefined): SchemaNode {
  if (!node) return {};
  return node.properties ? node : (node.anyOf?.map(mapIn).find(({ properties }) => properties !== undefined) ?? {});
}

function strategySection(strategy: (typeof STRATEGIES)[number]): readonly string[] {
  const facts = STRATEGY_FACTS[strategy];
  const rows = Object.entries(facts.keys).map(
    ([key, { color, template, permissionMode }]) =>
      `| \`${key}\` | ${color} | \`${template}\` | ${permissionMode ?? '–'} |`,
  );
  const order = facts.sorted ? 'Panes stand in this order.' : 'Panes stand as written.';
  const chain = facts.chained
    ? ' Each session starts from the branch tip of the one before it; in this version all start at once, so that is the base until you `sync`.'
    : '';
  const open = facts.closed ? '' : ' Other words are possible; they get a colour of their own.';
  return [
    `### \`${strategy}\``,
    `${sentence(facts.summary)} Branches \`${facts.branch}\`, arrangement \`${facts.arrangement}\`. ${order}${chain}${open}`,
    [`| \`${strategy}\` | colour | template | permission mode |`, '|---|---|---|---|', ...rows].join('\n'),
  ];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
