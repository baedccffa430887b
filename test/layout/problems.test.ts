import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadLayout, type LayoutInput } from '../../src/layout/load.ts';
import { inputOf, PANE, pane, WORLD } from './support.ts';

/** Every diagnostic as `line:column code`. */
function problemsOf(input: LayoutInput): readonly string[] {
  const loaded = loadLayout(input);
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(
    ({ place, code }) => `${place.line}:${place.column} ${code}`,
  );
}

const deep = `a: ${'['.repeat(100_000)}`;
const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');

const CASES: readonly (readonly [
  title: string,
  text: string,
  expected: readonly string[],
  more?: Partial<LayoutInput>,
])[] = [
  // The file
  ['an empty file', '', ['1:1 empty-file']],
  ['a file of comments', '# later\n', ['1:1 empty-file']],
  ['a list', '- a\n', ['1:1 not-a-map']],
  ['a text', 'hello', ['1:1 not-a-map']],
  ['a file over 1 MiB', '#'.repeat(1024 * 1024 + 1), ['1:1 too-big']],
  ['100,000 open brackets', deep, ['1:1 too-deep']],
  ['100,000 nested lists', '- '.repeat(100_000), ['1:1 too-deep']],
  ['a thousand nested maps', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), ['1:1 too-deep']],
  ['an alias bomb', bomb, ['1:1 alias-bomb']],
  ['an alias inside what it names', 'strategy: &s [*s]\n', ['1:15 alias-cycle']],
  ['an alias of nothing', `strategy: *nothing\n${PANE}`, ['1:11 unknown-alias']],
  ['a tab', `strategy: component\npanes:\n\t- name: a`, ['3:1 yaml-tab']],
  ['a second document', `strategy: component\n${PANE}\n---\nx: 1\n`, ['3:1 several-documents']],
  [
    'a key written twice',
    `strategy: component\nstrategy: task\n${PANE}`,
    ['2:1 duplicate-key', '3:21 key-of-other-strategy'],
  ],
  ['a tag', `strategy: !mine component\n${PANE}`, ['1:11 yaml-tag']],
  ['a colon without quotes', `strategy: component\npanes:\n  - name: a: b\n    component: x`, ['3:11 yaml-syntax']],
  ['an unclosed bracket', 'strategy: component\npanes: [{name: a}\nname: x', ['3:1 yaml-indent']],
  ['a list as a key', `? [a, b]\n: 1\nstrategy: component\n${PANE}`, ['1:3 key-not-text']],
  ['an unclosed quote', 'strategy: "component', ['1:21 yaml-syntax']],
  // Shapes
  ['no strategy', PANE, ['1:1 missing-key']],
  ['no panes', 'strategy: component', ['1:1 missing-key']],
  [
    'an unknown strategy beside another problem',
    `strategy: componnet\npanes: [{name: Api, colr: red}]`,
    ['1:11 unknown-value', '2:21 unknown-key'],
  ],
  ['a misspelt key', `strategy: component\nworkspce: x\n${PANE}`, ['2:1 unknown-key']],
  ['a needed key misspelt in a pane', 'strategy: component\npanes: [{name: Api, componnent: x}]', ['2:21 unknown-key']],
  ['a name misspelt', 'strategy: component\npanes: [{nmae: Api, id: api, component: x}]', ['2:10 unknown-key']],
  ['the strategy misspelt', `stratgy: component\n${PANE}`, ['1:1 unknown-key']],
  [
    'one key misspelt and another missing',
    'strategy: component\npanes: [{nmae: Api, id: api}]',
    ['2:9 strategy-key-missing', '2:10 unknown-key'],
  ],
  ['a number as a name', 'strategy: component\npanes: [{name: 12, component: x}]', ['2:16 wrong-type']],
  ['a list of panes that is a map', 'strategy: component\npanes: {a: b}', ['2:8 wrong-type']],
  ['no pane', 'strategy: component\npanes: []', ['2:8 out-of-range']],
  [
    '61 panes',
    `strategy: component\npanes:\n${Array.from({ length: 61 }, (_, i) => `  - {name: p${i}, component: x}`).join('\n')}`,
    ['3:3 out-of-range'],
  ],
  ['a pane that is a text', 'strategy: component\npanes:\n  - api\n', ['3:5 wrong-type']],
  ['a colour that YAML takes for a comment', pane('color: #ff0000'), ['6:12 no-value']],
  ['a bad item of a union', pane('depends_on: [{id: api, until: redy}]'), ['6:35 unknown-value']],
  ['a number among commands', pane('setup: [npm ci, 3]'), ['6:21 wrong-type']],
  [
    'a port that is none',
    `strategy: component\nports: {base: 80, step: 1.5}\n${PANE}`,
    ['2:15 out-of-range', '2:25 wrong-type'],
  ],
  // Names and keys
  ['a fleet name tmux cannot take', `name: "…"\nstrategy: component\n${PANE}`, ['1:7 name-unusable']],
  ['a name on two lines', pane('id: "a\\nb"'), ['6:9 control-character']],
  [
    'a name that turns the line around',
    'strategy: component\npanes: [{name: "a\u202eb", id: a, component: x}]',
    ['2:16 control-character'],
  ],
  ['a NUL in a command', pane('run: "a\\0b"'), ['6:10 nul-character']],
  ['half a character', pane('prompt: "\\ud800"'), ['6:13 broken-text']],
  [
    'a name of 10,000 characters',
    `strategy: component\npanes: [{name: ${'a'.repeat(10_000)}, component: x}]`,
    ['2:16 too-long'],
  ],
  ['an empty name', 'strategy: component\npanes: [{name: " ", component: x}]', ['2:16 empty-name']],
  ['a name that says nothing', 'strategy: component\npanes: [{name: Session 1, component: x}]', ['2:16 vague-name']],
  ['a name without a letter for an id', 'strategy: component\npanes: [{name: Сервер, component: x}]', ['2:16 no-id']],
  ['an id with blanks', pane('id: My Id'), ['6:9 bad-id']],
  ['an id of digits', pane('id: "12"'), ['6:9 bad-id']],
  [
    'two panes with one slug',
    'strategy: component\npanes: [{name: A b, component: x}, {name: a-b, component: x}]',
    ['2:43 duplicate-id'],
  ],
  ['two panes with one id', pane('id: api'), ['6:9 duplicate-id']],
  [
    'two panes with one name',
    'strategy: component\npanes: [{name: A, id: a, component: x}, {name: A, id: b, component: x}]',
    ['2:48 same-name'],
  ],
  ['a key of another strategy', pane('task: bugfix'), ['6:5 key-of-other-strategy']],
  ['no key of the strategy', 'strategy: task\npanes: [{name: A}]', ['2:9 strategy-key-missing']],
  ['an unknown stage', 'strategy: stage\npanes: [{name: A, stage: implment}]', ['2:26 unknown-value']],
  ['an unknown colour', pane('color: bleu'), ['6:12 unknown-color']],
  ['colour 256', pane('color: colour256'), ['6:12 unknown-color']],
  // Branches
  ['a branch git refuses', pane('branch: a..b'), ['6:13 bad-branch']],
  ['a base git refuses', `base: "-x"\nstrategy: component\n${PANE}`, ['1:7 bad-branch']],
  ['a misspelt word in a pattern', pane('branch: "{usr}/x"'), ['6:13 unknown-placeholder']],
  [
    'two panes on one branch',
    'strategy: component\nbranch: x\npanes: [{name: A, component: x}, {name: B, component: x}, {name: C, component: x}]',
    ['2:9 same-branch'],
  ],
  [
    'a branch in a branch, in worktrees',
    'strategy: component\nisolation: worktree\npanes: [{name: A, component: x, branch: a}, {name: B, component: x, branch: a/b}]',
    ['3:77 branch-in-branch'],
  ],
  [
    'the branch of the checkout, in a worktree',
    'strategy: component\nisolation: worktree\npanes: [{name: A, component: x, branch: main}]',
    ['3:41 same-branch'],
  ],
  ['a branch of its own in the tree of another', pane('in: api\n    branch: other'), ['7:13 two-branches']],
  // Trees
  ['`in` of nobody', pane('in: nobody'), ['6:9 unknown-pane']],
  [
    'a ring of `in`',
    'strategy: component\npanes: [{name: A, component: x, in: b}, {name: B, component: x, in: a}]',
    ['2:37 in-cycle', '2:69 in-cycle'],
  ],
  [
    'worktrees of stages',
    'strategy: stage\nisolation: worktree\npanes: [{name: A, stage: plan}]',
    ['2:12 stage-worktree'],
  ],
  [
    'worktrees of another repository',
    `strategy: component\nisolation: worktree\nrepo: https://x.org/y.git\n${PANE}`,
    ['3:7 worktree-repo'],
  ],
  [
    'a pane with a repository of its own in a worktree',
    'strategy: component\nisolation: worktree\npanes: [{name: A, component: x, repo: /x}]',
    ['3:39 pane-repo'],
  ],
  [
    'branches in the shared checkout',
    `strategy: component\nisolation: shared\nbranch: x\n${PANE}`,
    ['3:9 shared-branch'],
  ],
  ['a setup in the shared checkout', `strategy: component\nisolation: shared\nsetup: make\n${PANE}`, ['3:1 no-effect']],
  [
    'worktrees outside a checkout',
    `strategy: component\nisolation: worktree\n${PANE}`,
    ['2:12 no-checkout'],
    { world: { ...WORLD, checkout: null } },
  ],
  [
    'no repository at all',
    `strategy: component\n${PANE}`,
    ['1:1 no-repository'],
    { world: { ...WORLD, checkout: null } },
  ],
  ['an address that runs a program', `repo: "ext::sh -c x"\nstrategy: component\n${PANE}`, ['1:7 bad-repo']],
  ['an address that is an option', `repo: --upload-pack=x\nstrategy: component\n${PANE}`, ['1:7 bad-repo']],
  ['an address of an unknown scheme', `repo: gopher://x/y\nstrategy: component\n${PANE}`, ['1:7 bad-repo']],
  ['a folder outside the clone', pane('dir: a/../../b'), ['6:10 bad-dir']],
  ['an absolute folder', pane('dir: /etc'), ['6:10 bad-dir']],
  ['a workspace in the checkout', `workspace: ./clones\nstrategy: component\n${PANE}`, ['1:12 bad-workspace']],
  ['a workspace that is the checkout', `workspace: .\nstrategy: component\n${PANE}`, ['1:12 bad-workspace']],
  ['a workspace that is home', `workspace: "~"\nstrategy: component\n${PANE}`, ['1:12 bad-workspace']],
  ['a workspace that is the root', `workspace: /\nstrategy: component\n${PANE}`, ['1:12 bad-workspace']],
  [
    'a clone where the checkout is',
    'workspace: ~/src\nstrategy: component\npanes: [{name: Shop, component: x}]',
    ['1:12 bad-workspace'],
  ],
  // Order
  ['a dependency on nobody', pane('depends_on: [apy]'), ['6:18 unknown-pane']],
  ['a dependency on itself', pane('depends_on: web'), ['6:17 dependency-cycle']],
  [
    'a dependency on itself beside a ring',
    'strategy: component\npanes: [{name: A, component: x, depends_on: b}, {name: B, component: x, depends_on: [a, b]}]',
    ['2:45 dependency-cycle', '2:89 dependency-cycle'],
  ],
  [
    'a dependency on itself beside other problems',
    pane('depends_on: [{id: web}, apy]\n    in: web\n    colr: red'),
    ['6:23 dependency-cycle', '6:29 unknown-pane', '7:9 in-cycle', '8:5 unknown-key'],
  ],
  [
    'a dependency on itself where two panes have that id',
    'strategy: component\npanes: [{name: A, id: me, component: x, depends_on: [me]}, {name: B, id: me, component: x}]',
    ['2:54 dependency-cycle', '2:74 duplicate-id'],
  ],
  ['`until` without a condition', pane('depends_on: {id: api, until: {}}'), ['6:34 bad-until']],
  [
    'a ring of dependencies',
    'strategy: component\npanes: [{name: A, component: x, depends_on: c}, {name: B, component: x, depends_on: a}, {name: C, component: x, depends_on: b}]',
    ['2:45 dependency-cycle'],
  ],
  // What runs
  ['a prompt twice', pane('prompt: a\n    prompt_file: b'), ['7:5 exclusive-keys', '7:18 no-prompt-file']],
  ['a command that is told something', pane('run: make\n    prompt: hi'), ['7:5 exclusive-keys']],
  ['a teleported command', pane('run: make\n    teleport: abc'), ['7:5 exclusive-keys']],
  ['a prompt file that is not there', pane('prompt_file: gone.md'), ['6:18 no-prompt-file']],
  [
    'a prompt file over 10 MB',
    pane('prompt_file: big.md'),
    ['6:18 prompt-too-long'],
    { files: new Map([['/home/ann/src/shop/web/big.md', 'x'.repeat(10_000_001)]]) },
  ],
  ['an unknown template', pane('template: feeture'), ['6:15 unknown-template']],
  ['a flag that is ours', pane('claude: {args: [--verbose, --resume]}'), ['6:32 managed-flag']],
  ['an option as a model', pane('claude: {model: --x}'), ['6:21 bad-value']],
  ['an unknown effort', pane('claude: {effort: mighty}'), ['6:22 unknown-effort']],
  ['an empty command', pane('claude: {command: []}'), ['6:23 empty-command']],
  ['a shell line as a command', pane('claude: {command: "FOO=\'a b\' claude"}'), ['6:23 bad-command']],
  ['an option of Claude for another agent', pane('claude: {command: aider, model: x}'), ['6:37 no-effect']],
  ['a teleport id that is an option', pane('teleport: --help'), ['6:15 bad-teleport']],
  // Settings
  ['an unknown arrangement', `arrange: tield\nstrategy: component\n${PANE}`, ['1:10 unknown-arrangement']],
  [
    'a layout string with a wrong checksum',
    `arrange: "0000,159x48,0,0,0"\nstrategy: component\n${PANE}`,
    ['1:10 bad-tmux-layout'],
  ],
  ['a name that no variable can have', `env: {"a b": x}\nstrategy: component\n${PANE}`, ['1:7 bad-env-name']],
  ['a variable that tmux sets', `env: {TMUX: x}\nstrategy: component\n${PANE}`, ['1:7 reserved-env-name']],
  ['a variable that bash keeps to itself', `env: {UID: "1"}\nstrategy: component\n${PANE}`, ['1:7 reserved-env-name']],
  [
    'variables that are not set',
    'env: {A: "${NOPE} ${HOST}"}\nrepo: "${GONE}/x"\nstrategy: component\n' + PANE,
    ['1:10 unset-variable', '2:7 unset-variable'],
  ],
  ['a glob that leads out', pane('owns: [src/**, ../x]'), ['6:20 bad-glob']],
  [
    'more ports than there are',
    'ports: {base: 65000, step: 1000}\nstrategy: component\npanes: [{name: A, component: x}, {name: B, component: x}]',
    ['1:8 ports-too-high'],
  ],
  ['an unknown channel', `notify: {channels: [dekstop]}\nstrategy: component\n${PANE}`, ['1:21 unknown-channel']],
];

