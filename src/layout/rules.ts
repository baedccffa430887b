import type { Problem } from './problem.ts';
import { branchNameRules, branchPairRules, sharedTreeRules } from './rules/branches.ts';
import type { Facts, Rule } from './rules/facts.ts';
import { colorRules, fleetNameRules, paneNameRules, strategyKeyRules } from './rules/identity.ts';
import { cycleRules, dependencyRules } from './rules/order.ts';
import { arrangeRules, channelRules, envRules, globRules, portRules, variableRules } from './rules/settings.ts';
import { textRules } from './rules/texts.ts';
import { folderRules, guestRules, isolationRules, repoRules } from './rules/trees.ts';
import { agentRules, exclusiveKeyRules, promptRules } from './rules/work.ts';

const RULES: readonly Rule[] = [
  fleetNameRules,
  paneNameRules,
  strategyKeyRules,
  colorRules,
  isolationRules,
  guestRules,
  repoRules,
  folderRules,
  branchNameRules,
  branchPairRules,
  sharedTreeRules,
  dependencyRules,
  cycleRules,
  exclusiveKeyRules,
  promptRules,
  agentRules,
  arrangeRules,
  envRules,
  variableRules,
  globRules,
  portRules,
  channelRules,
];

/** Everything wrong across keys. What cannot be shown or is too long is said once: other rules would repeat it. */
export function checkRules(facts: Facts): readonly Problem[] {
  const texts = textRules(facts);
  const unreadable = new Set(texts.map(({ path }) => path.join('\n')));
  return [...texts, ...RULES.flatMap((rule) => rule(facts)).filter(({ path }) => !unreadable.has(path.join('\n')))];
}
