import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChange, proveMerged } from '../../src/git/merged.ts';
import type { ObjectPlace } from '../../src/git/neutralRepository.ts';
import type { MergeProof } from '../../src/status/mergeProof.ts';
import { gitSince } from '../support/gitSince.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let repo: string;
let place: ObjectPlace;
let start: string;

const LINES = ['def one():', '    pass', '', 'def main():', '    one()', '    return 0', '', '# end', ''].join('\n');
const LONG = Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join('');
const BINARY = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 7) % 256));

beforeAll(async () => {
  sandbox = await makeSandbox();
  repo = sandbox.path('repo');
  mkdirSync(repo);
  git('init', '-q');
  git('symbolic-ref', 'HEAD', 'refs/heads/main');
  put({
    'w.py': LINES,
    long: LONG,
    bin: BINARY,
    run: 'echo\n',
    gone: 'gone\n',
    latin: Buffer.from('caf\xe9\n', 'latin1'),
    old: LONG,
    blocks: blocks(null),
  });
  symlinkSync('w.py', join(repo, 'link'));
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  start = git('rev-parse', 'HEAD');
  place = { objects: [join(repo, '.git', 'objects')], shallow: join(repo, '.git', 'shallow'), env: sandbox.env };
});
afterAll(() => sandbox.dispose());

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: repo,
    env: sandbox.env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

type Files = Readonly<Record<string, string | Buffer | null | (() => void)>>;

/** null removes a file; a function does what no content says. */
function put(files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, name)), { recursive: true });
    if (typeof content === 'function') content();
    else if (content === null) rmSync(join(repo, name));
    else writeFileSync(join(repo, name), content);
  }
}

/** One commit for each set of files, from the start; resolves to the last. */
function commits(...sets: Files[]): string {
  git('checkout', '-q', '-f', '--detach', start);
  git('clean', '-q', '-f', '-d');
  for (const files of sets) {
    put(files);
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', 'Change');
  }
  return git('rev-parse', 'HEAD');
}

const prove = (tip: string, base: string): Promise<MergeProof | null> =>
  proveMerged(tip, [{ id: base, label: 'origin/main' }], place);
const link = (target: string) => () => {
  rmSync(join(repo, 'link'));
  symlinkSync(target, join(repo, 'link'));
};
const mode = (name: string, bits: number) => () => chmodSync(join(repo, name), bits);
const replaced = (text: string, from: string, to: string): string => text.replace(from, to);
const elsewhere = { other: 'other\n' };

describe('what differs by a byte from what the base has is not merged', () => {
  const differs: readonly (readonly [string, Files, Files])[] = [
    [
      'blanks at the beginning of a line',
      { 'w.py': replaced(LINES, '    return', '        two()\n    return') },
      { 'w.py': replaced(LINES, '    return', '    two()\n    return') },
    ],
    ['blanks at the end of a line', { 'w.py': replaced(LINES, '# end', '# end  ') + 'x\n' }, { 'w.py': `${LINES}x\n` }],
    [
      'a tab for blanks',
      { 'w.py': replaced(LINES, '# end', '\tnew()\n# end') },
      { 'w.py': replaced(LINES, '# end', '        new()\n# end') },
    ],
    [
      'line ends',
      { 'w.py': replaced(LINES, '# end', 'new()\r\n# end') },
      { 'w.py': replaced(LINES, '# end', 'new()\n# end') },
    ],
    ['line ends of a new file', { new: 'a\r\nb\r\n' }, { new: 'a\nb\n' }],
    ['empty lines', { 'w.py': replaced(LINES, '# end', '\n\n# end') }, { 'w.py': replaced(LINES, '# end', '\n# end') }],
    ['the newline at the end', { new: 'a\nb' }, { new: 'a\nb\n' }],
    [
      'encoding',
      { latin: Buffer.from('caf\xe9 \xe8\n', 'latin1') },
      { latin: Buffer.from('caf\xe9 \xea\n', 'latin1') },
    ],
    [
      'a byte of a binary file',
      { bin: Buffer.concat([BINARY, Buffer.from([0, 1])]) },
      { bin: Buffer.concat([BINARY, Buffer.from([0, 2])]) },
    ],
    ['the mode of a new file', { tool: 'x\n', t: mode('tool', 0o755) }, { tool: 'x\n' }],
    ['a change of mode', { t: mode('run', 0o755) }, elsewhere],
    ['mode and content', { run: 'echo 2\n', t: mode('run', 0o755) }, { run: 'echo 2\n' }],
    ['the target of a link', { l: link('run ') }, { l: link('run') }],
    [
      'a link and a file of the same text',
      { l: link('long') },
      {
        l: () => {
          rmSync(join(repo, 'link'));
          writeFileSync(join(repo, 'link'), 'long');
        },
      },
    ],
    ['the name of a file', { 'a b': 'x\n' }, { 'a  b': 'x\n' }],
    ['the case of a name', { NEW: 'x\n' }, { new: 'x\n' }],
    ['a rename whose content was changed on the way', { old: null, moved: `${LONG}x\n` }, { old: null, moved: LONG }],
    ['an empty file', { empty: '' }, elsewhere],
    ['a deletion', { gone: null }, elsewhere],
    ['the same line at another place of the file', { blocks: blocks(0) }, { blocks: blocks(1) }],
  ];
  it.each(differs)('%s', async (_, own, upstream) => {
    expect(await prove(commits(own), commits(elsewhere, upstream))).toBeNull();
  });

  it.each(differs.slice(0, 3))('%s, also as the second of two commits', async (_, own, upstream) => {
    expect(await prove(commits({ first: '1\n' }, own), commits(elsewhere, { first: '1\n' }, upstream))).toBeNull();
  });

  /** The same change, and then something of the base's own. */
  it.each(differs.map(([what, own]) => [what, own] as const))(
    '%s counts as merged when the base has that very byte',
    async (_, own) => {
      expect(await prove(commits(own), commits(elsewhere, own, { more: 'more\n' }))).not.toBeNull();
    },
  );
});

