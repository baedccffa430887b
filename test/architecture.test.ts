import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { AGENT_STATES } from '../src/status/agentState.ts';
import house from './house.json' with { type: 'json' };
import { readSources, ROOT, type Import, type Source } from './support/sources.ts';

const sources = readSources();
const rooms: Readonly<Record<string, readonly string[]>> = house.rooms;
const pure: Readonly<Record<string, readonly string[]>> = house.pure;
const DRIVERS = ['tmux', 'git', 'agent'];
const PROGRAM_STARTERS = ['node:child_process', 'execa', 'simple-git'];

/** `path: what` for every import that `isWrong` says is one. */
function imports(of: readonly Source[], isWrong: (found: Import, source: Source) => boolean): readonly string[] {
  return of.flatMap((source) =>
    source.imports.filter((found) => isWrong(found, source)).map((found) => `${source.path} imports ${found.target}`),
  );
}

function tracked(...patterns: string[]): readonly string[] {
  return execFileSync('git', ['ls-files', '-z', '--', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

test('every folder of the source is a room of the house', () => {
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter(({ room }) => !(room in rooms)).map(({ path }) => path)).toEqual([]);
});

test('imports point downwards only, and the drivers know nothing of each other', () => {
  const isUpwards = ({ target, ours }: Import, { room }: Source) => {
    const to = target.split('/')[0] ?? '';
    const isPrimitive = DRIVERS.includes(room) && house.primitives.includes(target);
    return ours && to !== room && !rooms[room]?.includes(to) && !isPrimitive;
  };
  expect(imports(sources, isUpwards)).toEqual([]);
});

test('pure rooms import nothing that reads the outside', () => {
  const isImpure = ({ target, ours }: Import, { room }: Source) => !ours && !pure[room]?.includes(target);
  expect(
    imports(
      sources.filter(({ room }) => room in pure),
      isImpure,
    ),
  ).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const edges = new Map(
    sources.map(({ path, imports: found }) => [
      path,
      found.filter(({ ours, kind }) => ours && kind === 'static').map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) cycles.push([...above.slice(above.indexOf(path)), path].join(' > '));
    if (above.includes(path) || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...above, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  expect(cycles).toEqual([]);
});

test('exactly the listed files start programs', () => {
  const starters = sources.filter(({ imports: found }) =>
    found.some(({ target, kind }) => kind !== 'types' && PROGRAM_STARTERS.includes(target)),
  );
  expect(starters.map(({ path }) => path)).toEqual(house.startsPrograms);
});

test('git is started in one room, and named as a program nowhere else', () => {
  const elsewhere = sources.filter(({ path }) => !path.startsWith('git/run/'));
  expect(imports(elsewhere, ({ target, kind }) => target === 'simple-git' && kind !== 'types')).toEqual([]);
  expect(
    imports(
      elsewhere.filter(({ path }) => path.startsWith('git/')),
      ({ target, kind }) => PROGRAM_STARTERS.includes(target) && kind !== 'types',
    ),
  ).toEqual([]);
  const naming = elsewhere.filter(({ literals }) => literals.some((literal) => /^(.*\/)?git$/.test(literal)));
  expect(naming.map(({ path }) => path)).toEqual(Object.keys(house.namesGit));
  const starters = elsewhere.filter(({ imports: found }) =>
    found.some(({ target }) => PROGRAM_STARTERS.includes(target) || target === 'apply/runHere.ts'),
  );
  // A shell may start it as well.
  expect(
    starters.filter(({ literals }) => literals.some((literal) => /\bgit [-a-z]/.test(literal))).map(({ path }) => path),
  ).toEqual([]);
});

/** Files that give what they start nothing of the caller's. */
const FIXED_ENVIRONMENT = ['store/insideProcesses.ts', 'store/process.ts'];

test('whatever is started gets the environment of its surface, from one place', () => {
  const starters = sources.filter(({ path }) => house.startsPrograms.includes(path) && !path.startsWith('git/'));
  const starts = (text: string): readonly string[] =>
    [...withoutComments(text).matchAll(/\b(?:spawn|execFile|execa)\((?!\s*\))[^]*?;\n/g)].map(([call]) => call);
  const goesAround = starters.filter(
    ({ path, text }) =>
      !FIXED_ENVIRONMENT.includes(path) &&
      starts(text).some((call) => !/env: (\{ \.\.\.)?(childEnvironment\('\w+', |env\b)/.test(call)),
  );
  expect(starters.flatMap(({ text }) => starts(text)).length).toBeGreaterThan(8);
  expect(goesAround.map(({ path }) => path)).toEqual([]);
  const without = starters.filter(
    ({ path, text }) => !FIXED_ENVIRONMENT.includes(path) && !text.includes('childEnvironment('),
  );
  expect(without.map(({ path }) => path)).toEqual([]);
});

test('no shell script of the program starts git', () => {
  const scripts = tracked('tmux-plugin', 'claude-tmux.tmux').filter((path) => !/\.md$/.test(path));
  expect(scripts.length).toBeGreaterThan(0);
  const starts = (text: string): boolean =>
    text.split('\n').some((line) => /(^|[\s;&|(`])(?:\S*\/)?git(?=\s|$)/.test(line.replace(/(^|\s)#.*$/, '')));
  expect(scripts.filter((path) => starts(read(path)))).toEqual([]);
});

test("what follows from an agent's state is in one table: nothing else lists states or compares one with a word", () => {
  const derive = ['status/states.ts', 'status/agentState.ts', 'status/claudeState.ts'];
  const lists = /\b(Record|Map|Set)<AgentState\b|\bAgentState\[\]/;
  const word = `'(?:${AGENT_STATES.join('|')})'`;
  const compares = new RegExp(
    `\\bstate\\)? ?[!=]== ?${word}|${word} ?[!=]== ?[\\w.]*\\bstate\\b|switch \\([\\w.]*\\bstate\\)|\\.(has|includes)\\([\\w.]*\\bstate\\)`,
  );
  const found = sources
    .filter(({ path }) => !derive.includes(path))
    .flatMap(({ path, text }) =>
      withoutComments(text)
        .split('\n')
        .filter((line) => lists.test(line) || compares.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

/** Functions of `node:fs` that open a file to read it. */
const OPENERS = /\b(readFile|readFileSync|createReadStream|openSync|open|openAsBlob)\b/;

test('every file is opened by the one reader, which cannot be made to wait', () => {
  const openers = sources.filter(({ text }) =>
    [...text.matchAll(/^import \{([^}]*)\} from 'node:fs(?:\/promises)?';$/gm)].some(([, names = '']) =>
      OPENERS.test(names),
    ),
  );
  expect(openers.map(({ path }) => path)).toEqual(Object.keys(house.opensFiles));
  expect(
    sources.filter(({ text }) => /^import (?!type|\{)[^{]*'node:fs|from 'fs/m.test(text)).map(({ path }) => path),
  ).toEqual([]);
});

test('folders in the temporary folder are made in one place, which removes those of killed runs', () => {
  expect(sources.filter(({ text }) => /\btmpdir\b|'\/tmp/.test(withoutComments(text))).map(({ path }) => path)).toEqual(
    ['store/scratchFolder.ts', 'tmux/socket.ts'],
  );
});

test('only the command line reads the environment and the arguments of the process', () => {
  const readers = sources.filter(
    ({ room, text }) => room !== 'cli' && /\bprocess\.(env|argv)\b/.test(withoutComments(text)),
  );
  expect(readers.map(({ path }) => path)).toEqual([]);
});

test('text goes to a terminal through the gate alone', () => {
  const writers = sources.filter(({ text }) =>
    /\bconsole\.|\b(stdout|stderr)\.write\(|writeSync\(|createWriteStream\(/.test(withoutComments(text)),
  );
  expect(writers.map(({ path }) => path)).toEqual(house.writesToTerminal);
});

test('commands of ours that are printed with a value in them are quoted for the shell', () => {
  const written = sources.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => UNQUOTED.test(line))
      .map((line) => `${path}: ${line.trim().slice(0, 160)}`),
  );
  expect(written.filter((line) => !house.namesCommands.some((path) => line.startsWith(`${path}:`)))).toEqual([]);
});

/** `claude-tmux up ${name}` in a template: base/pasted.ts makes such a command. */
const UNQUOTED = /claude-tmux (?!needs )(?:[a-z][a-z-]*|\$\{\w+\})(?: (?:--?[A-Za-z-]+))* \$\{/;

test('a file is one concept, named after it', () => {
  const names = sources.map(({ path }) => path);
  expect(
    names.filter((path) => /^(utils?|helpers?|services?|managers?|common|misc|index)\b/i.test(basename(path))),
  ).toEqual([]);
  expect(sources.filter(({ text }) => /^export (\*|default)/m.test(text)).map(({ path }) => path)).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const files = tracked('src', 'test/**/*.ts', 'scripts', 'tmux-plugin').filter(
    (path) => !/\/(golden|fixtures)\//.test(path),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(
    files.map((path) => ({ path, lines: read(path).split('\n').length - 1 })).filter(({ lines }) => lines > 300),
  ).toEqual([]);
});

test('no shell function is longer than 20 lines', () => {
  const long = tracked('scripts', 'tmux-plugin', '.ci')
    .filter(isShell)
    .flatMap((path) => longFunctions(path, read(path)));
  expect(long).toEqual([]);
});

test('the lock file says which packages, not where they came from', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
});

test('what is installed with the program is bundled: the package has no dependencies', () => {
  const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;
  expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual(['devDependencies']);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

function isShell(path: string): boolean {
  return /^#!\/bin\/sh|^# shellcheck shell=sh/.test(read(path));
}

/** Functions in the house's form: `name() {` and `}` at the start of a line. */
function longFunctions(path: string, text: string): readonly string[] {
  return [...text.matchAll(/^([a-z_]+)\(\) \{\n([\s\S]*?)^\}/gm)]
    .map(([, name = '', body = '']) => ({ name, lines: body.split('\n').length - 1 }))
    .filter(({ lines }) => lines > 20)
    .map(({ name, lines }) => `${path}: ${name} has ${lines} lines`);
}
