import { describe, expect, it } from 'vitest';
import { fingerprintText } from '../../src/layout/fingerprint.ts';
import type { Layout, Pane } from '../../src/layout/layout.ts';
import { filesNamed, loadLayout, type LayoutInput } from '../../src/layout/load.ts';
import { fillHandoff } from '../../src/layout/templates.ts';
import { cpuTime } from '../support/cpuTime.ts';
import { inputOf, WORLD } from './support.ts';

/** The layout, or a failure that shows what was wrong with it. */
function layoutOf(text: string, more: Partial<LayoutInput> = {}): Layout {
  const loaded = loadLayout(inputOf({ text, ...more }));
  if (!loaded.ok)
    throw new Error(
      loaded.diagnostics.map(({ place, message }) => `${place.line}:${place.column} ${message}`).join('\n'),
    );
  return loaded.layout;
}

function paneOf(keys: string, more: Partial<LayoutInput> = {}): Pane {
  const [pane] = layoutOf(
    `strategy: component\npanes:\n  - name: Web\n    component: frontend\n    ${keys}`,
    more,
  ).panes;
  if (!pane) throw new Error('no pane');
  return pane;
}

function promptOf(pane: Pane | undefined): string | null {
  return pane?.work.kind === 'agent' ? pane.work.prompt : null;
}

const ONE = 'strategy: component\npanes: [{name: Web, component: frontend}]';

describe('the fleet', () => {
  it.each([
    ['layouts/frontend-backend.yaml', 'shop-frontend-backend'],
    ['/x/team.yml', 'shop-team'],
    ['.claude-tmux.yaml', 'shop'],
  ])('of %s is called %s', (path, name) => {
    expect(layoutOf(ONE, { path })).toMatchObject({ name, session: name, workspace: `/home/ann/workspaces/${name}` });
  });

  it('is made of the checkout itself when that has no origin', () => {
    const world = { ...WORLD, checkout: { root: '/src/shop', origin: null, branch: null, worktreeInclude: [] } };
    expect(layoutOf(ONE, { world })).toMatchObject({ repo: '/src/shop', name: 'shop-team' });
  });

  it('needs no checkout when the layout names the repository', () => {
    const world = { ...WORLD, checkout: null };
    expect(layoutOf(`repo: ~/src/shop.git\n${ONE}`, { world })).toMatchObject({
      repo: '/home/ann/src/shop.git',
      checkout: null,
      name: 'shop-team',
    });
  });

  it.each([
    ['../other', '/home/ann/src/other'],
    ['git@host:a/b.git', 'git@host:a/b.git'],
    ['host:b', 'host:b'],
    ['./a:b', '/home/ann/src/shop/a:b'],
    ['https://host/b', 'https://host/b'],
    ['file:///srv/b', 'file:///srv/b'],
  ])('of the repository %s clones %s', (repo, expected) => {
    expect(layoutOf(`repo: ${repo}\n${ONE}`).repo).toBe(expected);
  });

  it('uses the files of .worktreeinclude unless the layout lists its own', () => {
    expect(paneOf('id: a').tree).toMatchObject({ spec: { include: ['.env'] } });
    expect(layoutOf(`include: []\n${ONE}`).panes[0]?.tree).toMatchObject({ spec: { include: [] } });
  });

  it('takes the settings of an overlay that is all comments as none', () => {
    expect(layoutOf(ONE, { overlays: [{ kind: 'over', path: 'l.yaml', text: '# nothing yet\n' }] }).panes).toHaveLength(
      1,
    );
  });
});

describe('trees', () => {
  it('a command works in the tree of the first pane that has one, and gets its own with a branch', () => {
    const { panes } = layoutOf(
      'strategy: component\npanes:\n  - {name: Log, run: tail -f x}\n  - {name: Web, component: frontend}\n  - {name: Own, run: "", branch: x}',
    );
    expect(panes.map(({ tree }) => (tree.kind === 'of' ? `of ${tree.id}` : tree.kind))).toEqual([
      'of web',
      'own',
      'own',
    ]);
  });

  it("of commands alone is one: the first one's", () => {
    const { panes } = layoutOf('strategy: component\npanes:\n  - {name: A, run: a}\n  - {name: B, run: b}');
    expect(panes.map(({ tree }) => (tree.kind === 'of' ? `of ${tree.id}` : tree.kind))).toEqual(['own', 'of a']);
  });

  it('`in` leads to the pane at its end', () => {
    const { panes } = layoutOf(
      'strategy: component\npanes:\n  - {name: A, component: x}\n  - {name: B, component: x, in: a}\n  - {name: C, component: x, in: b}',
    );
    expect(panes[2]?.tree).toEqual({ kind: 'of', id: 'a' });
  });
});

