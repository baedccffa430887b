import type { Diagnostic } from '../base/diagnostics.ts';
import { isObject, textAt } from '../base/json.ts';
import type { LayoutFiles } from './files.ts';
import { layoutSchema, type Draft, type DraftPane } from './schema.ts';
import { seatPanes, type Seat } from './seats.ts';
import { checkShape } from './shape.ts';

/** What a fleet's record lays over its layout file: sessions that `add` brought in, and the tasks that `task` gave. */
export interface LayoutExtras {
  /** Each in the form of a layout's pane, with its `id`. */
  readonly added: readonly Readonly<Record<string, unknown>>[];
  readonly tasks: readonly GivenTask[];
  /** What the fleet is called where the file gives no name; absent for repository and file name. */
  readonly name?: string;
}

/** The task that a session works on instead of the layout's first one. */
export interface GivenTask {
  readonly id: string;
  readonly branch: string;
  readonly prompt: string;
}

export const NO_EXTRAS: LayoutExtras = { added: [], tasks: [] };

/** The draft with the added sessions behind the layout's own. One whose id the layout has by now is the layout's. */
export function withAdded(files: LayoutFiles, added: LayoutExtras['added']): LayoutFiles {
  const draft = layAdded(files.draft, added);
  return draft === files.draft ? files : { ...files, draft, written: layAdded(files.written, added) };
}

function layAdded(draft: Draft, added: LayoutExtras['added']): Draft {
  const panes = draft.panes ?? [];
  const own = new Set(seatPanes(panes, draft.strategy ?? 'component').map(({ id }) => id));
  const further = soundPanes(added).filter(({ id }) => id !== undefined && !own.has(id));
  return further.length === 0 ? draft : { ...draft, panes: [...panes, ...further] };
}

/** The one place where an added session gets its type: what the schema leaves of it has the schema's shape. */
function soundPanes(added: LayoutExtras['added']): readonly DraftPane[] {
  return (checkShape(layoutSchema, { panes: added }).sound as Draft).panes ?? [];
}

/** What is wrong with the shape of added sessions: a key that is no pane's, a value of another type. */
export function addedProblems(added: LayoutExtras['added'], path: string): readonly Diagnostic[] {
  if (added.length === 0) return [];
  const found = checkShape(layoutSchema, { strategy: 'component', panes: added }).problems;
  return found.map(({ severity, code, message, path: at, hint }) => {
    const pane = added[Number(at[1] ?? 0)];
    const who = isObject(pane) ? (textAt(pane, 'id') ?? '') : '';
    return {
      severity,
      code,
      message: `of the added session "${who}": ${message}`,
      place: { path, line: 1, column: 1, length: 1 },
      ...(hint === undefined ? {} : { hint }),
    };
  });
}

/** A seat with the task it was given last: its branch and its prompt are that task's. */
export function withTask(seat: Seat, tasks: readonly GivenTask[]): Seat {
  const task = tasks.find(({ id }) => id === seat.id);
  if (!task) return seat;
  const { prompt_file: _file, teleport: _web, ...written } = seat.written;
  return {
    ...seat,
    written: { ...written, branch: task.branch, prompt: task.prompt },
    isAgent: written.run === undefined,
  };
}
