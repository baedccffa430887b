import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isObject, textAt, textsAt } from '../base/json.ts';
import { parseObject, readText } from '../store/file.ts';
import { approvalsOf } from './mcp.ts';
import { readInstructions } from './projectInstructions.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a folder makes Claude Code do, or permits it, once it is trusted. */
export interface ProjectGrants {
  /** A line each, for people: `.claude/settings.json runs at PreToolUse: ./check.sh`. */
  readonly lines: readonly string[];
  /** One of the content of each file that says so, but for the user's own, and one that every folder has. */
  readonly fingerprints: readonly string[];
  /** Each file that grants something, but for the user's own. */
  readonly files: readonly FileGrants[];
  /** True when something is permitted without asking: Claude Code then asks unless the folder's own key is accepted (2.1.332). */
  readonly isGated: boolean;
}

/** What one file grants. */
export interface FileGrants {
  readonly fingerprint: string;
  readonly lines: readonly string[];
}

const FILES = [join('.claude', 'settings.json'), join('.claude', 'settings.local.json'), '.mcp.json'] as const;

/** The fingerprint of the trust of a folder itself, whatever is in it. */
export const FOLDER = 'folder';

/** Reads the settings, MCP servers, skills, agents and commands of a tree's root and of `dirs` in it; `own` are those that hold what the user allowed (relative paths). */
export async function readProjectGrants(
  tree: string,
  { dirs, own }: { readonly dirs: readonly string[]; readonly own: readonly string[] },
): Promise<ProjectGrants> {
  const folders = [...new Set(['', ...dirs])];
  const names = folders.flatMap((dir) => FILES.map((file) => join(dir, file)));
  const read = await Promise.all(names.map(async (name) => ({ name, text: await readText(join(tree, name)) })));
  const files = read.flatMap(({ name, text }) => (text === null ? [] : [{ name, text, content: parseObject(text) }]));
  const instructions = await Promise.all(folders.map((dir) => readInstructions(tree, dir)));
  const approves = approvalsOf(
    files.flatMap(({ name, content }) => (content === null || name.endsWith('.mcp.json') ? [] : [content])),
  );
  const granting = instructions
    .flatMap((one) => one.files)
    .flatMap(({ name, text, head }) => {
      const parts = head === 'unreadable' ? ['cannot be read, so what it permits is unknown'] : describeHead(head);
      return parts.length === 0 ? [] : [{ name, text, lines: parts.map((part) => `${name} ${part}`) }];
    });
  const described = files.map(({ name, text, content }) => ({
    name,
    text,
    lines: content === null ? [] : describeFile(name, content, approves),
  }));
  const foreign = [...described.filter(({ name }) => !own.includes(name)), ...granting].map(
    ({ name, text, lines }) => ({
      lines,
      fingerprint: createHash('sha256')
        .update(JSON.stringify([name, text]))
        .digest('hex'),
    }),
  );
  return {
    lines: [...described, ...granting].flatMap(({ lines }) => lines).concat(instructions.flatMap(({ left }) => left)),
    fingerprints: [FOLDER, ...foreign.map(({ fingerprint }) => fingerprint)],
    files: foreign.filter(({ lines }) => lines.length > 0),
    isGated: files.some(({ content }) => content !== null && isGated(content)),
  };
}

function isGated(content: Json): boolean {
  const { permissions } = content;
  return (
    (isObject(permissions) && (isFilled(permissions.allow) || isFilled(permissions.additionalDirectories))) ||
    JSON.stringify(content).includes('"headersHelper"')
  );
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function describeFile(name: string, content: Json, approves: (server: string) => boolean): readonly string[] {
  const how = (server: string): string =>
    approves(server)
      ? `starts the MCP server "${server}" without asking`
      : `offers the MCP server "${server}", which Claude asks about unless you have approved it`;
  const parts = name.endsWith('.mcp.json')
    ? describeServers(content, how)
    : describeSettings(content, { showsValues: !name.endsWith('.local.json') });
  return parts.map((part) => `${name} ${part}`);
}

function describeServers({ mcpServers }: Json, how: (name: string) => string): readonly string[] {
  return entries(mcpServers).map(([name, server]) => `${how(name)}: ${isObject(server) ? describeServer(server) : ''}`);
}

function describeServer(server: Json): string {
  return [textAt(server, 'command') ?? textAt(server, 'url') ?? '', ...textsAt(server, 'args')].join(' ');
}

/** Keys of Claude Code's settings that name a command, itself or under `command`. */
const COMMANDS = [
  'statusLine',
  'subagentStatusLine',
  'fileSuggestion',
  'apiKeyHelper',
  'awsAuthRefresh',
  'awsCredentialExport',
  'gcpAuthRefresh',
  'otelHeadersHelper',
];
const DESCRIBED = new Set([
  '$schema',
  'hooks',
  'permissions',
  'env',
  'enableAllProjectMcpServers',
  'enabledMcpjsonServers',
  ...COMMANDS,
]);

function describeSettings(content: Json, { showsValues }: { readonly showsValues: boolean }): readonly string[] {
  const { permissions, env } = content;
  const others = Object.keys(content).filter((key) => !DESCRIBED.has(key));
  return [
    ...describeHooks(content.hooks),
    ...COMMANDS.flatMap((key) => describeCommand(key, content[key])),
    ...(isObject(permissions) ? describePermissions(permissions) : []),
    ...listed(
      'sets the variables',
      entries(env).map(([name, value]) => (showsValues ? `${name}=${String(value)}` : name)),
    ),
    ...(content.enableAllProjectMcpServers === true ? ['approves all MCP servers of this repository'] : []),
    ...listed('approves the MCP servers', textsAt(content, 'enabledMcpjsonServers')),
    ...listed('also sets', others),
  ];
}

/** What the head of a skill, an agent or a command grants when Claude uses it (Claude Code's documentation, "Skills", "Subagents", "Hooks in skills and agents"). */
function describeHead(head: Json): readonly string[] {
  const allowed = head['allowed-tools'];
  const mode = textAt(head, 'permissionMode');
  return [
    ...describeHooks(head.hooks),
    ...listed('allows without asking', typeof allowed === 'string' ? [allowed] : textsAt(head, 'allowed-tools')),
    ...describeServers(head, (name) => `brings the MCP server "${name}"`),
    ...(mode === null ? [] : [`works in the permission mode ${mode}`]),
  ];
}

function describePermissions(permissions: Json): readonly string[] {
  const mode = textAt(permissions, 'defaultMode');
  return [
    ...listed('allows without asking', textsAt(permissions, 'allow')),
    ...listed('adds the folders', textsAt(permissions, 'additionalDirectories')),
    ...(mode === null ? [] : [`starts in the permission mode ${mode}`]),
  ];
}

function describeHooks(hooks: unknown): readonly string[] {
  return entries(hooks).flatMap(([event, groups]) =>
    list(groups).flatMap((group) =>
      list(isObject(group) ? group.hooks : null).map(
        (hook) => `runs at ${event}: ${isObject(hook) ? describeHook(hook) : ''}`,
      ),
    ),
  );
}

function describeHook(hook: Json): string {
  const command = [
    textAt(hook, 'command') ?? textAt(hook, 'url') ?? textAt(hook, 'prompt') ?? '',
    ...textsAt(hook, 'args'),
  ].join(' ');
  return command.trim() === '' ? JSON.stringify(hook) : command;
}

function describeCommand(key: string, value: unknown): readonly string[] {
  const command = isObject(value) ? textAt(value, 'command') : value;
  return typeof command === 'string' ? [`runs as ${key}: ${command}`] : [];
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : [];
}