describe('agents', () => {
  it.each([
    ['claude', true],
    ['~/bin/claude --verbose', true],
    ['mise x -- claude', true],
    ['npx @anthropic-ai/claude-code@2', true],
    ['aider', false],
    ['claude-code-router', false],
  ])('started by %s: is it Claude Code? %s', (command, isClaude) => {
    expect(paneOf(`claude: {command: ${JSON.stringify(command)}}`).work).toMatchObject({ isClaude });
  });

  it('get the permission mode of their task unless one is written', () => {
    const { panes } = layoutOf(
      'strategy: task\npanes:\n  - {name: A, task: feature}\n  - {name: B, task: feature, claude: {permission_mode: default}}\n  - {name: C, task: bugfix}',
    );
    expect(panes.map(({ work }) => (work.kind === 'agent' ? work.permissionMode : ''))).toEqual([
      'plan',
      'default',
      null,
    ]);
  });

  it('other than Claude are told nothing unasked', () => {
    expect(promptOf(paneOf('claude: {command: aider}'))).toBeNull();
    expect(promptOf(paneOf('claude: {command: aider}\n    prompt: hi'))).toContain('hi');
  });
});

describe('prompts', () => {
  it('ask for the task while there is none, also from a file', () => {
    const files = new Map([['/home/ann/src/shop/web/p.md', 'Do {{task}}']]);
    expect(
      loadLayout(inputOf({ text: ONE.replace('frontend}', 'frontend, prompt_file: p.md}'), files })),
    ).toMatchObject({ ok: true, asksForTask: true });
    expect(promptOf(paneOf('prompt_file: p.md', { files, task: 'it' }))).toContain('Do it');
  });

  it('an empty task is a task', () => {
    expect(
      loadLayout(inputOf({ text: ONE.replace('frontend}', 'frontend, prompt: "{{task}}"}'), task: '' })),
    ).toMatchObject({ asksForTask: false });
  });

  it('keep their own blank lines and indentation inside a template', () => {
    expect(promptOf(paneOf('prompt: "a\\n\\n\\n\\n  b"'))).toContain('a\n\n\n\n  b');
  });

  it('without a template are told bare', () => {
    expect(promptOf(paneOf('prompt: "{{name}}: go"\n    template: none'))).toBe('Web: go');
    expect(promptOf(paneOf('template: none'))).toBeNull();
  });

  it('wait for a hand-off only where a session waits for another', () => {
    const { panes } = layoutOf('strategy: stage\npanes:\n  - {name: A, stage: plan}\n  - {name: B, stage: implement}');
    expect(promptOf(panes[0])).not.toContain('handoff');
    expect(promptOf(panes[1])).toContain('{{handoff}}');
    expect(fillHandoff(promptOf(panes[1]) ?? '', "the plan: $& $' {{handoff}}")).toContain(
      "\nthe plan: $& $' {{handoff}}\n",
    );
  });

  it('say so where a session starts before anything was handed over', () => {
    expect(fillHandoff('a {{handoff}} b', null)).toMatch(/^a Nothing has been handed over .* b$/);
  });

  it("of a user's own template come in its words", () => {
    const templates = new Map([['mine', '{{branch}} from {{base}}; mine: {{owns}}; others: {{others}}; {{prompt}}']]);
    expect(promptOf(paneOf('template: mine\n    prompt: go\n    owns: [a/**, b]', { templates }))).toBe(
      'feature/web from the default branch; mine: a/**, b; others: none at the moment; go',
    );
  });
});

describe('filesNamed', () => {
  it('gives each prompt file once, relative to the layout file, also when the layout is wrong', () => {
    const text =
      'strategy: nonsense\npanes:\n  - prompt_file: a.md\n  - {name: 3, prompt_file: ./a.md}\n  - {prompt_file: ~/b.md}\n  - {prompt_file: 3}\n  - x\n  - {prompt_file: /c.md}';
    expect(filesNamed(inputOf({ text, path: '/x/layouts/l.yaml' }))).toEqual([
      '/x/layouts/a.md',
      '/home/ann/b.md',
      '/c.md',
    ]);
    expect(filesNamed(inputOf({ text, path: 'sub/l.yaml' }))).toContain('/home/ann/src/shop/web/sub/a.md');
  });

  it('gives none for a text that is no layout', () => {
    expect(filesNamed(inputOf({ text: 'prompt_file: [' }))).toEqual([]);
  });
});

describe('fingerprintText', () => {
  it('is the same for the same layout, whatever the order of its keys', () => {
    const one = layoutOf('strategy: component\nenv: {A: "1", B: "2"}\npanes: [{name: Web, component: frontend}]');
    const other = layoutOf('panes: [{component: frontend, name: Web}]\nenv: {B: "2", A: "1"}\nstrategy: component');
    expect(fingerprintText(one)).toBe(fingerprintText(other));
  });

  it.each(['setup: x', 'env: {A: x}', 'prompt: x', 'run: x', 'claude: {args: [x]}', 'dir: x', 'template: debug'])(
    'changes with %s',
    (keys) => {
      expect(
        fingerprintText(layoutOf(`strategy: component\npanes:\n  - {name: Web, component: frontend, ${keys}}`)),
      ).not.toBe(fingerprintText(layoutOf(ONE)));
    },
  );
});

describe('a large file', () => {
  it('is refused before anything reads it', () => {
    const text = ' '.repeat(1024 * 1024 + 1);
    const started = cpuTime();
    expect(loadLayout(inputOf({ text }))).toMatchObject({ ok: false, diagnostics: [{ code: 'too-big' }] });
    expect(cpuTime() - started).toBeLessThan(200);
  });
});
