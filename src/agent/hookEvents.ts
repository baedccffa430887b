/** How much of an event's JSON the hook writes down: all of it (up to a cap), the asked thing of a permission request, or ids and names alone. */
export type Kept = 'whole' | 'asked' | 'names';

export interface KnownEvent {
  readonly name: string;
  /** First version of Claude Code known to have it, from its change log; where that is silent, the first version it was seen in. */
  readonly since: string;
  readonly kept: Kept;
}

/** Older than `--plugin-dir` itself. */
const ALWAYS = '0.0.0';

/** Claude Code's events that tell a state or are worth a line in the journal. */
export const HOOK_EVENTS: readonly KnownEvent[] = [
  { name: 'SessionStart', since: ALWAYS, kept: 'names' },
  { name: 'SessionEnd', since: ALWAYS, kept: 'names' },
  { name: 'UserPromptSubmit', since: ALWAYS, kept: 'whole' },
  // In auto mode a permission may be asked without a PermissionRequest (2.1.332): what is asked then is known from here alone.
  { name: 'PreToolUse', since: ALWAYS, kept: 'asked' },
  { name: 'PermissionRequest', since: '2.0.45', kept: 'asked' },
  { name: 'PostToolUse', since: ALWAYS, kept: 'names' },
  { name: 'PostToolUseFailure', since: '2.1.78', kept: 'names' },
  { name: 'PostToolBatch', since: '2.1.148', kept: 'names' },
  { name: 'Elicitation', since: '2.1.76', kept: 'whole' },
  // What the user answered may be a password: only that there was an answer.
  { name: 'ElicitationResult', since: '2.1.76', kept: 'names' },
  { name: 'Notification', since: ALWAYS, kept: 'whole' },
  { name: 'Stop', since: ALWAYS, kept: 'whole' },
  { name: 'StopFailure', since: '2.1.78', kept: 'whole' },
  { name: 'SubagentStart', since: '2.0.43', kept: 'names' },
  { name: 'SubagentStop', since: ALWAYS, kept: 'names' },
  { name: 'PreCompact', since: ALWAYS, kept: 'names' },
  { name: 'PostCompact', since: '2.1.76', kept: 'names' },
  { name: 'TaskCreated', since: '2.1.84', kept: 'whole' },
  { name: 'TaskCompleted', since: '2.1.33', kept: 'whole' },
];

/** `args`: a hook's command without a shell. An older version would run the command without its arguments. */
const EXEC_FORM_SINCE = '2.1.139';

/**
 * The events that this version of Claude Code knows; null is an unknown version, which gets the oldest set. One event too many is the
 * worse mistake: in a plugin it silently disables all of the plugin's hooks (2.1.197).
 */
export function eventsKnownTo(claude: string | null): readonly KnownEvent[] {
  return HOOK_EVENTS.filter(({ since }) => isAtLeast(claude ?? ALWAYS, since));
}

/** True when hooks of this version may have `args`. */
export function hasExecForm(claude: string | null): boolean {
  return claude !== null && isAtLeast(claude, EXEC_FORM_SINCE);
}

/** The older of two versions; an unknown one is older than any. */
export function olderVersion(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null;
  return isAtLeast(a, b) ? b : a;
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [parts(version), parts(least)];
  const at = [0, 1, 2].find((place) => have[place] !== want[place]);
  return at === undefined || (have[at] ?? 0) > (want[at] ?? 0);
}

function parts(version: string): readonly number[] {
  return version.split('.').map(Number);
}
