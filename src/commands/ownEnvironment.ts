import { readOwnVariables } from '../agent/ownVariables.ts';
import { ownEnvironment } from '../agent/environment.ts';
import { callerAccount } from '../agent/claudeFolders.ts';
import type { Context } from '../apply/context.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';

/** What a session adds to the environment of whatever runs in its clone: the layout's `env`, its port, its Claude account. */
export function ownVariablesOf(
  context: Context,
  { uuid }: Pick<FleetRecord, 'uuid'>,
  session: SessionRecord,
): Readonly<Record<string, string>> {
  const kept = readOwnVariables(sessionPaths(fleetPaths(context.store, uuid), session.id));
  return kept ?? ownEnvironment({ own: {}, account: session.account ?? callerAccount(context), port: session.port });
}
