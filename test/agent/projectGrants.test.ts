import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProjectGrants, type ProjectGrants } from '../../src/agent/projectGrants.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(() => sandbox.dispose());

const tree = (): string => sandbox.path('tree');
async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree(), name)), { recursive: true });
  await writeFile(join(tree(), name), text);
}
const read = (dirs: readonly string[] = ['']): Promise<ProjectGrants> => readProjectGrants(tree(), { dirs, own: [] });

/** Every place in which Claude Code finds a file whose head can run or permit something. */
const PLACES = [
  '.claude/skills/deploy/SKILL.md',
  '.claude/skills/deploy/more/SKILL.md',
  '.claude/agents/reviewer.md',
  '.claude/agents/team/reviewer.md',
  '.claude/commands/ship.md',
  '.claude/commands/git/ship.md',
  'web/.claude/skills/deploy/SKILL.md',
];

/** What a head can grant, and the line that says so. */
const GRANTS: readonly (readonly [string, string])[] = [
  [
    'hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: ./check.sh',
    'runs at PreToolUse: ./check.sh',
  ],
  ['allowed-tools: Bash(rm *), Read', 'allows without asking: Bash(rm *), Read'],
  ['allowed-tools: [Bash, Edit]', 'allows without asking: Bash, Edit'],
  ['mcpServers:\n  db:\n    command: ./server\n    args: [--all]', 'brings the MCP server "db": ./server --all'],
  ['permissionMode: bypassPermissions', 'works in the permission mode bypassPermissions'],
  ['description: Use it when: always\nallowed-tools: Bash', 'cannot be read, so what it permits is unknown'],
];

describe('what skills, agents and commands of a repository grant', () => {
  it.each(PLACES)('is shown for %s, and a change of it is a change of the fingerprint', async (name) => {
    for (const [head, line] of GRANTS) {
      await write(name, `---\nname: x\n${head}\n---\nDo it.\n`);
      const before = await read(['web']);
      expect(before.lines).toEqual([`${name} ${line}`]);
      await write(name, `---\nname: x\n${head}\n---\nDo something else.\n`);
      expect((await read(['web'])).fingerprints).not.toEqual(before.fingerprints);
    }
  });

  it('is said of an MCP server as Claude does it: unasked where the repository approves it itself', async () => {
    await write(
      '.mcp.json',
      JSON.stringify({ mcpServers: { one: { command: 'a' }, two: { command: 'b', args: ['x'] } } }),
    );
    const asks = (name: string, what: string): string =>
      `.mcp.json offers the MCP server "${name}", which Claude asks about unless you have approved it: ${what}`;
    const starts = (name: string, what: string): string =>
      `.mcp.json starts the MCP server "${name}" without asking: ${what}`;
    expect((await read()).lines).toEqual([asks('one', 'a'), asks('two', 'b x')]);
    await write('.claude/settings.json', JSON.stringify({ enabledMcpjsonServers: ['one'] }));
    expect((await read()).lines).toEqual(expect.arrayContaining([starts('one', 'a'), asks('two', 'b x')]));
    await write('.claude/settings.json', JSON.stringify({ enableAllProjectMcpServers: true }));
    expect((await read()).lines).toEqual(expect.arrayContaining([starts('one', 'a'), starts('two', 'b x')]));
  });

  it('is nothing for a text without such a head, readable or not', async () => {
    const plain = (await read()).fingerprints;
    await write('.claude/skills/a/SKILL.md', '---\nname: a\ndescription: Use it when: always\n---\nhooks: none\n');
    await write('.claude/agents/b.md', 'No head.\nallowed-tools: Bash\n');
    await write('.claude/commands/c.md', '---\r\ndescription: c\r\nmodel: opus\r\n---\r\n');
    await write('.claude/skills/plain-file', 'not a folder');
    expect(await read()).toEqual({ lines: [], fingerprints: plain, files: [], isGated: false });
  });

  it('is found behind links, ends in a circle of them, and never waits for what is no file', async () => {
    await write('shared/deploy/SKILL.md', '---\nallowed-tools: Bash\n---\n');
    await mkdir(join(tree(), '.claude', 'skills'), { recursive: true });
    await symlink('../../shared/deploy', join(tree(), '.claude', 'skills', 'linked'));
    await symlink('.', join(tree(), '.claude', 'skills', 'circle'));
    await symlink('/dev/zero', join(tree(), '.claude', 'skills', 'endless.md'));
    const { lines } = await read();
    expect(lines).toContain('.claude/skills/linked/SKILL.md allows without asking: Bash');
    expect(lines).toContain('.claude/skills/endless.md cannot be read, so what it permits is unknown');
  });

  it('says where there are more files than are read', async () => {
    await Promise.all(Array.from({ length: 1005 }, (_, n) => write(`.claude/commands/c${n}.md`, 'Do it.\n')));
    expect((await read()).lines).toEqual([
      expect.stringMatching(/^\.claude\/commands holds \d+ files, of which 1000 were read$/),
    ]);
  });
});
