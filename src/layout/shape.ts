import * as z from 'zod/mini';
import { nearest } from './nearest.ts';
import { error, type KeyPath, type Problem } from './problem.ts';

type Issue = z.core.$ZodIssue;

export interface Shape {
  readonly problems: readonly Problem[];
  /** The value without the keys that have problems: everything left has the schema's shape, but may lack required keys. */
  readonly sound: unknown;
}

/** Checks a value against a schema; every problem at once, in words. Keys that start with `x-` are the user's own (a place for anchors). */
export function checkShape(schema: z.ZodMiniType, value: unknown): Shape {
  const result = schema.safeParse(value);
  if (result.success) return { problems: [], sound: result.data };
  const issues = result.error.issues.flatMap((issue) => chooseBranch(issue, value));
  return { problems: describeIssues(schema, issues, value), sound: withoutUnsound(value, issues) };
}

/** More than anybody mends in one go. Each needs a search for its place and for a word that is near: a file of nothing but unknown keys took minutes. */
const MAX_PROBLEMS = 200;

function describeIssues(schema: z.ZodMiniType, issues: readonly Issue[], value: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  for (const issue of issues) {
    if (problems.length > MAX_PROBLEMS) break;
    problems.push(...describeIssue(schema, issue, value));
  }
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [
    error(
      'many-problems',
      [],
      `the file has more than ${MAX_PROBLEMS} problems of this kind; the rest is told when these are mended`,
    ),
    ...problems.slice(0, MAX_PROBLEMS),
  ];
}

/** A union's own report lists every branch; the branch that is meant is the one whose type the value has. */
function chooseBranch(issue: Issue, root: unknown): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((branch) => !branch.some(isOfOtherType));
  if (!meant) return [issue];
  return meant.flatMap((inner) => chooseBranch({ ...inner, path: [...issue.path, ...inner.path] }, root));
}

/** True for the report of a branch that another type of value would be for. */
function isOfOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((branch) => branch.some(isOfOtherType)))
  );
}

function describeIssue(schema: z.ZodMiniType, issue: Issue, root: unknown): Problem[] {
  const path = keyPath(issue.path);
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .filter((key) => path.length > 0 || !key.startsWith('x-'))
        .slice(0, MAX_PROBLEMS + 1)
        .map((key) => unknownKey(schema, [...path, key]));
    case 'invalid_type':
      return [value === undefined ? missingKey(path) : wrongType(path, value, typeWord(issue.expected))];
    case 'invalid_union':
      return [wrongType(path, value, unionWords(issue))];
    case 'invalid_value':
      return [value === undefined ? missingKey(path) : unknownValue(path, value, issue.values.map(String))];
    case 'too_small':
      return [error('out-of-range', path, `${nameOf(path)} ${sizeWord(issue.origin, 'at least', issue.minimum)}`)];
    case 'too_big':
      return [error('out-of-range', path, `${nameOf(path)} ${sizeWord(issue.origin, 'at most', issue.maximum)}`)];
    default:
      return [error('wrong-value', path, `${nameOf(path)}: ${issue.message}`)];
  }
}

function missingKey(path: KeyPath): Problem {
  const where = path.slice(0, -1);
  return {
    ...error('missing-key', where, `${nameOf(path)} is missing`, `add ${String(path.at(-1))}: …`),
    at: where.length > 0 ? 'value' : 'key',
    missing: String(path.at(-1)),
  };
}

function wrongType(path: KeyPath, value: unknown, expected: string): Problem {
  const key = String(path.at(-1));
  if (value === null) return error('no-value', path, `${nameOf(path)} has no value`, emptyHint(key));
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  const hint =
    scalar && expected.includes('text') ? `YAML reads it as ${valueWord(value)}: put it in quotes` : undefined;
  return error('wrong-type', path, `${nameOf(path)} must be ${expected}, not ${valueWord(value)}`, hint);
}

function emptyHint(key: string): string {
  if (key === 'run') return 'write run: "" for your shell';
  if (key === 'color') return '"#" starts a comment in YAML: put the colour in quotes';
  return 'give it a value or remove the key';
}

function unknownValue(path: KeyPath, value: unknown, known: readonly string[]): Problem {
  if (typeof value !== 'string') return wrongType(path, value, `one of ${known.join(', ')}`);
  const near = nearest(value, known);
  return error(
    'unknown-value',
    path,
    `${nameOf(path)} cannot be "${value}"`,
    near ? `did you mean "${near}"?` : `it is one of ${known.join(', ')}`,
  );
}