/** Two functions of the same lines; a line more in one of them. */
function blocks(which: number | null): string {
  const block = (more: boolean): string =>
    `def f():\n    a\n    b\n    c\n${more ? '    new\n' : ''}    d\n    e\n    f\n`;
  return LONG + block(which === 0) + LONG + block(which === 1);
}

/** A git before 2.38 lays no change onto a tree: there a commit proves nothing, and what counts is files (docs/git.md). */
const laysOnto = gitSince(2, 38);

describe('how it is in the base is said', () => {
  const twoSteps = [{ one: '1\n' }, { two: '2\n' }];
  it('an ancestor', async () => {
    const tip = commits({ one: '1\n' });
    git('commit', '-q', '--allow-empty', '-m', 'More');
    expect(await prove(tip, git('rev-parse', 'HEAD'))).toEqual({ kind: 'ancestor', base: 'origin/main' });
  });
  it.runIf(laysOnto)('each commit by itself', async () => {
    const base = commits(elsewhere, ...twoSteps);
    expect(await prove(commits(...twoSteps), base)).toEqual({
      kind: 'commits',
      base: 'origin/main',
      twins: [git('rev-parse', `${base}^`), base],
    });
  });
  it.runIf(laysOnto)('one commit for all', async () => {
    const base = commits(elsewhere, { one: '1\n', two: '2\n' });
    expect(await prove(commits(...twoSteps), base)).toEqual({ kind: 'squash', base: 'origin/main', twin: base });
  });
  it('its files in a later commit', async () => {
    const base = commits({ one: '1\n', two: 'not yet\n' }, { two: '2\n' }, { one: 'changed since\n' });
    expect(await prove(commits(...twoSteps), base)).toEqual({
      kind: 'files',
      base: 'origin/main',
      commit: git('rev-parse', `${base}^`),
    });
  });
  it.skipIf(laysOnto)('its files, where the commits could be shown by a newer git', async () => {
    for (const base of [commits(elsewhere, ...twoSteps), commits(elsewhere, { one: '1\n', two: '2\n' })])
      expect(await prove(commits(...twoSteps), base)).toEqual({ kind: 'files', base: 'origin/main', commit: base });
  });
  it.runIf(laysOnto)('its lines among others', async () => {
    const own = commits(
      { long: replaced(LONG, 'line 30\n', 'line thirty\n') },
      { long: replaced(LONG, 'line 30\n', 'line thirty\nand more\n') },
    );
    const base = commits(
      { long: replaced(LONG, 'line 29\n', 'line twenty-nine\n') },
      { long: replaced(replaced(LONG, 'line 29\n', 'line twenty-nine\n'), 'line 27\n', '27\n') },
    );
    expect(await prove(own, base)).toBeNull();
    const both = commits(
      { long: replaced(LONG, 'line 10\n', 'ten\n') },
      {
        long: replaced(
          replaced(LONG, 'line 10\n', 'ten\n').replace('line 28\n', '28\n'),
          'line 30\n',
          'line thirty\nand more\n',
        ),
      },
    );
    expect(await prove(own, both)).toEqual({ kind: 'contained', base: 'origin/main' });
  });
});

it('what a branch added and took back is in no squash of it', async () => {
  const own = commits({ experiment: 'only here\n' }, { experiment: null, one: '1\n' });
  expect(await prove(own, commits(elsewhere, { one: '1\n' }))).toBeNull();
  expect(
    (await prove(own, commits(elsewhere, { experiment: 'only here\n' }, { experiment: null, one: '1\n' })))?.kind,
  ).toBe(laysOnto ? 'commits' : undefined);
});

it('a file that is deleted and comes back is not what it was', async () => {
  expect(await prove(commits({ gone: null }, { gone: 'gone\n' }), commits(elsewhere))).toBeNull();
});

