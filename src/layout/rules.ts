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
  textRules,
  fleetNameRules, paneNameRules, strategyKeyRules, colorRules,
  isolationRules, guestRules, repoRules, folderRules,
  branchNameRules, branchPairRules, sharedTreeRules,
  dependencyRules, cycleRules,
  exclusiveKeyRules, promptRules, agentRules,
  arrangeRules, envRules, variableRules, globRules, portRules, channelRules,
];

/** Everything wrong across keys. One value has one unprintable-text or length problem and no further ones: the rest would repeat it. */
export function checkRules(facts: Facts): readonly Problem[] {
  const unreadable = new Set(textRules(facts).map(({ path }) => path.join('\n')));
  return RULES.flatMap((rule) => rule(facts)).filter((problem) => TEXT_CODES.has(problem.code) || !unreadable.has(problem.path.join('\n')));
}

const TEXT_CODES = new Set(['nul-character', 'broken-text', 'control-character', 'too-long']);
