import { slug } from '../../base/text.ts';
import { nearestColor, tmuxColor } from '../color.ts';
import { STRATEGIES, type Strategy } from '../layout.ts';
import type { NormalPane } from '../normalize.ts';
import { nearest } from '../nearest.ts';
import { error, warning, type KeyPath, type Problem } from '../problem.ts';
import { STRATEGY_FACTS } from '../strategies.ts';
import type { Facts } from './facts.ts';

/** The fleet's name: it becomes a tmux session and a folder. */
export function fleetNameRules({ draft, normal }: Facts): readonly Problem[] {
  const { name } = normal.layout;
  const path: KeyPath = draft.name === undefined ? [] : ['name'];
  // Without a repository there is no default name; that is said elsewhere.
  if (/[A-Za-z0-9]/.test(name) || (draft.name === undefined && normal.layout.repo === '')) return [];
  return [
    error(
      'name-unusable',
      path,
      `of the fleet name "${name}" nothing is left that tmux takes in a session name`,
      'add a name with ASCII letters or digits: name: …',
    ),
  ];
}

/** Labels and ids of the panes. */
export function paneNameRules({ normal }: Facts): readonly Problem[] {
  return [
    ...normal.panes.flatMap((each) => [...labelProblems(each), ...idProblems(each)]),
    ...duplicateIds(normal.panes),
    ...sameLabels(normal.panes),
  ];
}

function labelProblems({ index, written: { name } }: NormalPane): Problem[] {
  const path = ['panes', index, 'name'];
  if (name === undefined) return [];
  if (name.trim() === '')
    return [
      error(
        'empty-name',
        path,
        `the name of pane ${index + 1} is empty`,
        'say what the session is for: "Frontend - Dark Mode"',
      ),
    ];
  const vague = /^(session|claude|terminal)[\s#-]*\d*$/i.test(name.trim());
  return vague
    ? [
        warning(
          'vague-name',
          path,
          `"${name}" does not say what the session is for`,
          'a name like "Frontend - Dark Mode" tells five panes apart',
        ),
      ]
    : [];
}

function idProblems({ index, written: { id, name } }: NormalPane): Problem[] {
  if (id !== undefined) return writtenIdProblems(id, ['panes', index, 'id']);
  const made = slug(name ?? '');
  if (name === undefined || name.trim() === '' || (made !== '' && !/^\d+$/.test(made))) return [];
  return [
    error('no-id', ['panes', index, 'name'], `no id can be made of the name "${name}"`, 'add one: id: short-name'),
  ];
}

function writtenIdProblems(id: string, path: KeyPath): Problem[] {
  if (/^\d+$/.test(id))
    return [
      error('bad-id', path, `the id "${id}" is a number, which commands read as a place in the bar`, 'add a letter'),
    ];
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(id)) return [];
  return [
    error(
      'bad-id',
      path,
      `"${id}" cannot be an id`,
      `an id has at most 40 lower-case letters, digits, "-" and "_"${slug(id) === '' ? '' : `: "${slug(id)}"`}`,
    ),
  ];
}

function duplicateIds(panes: readonly NormalPane[]): Problem[] {
  return panes.flatMap(({ index, written, pane }) => {
    const first = panes.find((other) => other.index < index && other.pane.id === pane.id && pane.id !== '');
    if (!first) return [];
    const path = ['panes', index, written.id === undefined ? 'name' : 'id'];
    const hint =
      written.id === undefined ? `give this pane an id of its own: id: ${pane.id}-2` : 'give one of them another id';
    return [
      error('duplicate-id', path, `pane ${first.index + 1} and pane ${index + 1} both have the id "${pane.id}"`, hint),
    ];
  });
}

function sameLabels(panes: readonly NormalPane[]): Problem[] {
  return panes.flatMap(({ index, written, pane }) => {
    const first = panes.find(
      (other) => other.index < index && other.pane.name === pane.name && other.pane.id !== pane.id,
    );
    return first && written.name !== undefined
      ? [warning('same-name', ['panes', index, 'name'], `pane ${first.index + 1} is also called "${pane.name}"`)]
      : [];
  });
}

/** Each pane has the key of the strategy, and of no other. Says nothing while the strategy itself is missing or unknown. */
export function strategyKeyRules({ draft, normal }: Facts): readonly Problem[] {
  const { strategy } = draft;
  if (strategy === undefined) return [];
  return normal.panes.flatMap((each) => {
    const foreign = STRATEGIES.filter((other) => other !== strategy && each.written[other] !== undefined);
    const found = foreign.map((other) => otherStrategy(each, strategy, other));
    return found.length > 0 ? found : ownKeyProblems(each, strategy);
  });
}

function otherStrategy({ index }: NormalPane, strategy: Strategy, other: Strategy): Problem {
  return {
    ...error(
      'key-of-other-strategy',
      ['panes', index, other],
      `"${other}" belongs to the strategy "${other}"; this layout has the strategy "${strategy}"`,
      `write "${strategy}: …" here`,
    ),
    at: 'key',
  };
}

function ownKeyProblems({ index, written }: NormalPane, strategy: Strategy): Problem[] {
  const { keys, closed } = STRATEGY_FACTS[strategy];
  const known = Object.keys(keys);
  const value = written[strategy];
  if (value === undefined) {
    // A pane that is no map at all has been reported as such.
    if (written.run !== undefined || Object.keys(written).length === 0) return [];
    const hint = `add ${strategy}: ${known.join(', ')}${closed ? '' : ', or a word of your own'}`;
    return [
      {
        ...error('strategy-key-missing', ['panes', index], `pane ${index + 1} does not say its ${strategy}`, hint),
        missing: strategy,
      },
    ];
  }
  const path = ['panes', index, strategy];
  if (value.trim() === '')
    return [error('strategy-key-missing', path, `the ${strategy} of pane ${index + 1} is empty`)];
  if (!closed || known.includes(value)) return [];
  const near = nearest(value, known);
  return [
    error(
      'unknown-value',
      path,
      `there is no ${strategy} "${value}"`,
      near === null ? `it is one of ${known.join(', ')}` : `did you mean "${near}"?`,
    ),
  ];
}

export function colorRules({ normal }: Facts): readonly Problem[] {
  return normal.panes.flatMap(({ index, written: { color } }) => {
    if (color === undefined || tmuxColor(color) !== null) return [];
    const near = nearestColor(color);
    return [
      error(
        'unknown-color',
        ['panes', index, 'color'],
        `tmux knows no colour "${color}"`,
        near === null ? 'red, brightblue, colour208 or "#5fafff"' : `did you mean "${near}"?`,
      ),
    ];
  });
}
