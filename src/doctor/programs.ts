import { installHint } from '../base/installHint.ts';
import { isAtLeast as isVersion } from '../base/version.ts';
import { isAtLeast as isTmux, parseTmuxVersion } from '../plan/tmuxVersion.ts';
import { note, ok, wrong, type Finding } from './finding.ts';
import { untriedClaude } from './triedClaude.ts';

/** The programs on the PATH. */
export interface ProgramFacts {
  /** Version of this program. */
  readonly own: string;
  /** `20.20.2`. */
  readonly node: string;
  /** What `git version` says; null when there is no git. */
  readonly git: string | null;
  /** What `tmux -V` says; null when there is no tmux. */
  readonly tmux: string | null;
  /** Each command that a recorded fleet starts Claude with; `claude` where no fleet says otherwise. */
  readonly claude: readonly ClaudeProgram[];
  /** Node's name for the system. */
  readonly platform: string;
}

export interface ClaudeProgram {
  /** `claude`, `mise x -- claude`. */
  readonly command: string;
  /** File that the first word leads to; null when it is not on the PATH. */
  readonly path: string | null;
  /** `2.1.197`; null when it does not say. */
  readonly version: string | null;
  /** Hook events that tell states and that this version does not have. */
  readonly lacks: readonly string[];
}

/** The oldest tmux that can be used: older ones run what the output of a `#()` holds. */
const OLDEST_TMUX = '3.2a';

export function programFindings(facts: ProgramFacts): readonly Finding[] {
  return [
    ok('program', `claude-tmux ${facts.own}`),
    nodeFinding(facts),
    ...gitFindings(facts),
    tmuxFinding(facts),
    ...facts.claude.map(claudeFinding),
  ];
}

/** True for a tmux that claude-tmux refuses, or none. */
export function isTmuxUnusable(tmux: string | null): boolean {
  const version = parseTmuxVersion(tmux ?? '');
  return version === null ? tmux === null : !isTmux(version, OLDEST_TMUX);
}

function nodeFinding({ node }: ProgramFacts): Finding {
  return isVersion(node, [20, 0])
    ? ok('node', `Node ${node}`)
    : wrong(
        'node',
        `Node ${node} runs this; claude-tmux needs 20 or newer`,
        'install a newer Node, and claude-tmux with it',
      );
}

function gitFindings({ git, platform }: ProgramFacts): readonly Finding[] {
  if (git === null) return [wrong('git', 'git is not installed, or not on the PATH', installHint('git', platform))];
  if (!isVersion(git, [2, 25]))
    return [wrong('git', `${git} is too old; claude-tmux needs 2.25 or newer`, installHint('git', platform))];
  if (!isVersion(git, [2, 29]))
    return [
      note(
        'git',
        `${git} is too old for \`sync\` and \`task\`, which need 2.29`,
        'update git; till then: git pull --rebase in the clones, and `add` for another task',
      ),
    ];
  if (!isVersion(git, [2, 38]))
    return [
      note(
        'git',
        `${git} cannot merge without a work tree (merge-tree, 2.38): \`sync\` uses one elsewhere, which takes longer`,
        'update git; all works',
      ),
    ];
  return [ok('git', git)];
}

function tmuxFinding({ tmux, platform }: ProgramFacts): Finding {
  if (tmux === null) return wrong('tmux', 'tmux is not installed, or not on the PATH', installHint('tmux', platform));
  if (isTmuxUnusable(tmux))
    return wrong(
      'tmux',
      `${tmux} is too old; claude-tmux needs ${OLDEST_TMUX} or newer`,
      `${installHint('tmux', platform)} Then start the server anew.`,
    );
  return ok('tmux', tmux);
}

function claudeFinding({ command, path, version, lacks }: ClaudeProgram): Finding {
  if (path === null)
    return wrong(
      'claude',
      `the program of "${command}" is not on the PATH`,
      'install Claude Code (npm install -g @anthropic-ai/claude-code), or set `claude: {command: …}` in the layout',
    );
  if (version === null)
    return note(
      'claude',
      `"${command}" (${path}) does not say its version, so only the oldest hook events are registered`,
      `run \`${command} --version\` and read what it says`,
    );
  if (lacks.length > 0)
    return note(
      'claude',
      `Claude Code ${version} (${path}) has no hooks ${lacks.join(', ')}: what they tell comes later, from its registry, and without reasons`,
      'update Claude Code, then `claude-tmux restart` each session',
    );
  const untried = untriedClaude(version);
  if (untried !== null)
    return note(
      'claude',
      `${untried} (${path})`,
      'if a state looks wrong, `claude-tmux explain` names its source; report it with that output',
    );
  return ok('claude', `Claude Code ${version} (${path}), with every hook event that is used`);
}
