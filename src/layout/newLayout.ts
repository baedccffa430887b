import type { Strategy } from './layout.ts';
import { STRATEGY_FACTS } from './strategies.ts';

export interface NewLayout {
  readonly strategy: Strategy;
  /** The fleet's name; left to its default when not given. */
  readonly name?: string;
  /** Path or URL of layout.schema.json, for completion in editors. */
  readonly schemaPath: string;
  /** Path of the reference of keys, docs/layout-file.md. */
  readonly docsPath?: string;
}

/** Panes that `new` writes: label, id, value of the strategy's key. Two or three, the number to start with. */
const PANES: Readonly<Record<Strategy, readonly (readonly [name: string, id: string, key: string])[]>> = {
  component: [
    ['Frontend', 'frontend', 'frontend'],
    ['Backend', 'backend', 'backend'],
    ['Tests', 'tests', 'tests'],
  ],
  task: [
    ['Feature', 'feature', 'feature'],
    ['Bug Fixes', 'bugfix', 'bugfix'],
    ['Review', 'review', 'review'],
  ],
  priority: [
    ['Urgent', 'urgent', 'urgent'],
    ['Next', 'next', 'high'],
    ['Explore', 'explore', 'explore'],
  ],
  stage: [
    ['Plan', 'plan', 'plan'],
    ['Implement', 'implement', 'implement'],
    ['Verify', 'verify', 'verify'],
  ],
};

/** The commented layout that `claude-tmux new` writes: valid as it is, every id written out. */
export function newLayoutText({ strategy, name, schemaPath, docsPath = 'docs/layout-file.md' }: NewLayout): string {
  const panes = PANES[strategy].map((pane, place) => paneText(strategy, pane, place === 0)).join('\n');
  return `# yaml-language-server: $schema=${oneLineComment(schemaPath)}
# ${STRATEGY_FACTS[strategy].summary}
# Keys: ${oneLineComment(docsPath)}. Check it with "claude-tmux validate", see what it does with "claude-tmux plan".
${name === undefined ? '# name: shop                # the fleet; default: repository and file name' : `name: ${JSON.stringify(name)}`}
strategy: ${strategy}

# base: main                  # what new branches start from; default: the remote's default branch
# branch: ${JSON.stringify(STRATEGY_FACTS[strategy].branch)}
# workspace: ~/workspaces/{name}
# setup:                      # run once in each new clone
#   - npm ci
# include: [.env]             # git-ignored files to copy from here
# claude:
#   model: opus
#   permission_mode: acceptEdits

panes:
${panes}
  # A command instead of an agent, in the clone of the first pane:
  # - name: Dev Server
  #   id: dev
  #   run: npm run dev
`;
}

function paneText(
  strategy: Strategy,
  [name, id, key]: readonly [name: string, id: string, key: string],
  isFirst: boolean,
): string {
  const lines = [`  - name: ${name}`, `    id: ${id}`, `    ${strategy}: ${key}`];
  if (isFirst)
    lines.push(
      '    # prompt: |               # what the agent is told at its first start',
      '    #   Say what to do. {{task}} is the text given to "claude-tmux up".',
    );
  return `${lines.join('\n')}\n`;
}

/** A path in a comment cannot leave its line. */
function oneLineComment(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
