import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callerAccount, claudeFolders, claudeFoldersOf } from '../../agent/claudeFolders.ts';
import { eventsKnownTo, olderVersion } from '../../agent/hookEvents.ts';
import { readHookSettings } from '../../agent/hookSettings.ts';
import { readProjects } from '../../agent/claudeConfig.ts';
import { isTrustedByClaude } from '../../agent/claudeTrust.ts';
import { readProjectGrants } from '../../agent/projectGrants.ts';
import type { Context } from '../../apply/context.ts';
import type { SessionEvidence } from '../../apply/readEvidence.ts';
import { trustPlace } from '../../apply/trustPlace.ts';
import { UserError } from '../../base/errors.ts';
import { isObject } from '../../base/json.ts';
import { SWITCHES, type HookedSession, type HooksFolder, type HooksReading } from '../../doctor/hooks.ts';
import type { Layout } from '../../layout/layout.ts';
import { parseObject, readText } from '../../store/file.ts';
import { fleetPaths, sessionPaths } from '../../store/paths.ts';
import type { LookedAtFleet } from './lookAtFleets.ts';

/** How long a Claude may be known to its registry before its hooks must have told something, in milliseconds. */
const SILENCE_MS = 10_000;

/** Whether the hooks of each fleet's Claude sessions can run, and did; `versions` are those of Claude Code that are installed. */
export async function readHooks(
  context: Context,
  fleets: readonly LookedAtFleet[],
  versions: readonly (string | null)[],
): Promise<HooksReading> {
  const { root } = claudeFolders(callerAccount(context), context.home);
  const [sessions, folders] = await Promise.all([
    Promise.all(
      fleets.flatMap((fleet) =>
        fleet.evidence.filter(({ session }) => session.isClaude).map((one) => readSession(context, fleet, one)),
      ),
    ),
    Promise.all(fleets.filter(hasAgents).map((fleet) => readFolder(context, fleet, versions))),
  ]);
  return {
    everywhere: readHookSettings({ root, project: null, session: null, platform: context.platform }),
    sessions,
    folders,
  };
}

function hasAgents({ evidence, reading }: LookedAtFleet): boolean {
  return (
    reading.isUp === true &&
    evidence.some(({ session, facts }) => session.isClaude && facts !== null && facts.startedAt !== null)
  );
}

async function readSession(
  context: Context,
  { record, layout }: LookedAtFleet,
  { session, facts, hooks, hooksProblem }: SessionEvidence,
): Promise<HookedSession> {
  const account = facts?.account ?? session.account;
  const { root } = claudeFoldersOf({ account }, context);
  const files = sessionPaths(fleetPaths(context.store, record.uuid), session.id);
  const age = context.now() - (facts?.startedAt ?? context.now());
  const trust = await readTrust(context, layout, { ...session, account });
  return {
    fleet: record.name,
    id: session.id,
    settings: readHookSettings({ root, project: session.path, session: files.settings, platform: context.platform }),
    switches: switchesOf(layout, session.id),
    isSilent:
      facts?.alive === true && facts.registry !== null && hooks === null && hooksProblem === null && age > SILENCE_MS,
    problems: [hooksProblem, facts?.registryProblem ?? null, trust.problem].filter((problem) => problem !== null),
    isTrusted: trust.isTrusted,
    folder: trust.folder,
  };
}

function switchesOf(layout: Layout | null, id: string): readonly string[] {
  const work = layout?.panes.find((pane) => pane.id === id)?.work;
  return work?.kind === 'agent' ? SWITCHES.filter((word) => [...work.command, ...work.args].includes(word)) : [];
}

interface Trust extends Pick<HookedSession, 'isTrusted' | 'folder'> {
  /** Why it could not be read; null when it could. */
  readonly problem: string | null;
}

/** A folder or a FIFO in the place of a settings file is a finding of that session, and ends no other check. */
async function readTrust(context: Context, layout: Layout | null, session: SessionEvidence['session']): Promise<Trust> {
  try {
    return { ...(await readTrustOf(context, layout, session)), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { isTrusted: null, folder: session.path, problem: error.message };
  }
}

/** As Claude Code itself decides where it starts; null when the folder is gone. */
async function readTrustOf(
  context: Context,
  layout: Layout | null,
  { id, path, account }: SessionEvidence['session'],
): Promise<Pick<HookedSession, 'isTrusted' | 'folder'>> {
  if (!existsSync(path)) return { isTrusted: null, folder: path };
  const pane = layout?.panes.find((candidate) => candidate.id === id);
  const dir = pane?.dir ?? '';
  const [place, { isGated }] = await Promise.all([
    trustPlace(path, dir),
    readProjectGrants(path, { dirs: [dir], own: [] }),
  ]);
  const projects = readProjects({ account: account ?? callerAccount(context), home: context.home });
  return { isTrusted: isTrustedByClaude(place, { projects, isGated }), folder: place.key };
}

async function readFolder(
  context: Context,
  { record }: LookedAtFleet,
  versions: readonly (string | null)[],
): Promise<HooksFolder> {
  const { plugin } = fleetPaths(context.store, record.uuid);
  const [script, text] = await Promise.all(
    ['hook.sh', join('hooks', 'hooks.json')].map((name) => readText(join(plugin, name))),
  );
  const hooks = parseObject(text ?? '')?.['hooks'];
  const claude = versions.reduce<string | null>((a, b) => olderVersion(a, b), versions[0] ?? null);
  const known = eventsKnownTo(claude).map(({ name }) => name);
  const unknown = claude === null || !isObject(hooks) ? [] : Object.keys(hooks).filter((name) => !known.includes(name));
  return { fleet: record.name, path: plugin, isWhole: script !== null && isObject(hooks), unknown };
}
