import { chainFindings, type Link } from './chain.ts';
import type { Finding } from './finding.ts';
import { fleetFindings, type FleetReading, type RecordProblem } from './fleets.ts';
import { hooksFindings, type HooksReading } from './hooks.ts';
import { machineFindings, type MachineReading } from './machine.ts';
import { pluginFindings, type PluginReading } from './plugin.ts';
import { programFindings, type ProgramFacts } from './programs.ts';
import { serverFindings, type ServerReading } from './server.ts';
import { watcherFindings, type WatcherReading } from './watcher.ts';

/** All that `doctor` has read. A part is null where what comes before it is missing: without tmux there is no server to ask. */
export interface DoctorFacts {
  readonly programs: ProgramFacts;
  readonly server: ServerReading | null;
  readonly plugin: PluginReading | null;
  readonly watcher: WatcherReading | null;
  readonly fleets: readonly FleetReading[];
  readonly recordProblems: readonly RecordProblem[];
  readonly hooks: HooksReading;
  readonly machine: MachineReading;
  readonly chain: readonly Link[];
}

/** What the facts mean, in the order in which things build on each other. `now` in milliseconds since 1970. */
export function diagnose(facts: DoctorFacts, now: number): readonly Finding[] {
  return [
    ...programFindings(facts.programs),
    ...machineFindings(facts.machine),
    ...(facts.server === null ? [] : serverFindings(facts.server)),
    ...(facts.plugin === null ? [] : pluginFindings(facts.plugin)),
    ...(facts.watcher === null ? [] : watcherFindings(facts.watcher, now)),
    ...fleetFindings(facts.fleets, facts.recordProblems),
    ...hooksFindings(facts.hooks),
    ...chainFindings(facts.chain),
  ];
}
