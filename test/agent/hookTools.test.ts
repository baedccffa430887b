import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ID, json, SILENT, makeHookScene, type HookScene } from './hookScene.ts';
import { SHELLS } from './launchedPane.ts';

let scene: HookScene;
beforeEach(async () => {
  scene = await makeHookScene();
});
afterEach(async () => scene.sandbox.dispose());

describe('what the hook keeps of tools', () => {
  it('is the tool and the ids, and of one that begins the command that may be asked about: no other input, no output', async () => {
    const begun = {
      tool_name: 'Bash',
      tool_input: { command: 'make', content: 'hidden', record: { command: 'hidden' } },
    };
    const call = {
      tool_name: 'Bash',
      tool_input: { command: 'cat hidden', session_id: 'hidden' },
      tool_response: { stdout: 'hidden' },
    };
    await scene.fire({
      event: 'PreToolUse',
      input: json({ agent_id: 'a-1', hook_event_name: 'PreToolUse', ...begun }),
    });
    await scene.fire({ event: 'PostToolUse', input: json({ ...call, tool_use_id: 't' }) });
    await scene.fire({ event: 'PostToolUseFailure', input: json({ ...call, error: 'hidden' }) });
    await scene.fire({ event: 'PostToolBatch', input: json({ tool_calls: [call] }) });
    await scene.fire({ event: 'SubagentStop', input: json({ agent_id: 'a-1', last_assistant_message: 'hidden' }) });
    expect(scene.events().map(({ event, sessionId, agentId, tool }) => [event, sessionId, agentId, tool])).toEqual([
      ['PreToolUse', ID, 'a-1', 'Bash'],
      ['PostToolUse', ID, null, 'Bash'],
      ['PostToolUseFailure', ID, null, 'Bash'],
      ['PostToolBatch', ID, null, null],
      ['SubagentStop', ID, 'a-1', null],
    ]);
    expect(scene.events()[0]?.detail).toBe('Bash: make');
    expect(await scene.written()).not.toContain('hidden');
  });

  it.each([
    ['after its path', { file_path: '/w/a "b".ts', content: 'hidden '.repeat(1_500_000) }, 'Write: /w/a "b".ts'],
    ['before its path', { content: 'hidden '.repeat(1_500_000), file_path: '/w/a.ts' }, 'Write'],
    [
      'with quotes that look like keys',
      { content: 'hidden","command":"hidden', file_path: '/w/a.ts' },
      'Write: /w/a.ts',
    ],
  ])('of a permission to write 10 MB is the path, the content %s', async (_where, tool_input, detail) => {
    expect(
      await scene.fire({
        event: 'PermissionRequest',
        input: json({ tool_name: 'Write', tool_input, permission_suggestions: [{ description: 'hidden' }] }),
      }),
    ).toEqual(SILENT);
    expect(scene.events()).toMatchObject([{ event: 'PermissionRequest', tool: 'Write', detail }]);
    expect(await scene.written()).not.toContain('hidden');
  });

  it('of a permission for a tool of an MCP server is nothing from within its input', async () => {
    const tool_input = {
      url: 'https://x',
      note: 'a {"b',
      record: { command: 'hidden', query: 'hidden', agent_id: 'hidden' },
      list: ['command', ':', 'hidden'],
      description: 'hidden',
    };
    await scene.fire({ event: 'PermissionRequest', input: json({ tool_name: 'mcp__db__write', tool_input }) });
    await scene.fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'mcp__db__list', tool_input: { list: [{ command: 'hidden' }], command: 'hidden' } }),
    });
    await scene.fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'mcp__db__none', tool_input: {}, other: { command: 'hidden' } }),
    });
    expect(scene.events().map(({ detail }) => detail)).toEqual([
      'mcp__db__write: https://x',
      'mcp__db__list',
      'mcp__db__none',
    ]);
    expect(await scene.written()).not.toContain('hidden');
  });

  it('of a permission to run a long command is its beginning', async () => {
    const command = `echo "${'\\"é'.repeat(3000)}" <<'end'`;
    await scene.fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'Bash', tool_input: { description: 'Say it', command } }),
    });
    expect(scene.events()).toMatchObject([{ tool: 'Bash', detail: `Bash: ${command.slice(0, 193)}…` }]);
    expect((await scene.written()).length).toBeLessThan(1500);
  });

  it('of a question and of a plan is what is asked', async () => {
    await scene.fire({
      event: 'PermissionRequest',
      input: json({
        tool_name: 'AskUserQuestion',
        tool_input: { questions: [{ question: 'Which "colour"?', header: 'C' }] },
      }),
    });
    await scene.fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'ExitPlanMode', tool_input: { plan: `# The plan\n${'step\n'.repeat(20_000)}` } }),
    });
    expect(scene.events().map(({ detail }) => detail)).toEqual(['Which "colour"?', 'The plan']);
  });

  it('of an answer to a form is that there was one', async () => {
    await scene.fire({
      event: 'ElicitationResult',
      input: json({ mcp_server_name: 'el', action: 'accept', content: { password: 'hidden' } }),
    });
    expect(scene.events()).toMatchObject([{ event: 'ElicitationResult', kind: 'accept' }]);
    expect(await scene.written()).not.toContain('hidden');
  });

  it.for(SHELLS)(
    'is the same in $shell, for any text',
    { timeout: 60_000 },
    async ({ shell: words, there }, { skip }) => {
      if (!there) skip(`${words} is not installed`);
      const shell = words.split(' ');
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.string({ unit: fc.constantFrom('"', '\\', ':', ',', '{', 'tool_name', ' ', '$(x)', '*'), maxLength: 30 }),
          async (text, quotes) => {
            await rm(scene.fleet.inbox, { recursive: true });
            await mkdir(scene.fleet.inbox);
            const command = `${quotes}${text}`;
            await scene.fire({
              event: 'PermissionRequest',
              shell,
              input: json({
                cwd: quotes,
                agent_id: 'a',
                tool_name: 'Bash',
                tool_input: { file_path: quotes, command },
              }),
            });
            const [name = ''] = await readdir(scene.fleet.inbox);
            expect(JSON.parse(await readFile(`${scene.fleet.inbox}/${name}`, 'utf8'))).toEqual({
              session_id: ID,
              permission_mode: 'default',
              agent_id: 'a',
              tool_name: 'Bash',
              tool_input: { file_path: quotes, command },
            });
          },
        ),
        { numRuns: 25, examples: [['\u0081\u0088é\u{1F600}', '\\"\\\\"tool_name":"']] },
      );
    },
  );
});
