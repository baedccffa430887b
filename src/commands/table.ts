import type { CommandSpec } from './commandSpec.ts';
import { FLEETS } from './fleetsTable.ts';
import { LAYOUTS } from './layoutsTable.ts';
import { SESSIONS } from './sessionsTable.ts';
import { OTHER } from './otherTable.ts';

/** Every command; help and the reference show them by group. */
export const COMMANDS: readonly CommandSpec[] = [...FLEETS, ...LAYOUTS, ...SESSIONS, ...OTHER];

/** The commands that help, README and completion show. */
export const SHOWN_COMMANDS: readonly CommandSpec[] = COMMANDS.filter((spec) => spec.hidden !== true);
