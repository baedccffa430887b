import type { Context } from '../apply/context.ts';
import { readEvidence, type SessionEvidence } from '../apply/readEvidence.ts';
import { describeSpan } from '../base/ago.ts';
import { oneLine } from '../base/text.ts';
import { recordedServer } from './fleetServer.ts';
import { findSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Where the shown state of a session comes from: everything that was read, and the rule that decided. */
export async function explain(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await findSession(context, given, options['fleet']);
  const evidence = await readEvidence(context, { record: fleet, server: recordedServer(fleet) });
  const found = evidence.find((candidate) => candidate.session.id === session.id);
  if (!found) throw new Error(`session ${session.id} was not read`);
  if (options['json'] === true) context.out(`${JSON.stringify(toJson(found), null, 2)}\n`);
  else context.out(toText(found, context.now()));
  return 0;
}

function toJson({ session, verdict, facts, hooks, hooksProblem, pane }: SessionEvidence): unknown {
  return {
    version: 1,
    id: session.id,
    name: session.name,
    pane,
    verdict,
    process:
      facts === null
        ? null
        : {
            alive: facts.alive,
            suspended: facts.suspended,
            pid: facts.pid,
            exit: facts.exit,
            startedAt: facts.startedAt,
            endedAt: facts.endedAt,
          },
    registry: facts?.registry ?? null,
    hooks,
    hooksProblem,
  };
}

function toText(evidence: SessionEvidence, now: number): string {
  const { session, verdict, facts, hooks, hooksProblem, pane, elsewhere } = evidence;
  const ago = (time: number | null): string =>
    time === null ? 'at an unknown time' : `${describeSpan(now - time)} ago`;
  const rows: [string, string][] = [
    [
      'state',
      `${verdict.state}${verdict.since === null ? '' : `, since ${ago(verdict.since)}`}${verdict.detail === null ? '' : `: ${verdict.detail}`}`,
    ],
    ['because', `${verdict.rule} (source: ${verdict.source})`],
    ['pane', pane ?? 'not on the screen'],
    ...(elsewhere === null ? [] : [['works in', `${elsewhere.folder}, not in its clone`] as [string, string]]),
    ['process', describeProcess(facts, ago)],
    ['registry', describeRegistry(facts, ago)],
    [
      'hooks',
      hooks === null
        ? (hooksProblem ?? 'none has come from this process')
        : `last ${hooks.last.event} ${ago(hooks.last.time)}; turn ${hooks.turn.phase} since ${ago(hooks.turn.since)}`,
    ],
    ...(hooks?.open ?? []).map((dialog): [string, string] => [
      'open',
      `${dialog.kind} since ${ago(dialog.since)}: ${dialog.detail ?? ''}`,
    ]),
  ];
  return [
    `${session.number} ${session.name} (${session.id})`,
    ...rows.map(([what, text]) => `  ${what.padEnd(9)}${text}`),
  ]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

function describeProcess(facts: SessionEvidence['facts'], ago: (time: number | null) => string): string {
  if (facts === null || facts.startedAt === null) return 'never started';
  if (facts.alive)
    return `pid ${facts.pid ?? 'not known yet'}, started ${ago(facts.startedAt)}${facts.suspended ? ', suspended' : ''}`;
  return facts.exit === null
    ? 'gone, without an exit code'
    : `ended ${ago(facts.endedAt)} with exit code ${facts.exit}`;
}

function describeRegistry(facts: SessionEvidence['facts'], ago: (time: number | null) => string): string {
  const entry = facts?.registry ?? null;
  const problem = facts?.registryProblem ?? null;
  if (entry === null) return problem === null ? 'no entry of this process' : `cannot be read: ${problem}`;
  return `${entry.status ?? 'no status yet'}${entry.waitingFor === null ? '' : ` (${entry.waitingFor})`} ${ago(entry.statusUpdatedAt)}`;
}
