import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { approveInCheckout, MCP_PROJECT } from './support/mcp.ts';
import { isTold, PATIENT, seal, type Sealed } from './support/sealed.ts';
import type { Terminal } from './support/terminal.ts';

let sealed: Sealed;
beforeEach(async () => {
  sealed = await seal({
    files: {
      ...MCP_PROJECT,
      '.gitignore': '*.yaml\n.claude/settings.local.json\n',
      '.claude/settings.json': JSON.stringify({ permissions: { allow: ['Bash(make check)'] } }),
    },
  });
  await approveInCheckout(sealed);
  await sealed.writeLayout([
    { id: 'one', prompt: 'SCENARIO:text:first_answer' },
    { id: 'two', prompt: 'SCENARIO:text:second_answer' },
  ]);
});
afterEach(() => sealed.dispose());

async function answer(terminal: Terminal, question: string, ...keys: string[]): Promise<void> {
  await eventually(async () => expect(await terminal.screen()).toContain(question), PATIENT);
  await terminal.press(...keys, 'Enter');
}

/** Keys of Claude's file whose folder is trusted, without what leads to the workspace. */
async function trusted(): Promise<readonly string[]> {
  const { projects } = JSON.parse(await readFile(join(sealed.sandbox.home, '.claude.json'), 'utf8')) as {
    projects: Record<string, { hasTrustDialogAccepted?: boolean }>;
  };
  return Object.keys(projects)
    .filter((key) => projects[key]?.hasTrustDialogAccepted === true)
    .map((key) => key.replace(`${sealed.workspace}/`, ''))
    .sort();
}

const allTold = (): Promise<void> =>
  eventually(async () => expect((await sealed.sessions()).map(isTold)).not.toContain(false), PATIENT);
const UNTRUSTED = { detail: 'asks whether this folder is trusted', source: 'screen' };

describeClaude('trust of the clones', () => {
  test('is asked for once a repository, with what it lets take effect, and then no pane asks, nor that of a session that is added', async () => {
    const terminal = await sealed.terminal(['up', 'shop.yaml', '--yes']);
    await eventually(async () => expect(await terminal.screen()).toContain('Do this? [y/N]'), PATIENT);
    const screen = (await terminal.screen()).replace(/\s+/g, ' ');
    expect(screen).toContain(`${sealed.workspace}: one, two`);
    expect(screen).toContain('.claude/settings.json allows without asking: Bash(make check)');
    expect(screen).toContain(`Written to ${sealed.sandbox.home}/.claude.json`);
    expect(existsSync(`${sealed.workspace}/one`)).toBe(false);
    await terminal.press('y', 'Enter');
    await allTold();
    await sealed.shows('one', 'first answer');
    await sealed.shows('two', 'second answer');
    expect(await trusted()).toEqual(['one', 'two']);
    expect(await sealed.tmux.run('list-clients', '-F', '#{session_name}')).toBe('shop');
    const { stderr } = await sealed.ok('add', 'Three', '--task', 'bugfix', '--prompt', 'SCENARIO:text:third_answer');
    expect(stderr).toContain('Claude Code trusts 1 folder more, as you agreed');
    await sealed.shows('three', 'third answer');
    expect(await trusted()).toEqual(['one', 'three', 'two']);
  });

  test('comes in one question with MCP servers and what was allowed, each of which can be granted alone', async () => {
    const terminal = await sealed.terminal(['up', 'shop.yaml']);
    await answer(terminal, 'Bring it up? [y/N]', 'y');
    await answer(terminal, 'Do all of this? [y/N, or some: 1 2 3]', '1', 'Space', '2');
    await sealed.shows('one', 'first answer');
    await sealed.shows('two', 'second answer');
    await eventually(async () => expect(await sealed.tmux.run('list-clients', '-F', '#{session_name}')).toBe('shop'));
    expect(existsSync(`${sealed.workspace}/one/.claude/settings.local.json`)).toBe(false);
  });

  test('declined: nothing is written, and the panes ask', async () => {
    const terminal = await sealed.terminal(['up', 'shop.yaml', '--yes']);
    await answer(terminal, 'Do this? [y/N]', 'n');
    for (const id of ['one', 'two']) expect((await sealed.reaches(id, 'blocked')).agent).toMatchObject(UNTRUSTED);
    expect(await trusted()).toEqual([]);
    expect(sealed.api.requests.filter(({ kind }) => kind === 'turn')).toEqual([]);
  });

  test('without a terminal nothing is written, whatever --yes says; a restart on a terminal asks for all, and the prompt arrives once', async () => {
    const { stderr } = await sealed.ct(['up', 'shop.yaml', '--yes']);
    expect(stderr).toContain(
      `note: Claude Code does not trust ${sealed.workspace}: one, two yet and asks in each pane`,
    );
    for (const id of ['one', 'two']) expect((await sealed.reaches(id, 'blocked')).agent).toMatchObject(UNTRUSTED);
    expect(await trusted()).toEqual([]);
    const terminal = await sealed.terminal(['restart', 'one']);
    await answer(terminal, 'Do this? [y/N]', 'y');
    await sealed.shows('one', 'first answer');
    expect(await trusted()).toEqual(['one']);
    await sealed.ok('restart', 'two');
    await sealed.shows('two', 'second answer');
    expect(sealed.api.requests.filter(({ kind }) => kind === 'turn')).toHaveLength(2);
  });

  test('of ten that start at once none asks, and no key is lost', async () => {
    const ids = Array.from({ length: 10 }, (_, number) => `s${number}`);
    await sealed.writeLayout(ids.map((id) => ({ id })));
    const terminal = await sealed.terminal(['up', 'shop.yaml', '--yes']);
    await answer(terminal, 'Do this? [y/N]', 'y');
    await eventually(async () => expect((await sealed.sessions()).filter(isTold)).toHaveLength(10), {
      within: 120_000,
    });
    expect(await trusted()).toEqual(ids);
  });

  test('of a worktree is the main repository, and its subfolder needs no other key', async () => {
    await sealed.writeLayout([{ id: 'one', prompt: 'SCENARIO:text:first_answer', dir: '.claude' }], {
      isolation: 'worktree',
    });
    const terminal = await sealed.terminal(['up', 'shop.yaml', '--yes']);
    await answer(terminal, 'Do this? [y/N]', 'y');
    await sealed.shows('one', 'first answer');
    expect(await trusted()).toEqual([sealed.checkout]);
  });
});
