import { describeSpan } from '../base/ago.ts';
import { plural } from '../base/text.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

/** The process that keeps the bar current. */
export interface WatcherReading {
  /** Why one should run; null when there is nothing to watch. */
  readonly wanted: 'a fleet is up' | 'the plugin is loaded' | null;
  /** `CLAUDE_TMUX_WATCH=off`. */
  readonly switchedOff: boolean;
  readonly process: { readonly pid: number; readonly life: 'runs' | 'suspended' | 'gone' } | null;
  /** What it says on its socket; null when it does not answer. */
  readonly answer: WatcherAnswer | null;
  /** Version of this program. */
  readonly own: string;
  /** True when tmux has the hooks that wake it. */
  readonly hasHooks: boolean;
  /** When tmux last had a sign of life from it, in seconds since 1970; null for never. */
  readonly heartbeat: number | null;
  /** What its log says of the last day, newest last. */
  readonly log: readonly string[];
  readonly logPath: string;
}

export interface WatcherAnswer {
  readonly program: string;
  /** Clones it follows, and those of them that it has to ask again and again. */
  readonly trees: number;
  readonly polled: readonly string[];
  /** How long the answer took, in milliseconds. */
  readonly ms: number;
}

/** Seconds. A live watcher's sign of life is 40 s old at most. */
const OLDEST_BEAT = 60;
/** Lines of the log that are shown. */
const SHOWN = 3;

export function watcherFindings(facts: WatcherReading, now: number): readonly Finding[] {
  const { wanted, process } = facts;
  const runs = process !== null && process.life !== 'gone';
  if (wanted === null && !runs)
    return [ok('watcher', 'no watcher runs, and none has to: neither is a fleet up here nor the plugin loaded')];
  if (!runs) return [goneFinding(facts), ...logFindings(facts)];
  if (process.life === 'suspended')
    return [
      wrong(
        'watcher',
        `the watcher (pid ${process.pid}) is suspended, so the bar stands still`,
        `kill -CONT ${process.pid}`,
      ),
    ];
  return [...aliveFindings(facts, process.pid), ...beatFindings(facts, now), ...logFindings(facts)];
}

function goneFinding({ wanted, switchedOff }: WatcherReading): Finding {
  const why = wanted ?? 'one ran before';
  if (switchedOff)
    return wrong(
      'watcher',
      `no watcher runs, though ${why}: CLAUDE_TMUX_WATCH is "off", so none is started and the bar is empty or stale`,
      'unset CLAUDE_TMUX_WATCH, then claude-tmux watch --start',
    );
  return wrong('watcher', `no watcher runs, though ${why}: the bar is empty or stale`, 'claude-tmux watch --start');
}

function aliveFindings({ answer, own, switchedOff, hasHooks }: WatcherReading, pid: number): readonly Finding[] {
  const found: Finding[] = [];
  if (answer === null)
    found.push(wrong('watcher', `the watcher (pid ${pid}) lives and does not answer on its socket`, RESTART));
  else if (answer.program !== own)
    found.push(wrong('watcher', `the watcher (pid ${pid}) is version ${answer.program}, this program ${own}`, RESTART));
  else
    found.push(
      ok('watcher', `the watcher (pid ${pid}) answers in ${answer.ms} ms; it follows ${plural(answer.trees, 'clone')}`),
    );
  if (answer !== null && answer.polled.length > 0)
    found.push(
      note(
        'watcher-polls',
        `${answer.polled.length} of ${answer.trees} clones cannot be watched and are asked again and again, so their changes show late: ${answer.polled.join(', ')}`,
        'raise fs.inotify.max_user_watches (sysctl), or move them from a network drive',
      ),
    );
  if (switchedOff)
    found.push(
      note(
        'watcher-off',
        `CLAUDE_TMUX_WATCH is "off" here, and a watcher (pid ${pid}) runs`,
        'claude-tmux watch --stop ends it; unset the variable to keep it',
      ),
    );
  if (!hasHooks)
    found.push(
      wrong(
        'watcher-hooks',
        'tmux has lost the hooks that wake the watcher (index 9137), so what changes in tmux shows late',
        RESTART,
      ),
    );
  return found;
}
const RESTART = 'claude-tmux watch --stop, then claude-tmux watch --start';

function beatFindings({ heartbeat, answer, own }: WatcherReading, now: number): readonly Finding[] {
  if (answer === null || answer.program !== own) return [];
  if (heartbeat === null)
    return [wrong('heartbeat', 'the watcher lives and has published nothing to this tmux server', RESTART)];
  const age = Math.round(now / 1000) - heartbeat;
  if (age > OLDEST_BEAT)
    return [
      wrong('heartbeat', `what tmux shows is ${describeSpan(age * 1000)} old, though the watcher lives`, RESTART),
    ];
  if (age < -OLDEST_BEAT)
    return [
      wrong(
        'heartbeat',
        `what tmux shows is ${describeSpan(-age * 1000)} ahead of the clock, which was put back`,
        RESTART,
      ),
    ];
  return [ok('heartbeat', `tmux had its last sign of life ${describeSpan(Math.max(0, age * 1000))} ago`)];
}

function logFindings({ log, logPath }: WatcherReading): readonly Finding[] {
  return log.length === 0
    ? []
    : [
        note(
          'watcher-log',
          `the watcher had trouble ${plural(log.length, 'time')} within a day, last: ${log.slice(-SHOWN).join(' | ')}`,
          `read ${logPath}`,
        ),
      ];
}