describe('every problem has a name and a place', () => {
  it.each(CASES.map(([title, text, expected, more]) => ({ title, expected, input: inputOf({ text, ...more }) })))(
    '$title',
    ({ expected, input }) => {
      expect(problemsOf(input)).toEqual(expected);
    },
  );

  it('of the same kind are told up to 200, with a note that there are more', () => {
    const text = `strategy: component\n${PANE}\n${Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n')}`;
    const problems = problemsOf(inputOf({ text }));
    expect(problems).toHaveLength(201);
    expect(problems.slice(0, 2)).toEqual(['1:1 many-problems', '3:1 unknown-key']);
  });

  it('has a case for each code in the source', () => {
    const folder = new URL('../../src/layout/', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const codes = sources.flatMap((text) =>
      [
        ...text.matchAll(
          /(?:error|warning|report|whole|bad)\(\s*'([a-z]+(?:-[a-z]+)*)',|code: '([a-z]+(?:-[a-z]+)*)'/g,
        ),
      ].map((match) => match[1] ?? match[2] ?? ''),
    );
    const covered = new Set(CASES.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[1] ?? '')));
    // The first is tested above; the second is for kinds of issue that the schema does not give today.
    const elsewhere = ['many-problems', 'wrong-value'];
    expect([...new Set(codes)].filter((code) => !covered.has(code) && !elsewhere.includes(code)).toSorted()).toEqual(
      [],
    );
  });
});
