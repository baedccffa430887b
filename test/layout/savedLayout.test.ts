import { describe, expect, test } from 'vitest';
import { loadLayout } from '../../src/layout/load.ts';
import { savedLayoutText, type SavedSession } from '../../src/layout/savedLayout.ts';
import type { Layout } from '../../src/layout/layout.ts';

function load(sessions: readonly SavedSession[]): Layout {
  const text = savedLayoutText({ name: 'saved', schemaPath: '/x/layout.schema.json', sessions });
  const world = {
    home: '/home/u',
    user: 'u',
    env: {},
    cwd: '/src/shop',
    checkout: { root: '/src/shop', origin: 'https://example.com/shop.git', branch: 'main', worktreeInclude: [] },
  };
  const loaded = loadLayout({
    path: '/src/shop/saved.yaml',
    text,
    overlays: [],
    world,
    task: null,
    files: new Map(),
    templates: new Map([['purpose', '{{prompt}}']]),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.layout;
}

const session = (path: string, rest: Partial<SavedSession> = {}): SavedSession => ({
  id: null,
  name: 'A label',
  key: null,
  color: null,
  path,
  repo: 'https://example.com/shop.git',
  branch: 'main',
  work: null,
  account: null,
  ...rest,
});

describe('a layout of sessions that run', () => {
  test('keeps the folders of clones that lie side by side', () => {
    const layout = load([
      session('/ws/one', { branch: 'feature/one' }),
      session('/ws/two', { id: 'two', key: 'backend', color: 'red', branch: 'fix/two' }),
    ]);
    expect(
      layout.panes.map(({ id, color, tree }) => ({
        id,
        color,
        path: tree.kind === 'own' ? tree.spec.path : null,
        branch: tree.kind === 'own' ? tree.spec.branch : null,
      })),
    ).toEqual([
      { id: 'one', color: expect.any(String) as string, path: '/ws/one', branch: 'feature/one' },
      { id: 'two', color: 'red', path: '/ws/two', branch: 'fix/two' },
    ]);
  });

  test('keeps how the agent is started, and its account', () => {
    const pane = load([session('/ws/one')]).panes[0] ?? expect.fail('no pane');
    if (pane.work.kind !== 'agent') expect.fail('no agent');
    const work = {
      ...pane.work,
      command: ['sandbox', '--', 'claude'],
      args: ['--verbose'],
      model: 'opus',
      permissionMode: 'plan' as const,
      effort: 'high',
      fullscreen: false,
      remoteControl: true,
      mcpConfig: ['mcp.json'],
    };
    const [saved] = load([session('/ws/one', { work, account: '/home/u/.claude-work' })]).panes;
    expect(saved).toMatchObject({
      work: { ...work, prompt: pane.work.prompt },
      env: { CLAUDE_CONFIG_DIR: '/home/u/.claude-work' },
    });
    expect(
      savedLayoutText({ name: 'saved', schemaPath: '/x', sessions: [session('/ws/one', { work: pane.work })] }),
    ).not.toContain('claude:');
  });

  test('of sessions in one folder is shared', () => {
    const layout = load([session('/src/shop'), session('/src/shop', { name: 'Another' })]);
    expect(layout.isolation).toBe('shared');
    expect(layout.panes.map(({ id }) => id)).toEqual(['shop', 'shop-2']);
  });

  test('of sessions here and there names the folders, and each repository', () => {
    const sessions = [
      session('/a/one', { branch: 'x' }),
      session('/b/two', { repo: 'git@example.com:other.git', branch: 'y', name: '#(touch pwned): "quoted"\nline' }),
    ];
    const text = savedLayoutText({ name: 'saved', schemaPath: '/x', sessions });
    expect(text).toContain('#   one: "/a/one"');
    const layout = load(sessions.map((one) => ({ ...one, name: one.name.replace('\n', ' ') })));
    expect(layout.panes.map(({ tree }) => (tree.kind === 'own' ? tree.spec.repo : null))).toEqual([
      'https://example.com/shop.git',
      'git@example.com:other.git',
    ]);
  });
});
