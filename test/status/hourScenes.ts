import type { AgentState } from '../../src/status/agentState.ts';
import type { HourTeller } from './hourTeller.ts';

const CANNOT_CHECK = "Auto mode can't check actions in this session\nEnter to stay in auto mode";
const BASH = { tool_name: 'Bash', tool_input: { command: 'make' } };

/** What happens in an hour, in any order, each from an agent at rest to an agent at rest. */
export function hourScenes(teller: HourTeller): readonly (() => void)[] {
  const { random, now, pass, is, hook, hookAt, says, shows, notesInterrupt } = teller;
  const tool = (): void => {
    hook('PreToolUse', BASH);
    pass(50, 20_000);
    hook('PostToolUse', BASH);
    pass(20, 200);
    hook('PostToolBatch');
    pass(20, 3000);
  };
  const begin = (prompt = 'go'): void => {
    is('working');
    hook('UserPromptSubmit', { prompt });
    says('busy');
    pass(300, 8000);
  };
  const stop = (): void => {
    hook('Stop', { last_assistant_message: 'done', background_tasks: [] });
    is('done', 'idle');
    pass(100, 200);
    says('idle');
  };
  const interrupted = (): void => {
    is('idle');
    notesInterrupt();
    says('idle');
  };
  const ask = (name: string, state: AgentState, input: unknown): void => {
    hook('PreToolUse', { tool_name: name });
    pass(50, 150);
    is(state);
    hook('PermissionRequest', { tool_name: name, tool_input: input });
    says('waiting', 'permission prompt');
    pass(300, 40_000);
    const answer = random();
    if (answer < 0.3) {
      interrupted();
      return;
    }
    is('working');
    says('busy');
    pass(50, 10_000);
    hook('PostToolUse', { tool_name: name });
    hook('PostToolBatch');
    pass(100, 4000);
    stop();
  };
  return [
    () => {
      begin();
      tool();
      tool();
      stop();
    },
    () => {
      begin();
      ask('Bash', 'permission', { command: 'make install' });
    },
    () => {
      begin();
      ask('AskUserQuestion', 'question', { questions: [{ question: 'Which?' }] });
    },
    () => {
      begin();
      ask('ExitPlanMode', 'plan-review', { plan: '# Plan' });
    },
    () => {
      begin();
      pass(100, 5000);
      interrupted();
    },
    () => {
      begin();
      hook('PreToolUse', BASH);
      pass(200, 9000);
      interrupted();
    },
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'mcp__el__ask' });
      pass(50, 100);
      is('question');
      hook('Elicitation', { message: 'Name?' });
      pass(500, 30_000);
      hook('ElicitationResult', { action: 'accept' });
      is('working');
      pass(100, 3000);
      stop();
    },
    () => {
      is('working');
      says('busy');
      pass(600, 4000);
      stop();
    },
    () => {
      begin();
      hook('StopFailure', { error: 'server_error', last_assistant_message: 'API Error: 500' });
      is('error');
      pass(100, 200);
      says('idle');
    },
    () => {
      is('working');
      hook('PreCompact', { trigger: 'manual' });
      says('busy');
      pass(1000, 9000);
      hook('SubagentStop', { agent_type: '' });
      hook('SessionStart', { source: 'compact' });
      hook('PostCompact', { trigger: 'manual' });
      is('idle');
      pass(50, 200);
      says('idle');
    },
    () => {
      begin();
      hook('SubagentStart', { agent_id: 'a1' });
      pass(200, 5000);
      hook('PreToolUse', { ...BASH, agent_id: 'a1' });
      pass(200, 5000);
      hook('SubagentStop', { agent_id: 'a1' });
      tool();
      stop();
    },
    () => {
      begin();
      hook('Stop', { last_assistant_message: 'started', background_tasks: [{ status: 'running' }] });
      is('background');
      says('shell');
      pass(1000, 20_000);
      begin('<task-notification>');
      stop();
    },
    () => {
      is('idle', 'done', 'error');
      says('waiting', 'dialog open');
      pass(500, 9000);
      says('idle');
    },
    // A prompt that was queued in the turn is taken as soon as the turn ends.
    () => {
      begin();
      hook('Stop', { last_assistant_message: 'one' });
      is('done', 'working');
      pass(50, 100);
      is('working');
      hook('UserPromptSubmit', { prompt: 'two' });
      pass(500, 5000);
      stop();
    },
    // Auto mode cannot check: a question of Claude's own in mid-turn, then a permission, neither with a hook but a late notice (2.1.332).
    () => {
      begin();
      hook('PreToolUse', BASH);
      pass(50, 150);
      is('question');
      says('waiting', 'dialog open');
      shows(CANNOT_CHECK);
      const notice = now() + 6500;
      pass(500, 30_000);
      if (now() > notice)
        hookAt(notice, 'Notification', { notification_type: 'agent_needs_input', message: CANNOT_CHECK });
      shows('');
      if (random() < 0.3) {
        interrupted();
        return;
      }
      is('permission');
      says('waiting', 'permission prompt');
      pass(500, 6000);
      is('working');
      says('busy');
      pass(50, 3000);
      hook('PostToolUse', BASH);
      hook('PostToolBatch');
      pass(100, 4000);
      stop();
    },
    () => {
      is('question');
      says('waiting', 'dialog open');
      shows('Make auto mode your default permission mode?\n❯ Yes, set auto mode as my default permission mode');
      pass(500, 30_000);
      shows('');
      is('idle', 'done', 'error');
      says('idle');
    },
    // A sub-agent in the background asks just before its parent's turn ends, and works on after that (2.1.332).
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'Agent' });
      hook('PostToolUse', { tool_name: 'Agent' });
      hook('SubagentStart', { agent_id: 'b1' });
      hook('PreToolUse', { ...BASH, agent_id: 'b1' });
      pass(50, 100);
      is('permission');
      hook('PermissionRequest', { ...BASH, agent_id: 'b1' });
      says('waiting', 'permission prompt');
      pass(20, 21);
      hook('Stop', { last_assistant_message: 'started', background_tasks: [{ type: 'subagent', status: 'running' }] });
      pass(500, 30_000);
      is('background');
      says('busy');
      pass(100, 3000);
      if (random() < 0.7) hook('PostToolUse', { ...BASH, agent_id: 'b1' });
      hook('PostToolBatch', { agent_id: 'b1' });
      pass(100, 9000);
      hook('SubagentStop', { agent_id: 'b1' });
      pass(10, 60);
      is('working');
      hook('UserPromptSubmit', { prompt: '<task-notification>' });
      pass(300, 4000);
      stop();
    },
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'mcp__el__ask' });
      pass(50, 100);
      is('question');
      hook('Elicitation', { message: 'Name?' });
      says('waiting', 'dialog open');
      pass(500, 30_000);
      hook('ElicitationResult', { action: 'accept' });
      is('working');
      says('busy');
      pass(100, 3000);
      stop();
    },
    () => {
      hook('SessionEnd', { reason: 'clear' });
      pass(30, 100);
      is('idle');
      hook('SessionStart', { source: 'clear' });
      says('busy');
      pass(50, 150);
      says('idle');
    },
  ];
}
