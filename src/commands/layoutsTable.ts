import { type CommandSpec, JSON_OPTION } from './commandSpec.ts';

export const LAYOUTS: readonly CommandSpec[] = [
  {
    name: 'plan',
    revives: false,
    args: '[layout] [task]',
    summary: 'what `up` would do, and why each step',
    group: 'Layouts',
    completes: 'layout',
    options: [
      {
        flags: '--format <format>',
        help: 'text; sh: a script of git and tmux commands that gives the same; json',
        choices: ['text', 'sh', 'json'],
      },
      { flags: '--only <ids>', help: 'only these sessions, separated by commas', completes: 'session' },
      { flags: '--no-prompt', help: 'without the first prompts' },
      { flags: '--from-here', help: "new branches start from the checkout's HEAD, with its uncommitted work" },
      JSON_OPTION,
    ],
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'validate',
    revives: false,
    args: '[layouts...]',
    summary:
      'check layout files; every problem at once, with its place and a hint; without a name those of this folder',
    group: 'Layouts',
    completes: 'layout',
    options: [JSON_OPTION],
    load: async () => (await import('./validate.ts')).validate,
  },
  {
    name: 'new',
    revives: false,
    args: '[name]',
    summary: 'write a commented layout for this repository',
    group: 'Layouts',
    options: [
      {
        flags: '--strategy <strategy>',
        help: 'how the work is divided',
        choices: ['component', 'task', 'priority', 'stage'],
      },
    ],
    load: async () => (await import('./new.ts')).newLayout,
  },
  {
    name: 'save',
    args: '[name]',
    summary: 'write a layout from the Claude sessions that run now, fleets or not',
    group: 'Layouts',
    options: [],
    load: async () => (await import('./save.ts')).save,
  },
  {
    name: 'layouts',
    revives: false,
    args: '',
    summary: 'list the layouts that names lead to',
    group: 'Layouts',
    options: [JSON_OPTION],
    load: async () => (await import('./layouts.ts')).layouts,
  },
  {
    name: 'templates',
    revives: false,
    args: '[name]',
    summary: 'list the prompt templates, or print one',
    group: 'Layouts',
    completes: 'template',
    options: [JSON_OPTION],
    load: async () => (await import('./templates.ts')).templates,
  },
];