/** Names that other tools use for what a layout calls something else. */
const FOREIGN: Readonly<Record<string, string>> = {
  layout: 'arrange',
  windows: 'panes',
  sessions: 'panes',
  root: 'dir',
  cwd: 'dir',
  start_directory: 'dir',
  title: 'name',
  label: 'name',
  colour: 'color',
  command: 'run',
  cmd: 'run',
  shell_command: 'run',
  environment: 'env',
  repository: 'repo',
  needs: 'depends_on',
  after: 'depends_on',
};

function unknownKey(schema: z.ZodMiniType, path: KeyPath): Problem {
  const key = String(path.at(-1));
  const known = keysAt(schema, path.slice(0, -1));
  const foreign = FOREIGN[key];
  const near = foreign !== undefined && known.includes(foreign) ? foreign : nearest(key, known);
  return {
    ...error(
      'unknown-key',
      path,
      `there is no key "${key}"${mapWord(path.slice(0, -1))}`,
      near ? `did you mean "${near}"?` : elsewhere(schema, key, known),
    ),
    at: 'key',
    ...(near ? { meant: near } : {}),
  };
}

function mapWord(path: KeyPath): string {
  if (path.length === 0) return '';
  return path[0] === 'panes' && path.length === 2
    ? ' in a pane'
    : ` in "${String(path.findLast((step) => typeof step === 'string'))}"`;
}

function elsewhere(schema: z.ZodMiniType, key: string, known: readonly string[]): string {
  if (keysAt(schema, ['claude']).includes(key)) return `write it under "claude": claude: {${key}: …}`;
  if (keysAt(schema, ['panes', 0]).includes(key)) return 'it belongs to a pane';
  const top = FOREIGN[key] ?? key;
  if (keysAt(schema, []).includes(top))
    return top === key ? 'it belongs to the top of the file' : `did you mean "${top}", at the top of the file?`;
  return `known here: ${known.join(', ')}`;
}

/** The keys a map at `path` may have. */
function keysAt(schema: z.ZodMiniType, path: KeyPath): readonly string[] {
  return descend([schema], path).flatMap((each) => (each instanceof z.ZodMiniObject ? Object.keys(each.shape) : []));
}

function descend(schemas: readonly z.core.$ZodType[], path: KeyPath): readonly z.core.$ZodType[] {
  const open = schemas.flatMap(unwrap);
  const [step, ...rest] = path;
  if (step === undefined) return open;
  const next = open.flatMap((each): z.core.$ZodType[] => {
    if (each instanceof z.ZodMiniArray) return typeof step === 'number' ? [each.def.element] : [];
    const inner: unknown = each instanceof z.ZodMiniObject ? each.shape[step] : undefined;
    return inner instanceof z.ZodMiniType ? [inner] : [];
  });
  return descend(next, rest);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodMiniOptional) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodMiniUnion) return schema.def.options.flatMap(unwrap);
  return [schema];
}

/** Removes unknown keys, and each value that has an issue, up to the key of the layout or pane that holds it. */
function withoutUnsound(value: unknown, issues: readonly Issue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    const path = keyPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) drop(copy, [...path, key]);
      continue;
    }
    const depth = path[0] === 'panes' && path.length > 1 ? 3 : 1;
    drop(copy, path.slice(0, depth));
  }
  return copy;
}

function drop(root: unknown, path: KeyPath): void {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  // A list of panes that is too short or too long is still readable; a pane that is no map becomes an empty one, so that the others keep their places.
  if (key === undefined || (key === 'panes' && Array.isArray(valueAt(root, path)))) return;
  if (Array.isArray(parent)) parent[Number(key)] = {};
  else if (isRecord(parent)) Reflect.deleteProperty(parent, key);
}

function valueAt(root: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)] as unknown;
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function keyPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

/** `"name" of pane 2`, `item 1 of "setup"`, `pane 3`. */
function nameOf(path: KeyPath): string {
  const last = path.at(-1);
  if (path[0] === 'panes' && path.length === 2) return `pane ${Number(path[1]) + 1}`;
  const name = typeof last === 'number' ? `item ${last + 1} of "${String(path.at(-2))}"` : `"${last ?? 'the layout'}"`;
  return path[0] === 'panes' && path.length > 2 ? `${name} of pane ${Number(path[1]) + 1}` : name;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function typeWord(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

function unionWords(issue: Issue & { code: 'invalid_union' }): string {
  const words = issue.errors.flatMap((branch) =>
    branch.flatMap((inner): string[] => {
      if (inner.code === 'invalid_union') return [unionWords(inner)];
      return inner.code === 'invalid_type' ? [typeWord(inner.expected)] : [];
    }),
  );
  return [...new Set(words.flatMap((word) => word.split(' or ')))].join(' or ');
}

function valueWord(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : 'text';
}

function sizeWord(origin: string, bound: string, limit: number | bigint): string {
  return origin === 'array' ? `needs ${bound} ${limit} item${limit === 1 ? '' : 's'}` : `must be ${bound} ${limit}`;
}