it('an empty commit and a merge with a change of its own are in no patch', async () => {
  expect(await prove(commits({}), commits(elsewhere))).toBeNull();
  const side = commits({ side: 's\n' });
  commits({ one: '1\n' });
  git('merge', '-q', '--no-ff', '--no-commit', side);
  put({ evil: 'evil\n' });
  git('add', '-A');
  git('commit', '-q', '-m', 'Evil');
  const tip = git('rev-parse', 'HEAD');
  expect(await prove(tip, commits(elsewhere, { one: '1\n' }, { side: 's\n' }))).toBeNull();
  expect(await prove(tip, commits(elsewhere, { one: '1\n' }, { side: 's\n' }, { evil: 'evil\n' }))).not.toBeNull();
});

describe('nothing a repository is set to makes other bytes alike', () => {
  const own: Files = { 'w.py': replaced(LINES, '    return', '        two()\n    return') };
  const theirs: Files = { 'w.py': replaced(LINES, '    return', '    two()\n    return') };
  const ATTRIBUTES = [
    '* merge=ours text eol=lf diff=none filter=none',
    '* binary merge=union working-tree-encoding=UTF-16',
  ];
  const CONFIG = [
    'merge.ours.driver=true',
    'merge.renormalize=true',
    'core.autocrlf=true',
    'diff.none.textconv=true',
    'diff.algorithm=patience',
    'diff.renames=copies',
    'diff.noprefix=true',
    'diff.ignoreSubmodules=all',
    'core.fileMode=false',
    'core.ignoreCase=true',
    'diff.external=true',
    'diff.suppressBlankEmpty=true',
    'core.whitespace=-trailing-space',
    'merge.default=ours',
    'filter.none.clean=true',
  ];

  it.each([
    ['attributes', ATTRIBUTES, []],
    ['configuration and attributes', ATTRIBUTES, CONFIG],
  ] as const)('%s', async (_, attributes, config) => {
    const [tip, base, same] = [commits(own), commits(elsewhere, theirs), commits(elsewhere, own)];
    for (const entry of config) git('config', entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1));
    try {
      for (const line of attributes) {
        writeFileSync(join(repo, '.git', 'info', 'attributes'), `${line}\n`);
        writeFileSync(join(repo, '.gitattributes'), `${line}\n`);
        expect([line, await prove(tip, base)]).toEqual([line, null]);
        expect([line, (await prove(tip, same))?.kind]).toEqual([line, laysOnto ? 'commits' : 'files']);
        expect([line, await hasChange(git('rev-parse', `${base}^{tree}`), { from: start, to: tip }, place)]).toEqual([
          line,
          false,
        ]);
        expect([line, await hasChange(git('rev-parse', `${same}^{tree}`), { from: start, to: tip }, place)]).toEqual([
          line,
          true,
        ]);
      }
    } finally {
      for (const entry of config) git('config', '--unset-all', entry.slice(0, entry.indexOf('=')));
      rmSync(join(repo, '.git', 'info', 'attributes'));
      rmSync(join(repo, '.gitattributes'), { force: true });
    }
  });

  it('replaced objects and grafts', async () => {
    const [tip, base] = [commits({ one: '1\n' }), commits(elsewhere)];
    const liar = execFileSync('git', ['commit-tree', '-p', tip, '-m', 'Liar', `${base}^{tree}`], {
      cwd: repo,
      env: sandbox.env,
      encoding: 'utf8',
    }).trim();
    git('replace', base, liar);
    writeFileSync(join(repo, '.git', 'info', 'grafts'), `${base} ${tip}\n`);
    try {
      expect(await prove(tip, base)).toBeNull();
    } finally {
      git('replace', '-d', base);
      rmSync(join(repo, '.git', 'info', 'grafts'));
    }
  });
});

it('leaves nothing behind, and writes nothing into the repository', async () => {
  const [tip, base] = [commits({ one: '1\n' }), commits(elsewhere)];
  const before = git('count-objects', '-v');
  await prove(tip, base);
  await hasChange(git('rev-parse', `${base}^{tree}`), { from: start, to: tip }, place);
  expect(git('count-objects', '-v')).toBe(before);
  const folder = sandbox.env.TMPDIR ?? '/tmp';
  expect(readdirSync(folder).filter((name) => name.startsWith(`claude-tmux-merge-${process.pid}-`))).toEqual([]);
});

it.each(['merge', 'objects', 'scratch', 'diff'])(
  'takes away what a killed run left an hour ago of a trial (%s), and nothing of one that lives',
  async (kind) => {
    const folder = sandbox.env.TMPDIR ?? '/tmp';
    const [dead, fresh, living] = ['999999999-dead', '999999999-new', `${process.ppid}-lives`].map((name) =>
      join(folder, `claude-tmux-${kind}-${name}`),
    );
    for (const path of [dead, fresh, living]) mkdirSync(path ?? '');
    for (const path of [dead, living]) utimesSync(path ?? '', 1, 1);
    await prove(commits({ one: '1\n' }), start);
    expect([dead, fresh, living].map((path) => existsSync(path ?? ''))).toEqual([false, true, true]);
  },
);
