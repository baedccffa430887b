import type { Dependency, NamedArrangement, PermissionMode, Strategy } from './layout.ts';

/** What a strategy makes of one value of its key. */
export interface KeyDefaults {
  readonly color: string;
  readonly template: string;
  readonly permissionMode: PermissionMode | null;
  readonly urgency: number;
  /** What a session that waits for one of this key waits for, unless written. */
  readonly until: Exclude<Dependency['until'], object>;
}

export interface StrategyFacts {
  /** In one sentence, for `new` and the reference. */
  readonly summary: string;
  /** Known values of the key, in the strategy's order. */
  readonly keys: Readonly<Record<string, KeyDefaults>>;
  /** False when the key may have other values too. */
  readonly closed: boolean;
  /** True when panes are sorted by the order of `keys`; as written otherwise. */
  readonly sorted: boolean;
  /** True when each pane waits for the one before it and starts from its branch tip. */
  readonly chained: boolean;
  readonly branch: string;
  readonly arrangement: NamedArrangement;
}

/** The strategies as data: what tells them apart is here and nowhere else. */
export const STRATEGY_FACTS: Readonly<Record<Strategy, StrategyFacts>> = {
  component: {
    summary: 'one session for each part of the code base',
    keys: {
      frontend: key('blue', 'purpose'),
      backend: key('green', 'purpose'),
      database: key('cyan', 'purpose'),
      tests: key('yellow', 'purpose'),
      docs: key('magenta', 'purpose'),
      tooling: key('colour208', 'purpose'),
      debug: key('red', 'purpose'),
    },
    closed: false,
    sorted: false,
    chained: false,
    branch: 'feature/{id}',
    arrangement: 'tiled',
  },
  task: {
    summary: 'one session for each kind of work',
    keys: {
      feature: key('blue', 'feature', { permissionMode: 'plan' }),
      bugfix: key('colour208', 'bugfix'),
      refactor: key('cyan', 'refactor'),
      test: key('yellow', 'test'),
      review: key('green', 'review'),
      docs: key('magenta', 'docs'),
      debug: key('red', 'debug'),
    },
    closed: true,
    sorted: false,
    chained: false,
    branch: '{strategy_key}/{id}',
    arrangement: 'tiled',
  },
  priority: {
    summary: 'the most urgent work first and largest',
    keys: {
      urgent: key('red', 'purpose', { urgency: 2 }),
      high: key('colour208', 'purpose', { urgency: 1 }),
      medium: key('yellow', 'purpose'),
      low: key('green', 'purpose', { urgency: -1 }),
      explore: key('blue', 'purpose', { urgency: -2 }),
    },
    closed: true,
    sorted: true,
    chained: false,
    branch: '{strategy_key}/{id}',
    arrangement: 'main-left',
  },
  stage: {
    summary: 'a pipeline: each session takes over the branch of the one before',
    keys: {
      plan: key('cyan', 'plan', { permissionMode: 'plan', until: 'planned' }),
      implement: key('blue', 'implement', { until: 'ready' }),
      test: key('yellow', 'test', { until: 'ready' }),
      verify: key('colour208', 'verify', { until: 'ready' }),
      review: key('green', 'review', { until: 'ready' }),
      docs: key('magenta', 'docs', { until: 'ready' }),
      ship: key('red', 'ship', { until: 'ready' }),
    },
    closed: true,
    sorted: true,
    chained: true,
    branch: '{fleet}/{strategy_key}',
    arrangement: 'columns',
  },
};

/** Colours for values of a key that the strategy does not know, in the order they appear. */
const PALETTE = [
  'colour141',
  'brightcyan',
  'colour179',
  'brightgreen',
  'brightblue',
  'colour205',
  'brightyellow',
  'colour109',
] as const;
/** Command panes stand back. */
const COMMAND_COLOR = 'colour244';

/** Defaults for `value`, which may be one the strategy does not know; `unknown` counts such values from 0. */
export function keyDefaults(strategy: Strategy, value: string | null, unknown: number): KeyDefaults {
  const { keys, closed } = STRATEGY_FACTS[strategy];
  const known = value !== null && Object.hasOwn(keys, value) ? keys[value] : undefined;
  if (known) return known;
  return key(
    value === null ? COMMAND_COLOR : (PALETTE[unknown % PALETTE.length] ?? COMMAND_COLOR),
    closed ? 'none' : 'purpose',
  );
}

function key(
  color: string,
  template: string,
  more: Partial<Omit<KeyDefaults, 'color' | 'template'>> = {},
): KeyDefaults {
  return {
    color,
    template,
    permissionMode: more.permissionMode ?? null,
    urgency: more.urgency ?? 0,
    until: more.until ?? 'done',
  };
}
