import type { Context } from '../apply/context.ts';
import { oneLine } from '../base/text.ts';
import { describePlan } from '../plan/describe.ts';
import type { Plan } from '../plan/step.ts';
import { loadFleet, type LoadedFleet } from './loadFleet.ts';
import { planFleet, type PlannedFleet } from './planFleet.ts';
import type { Options } from './commandSpec.ts';
import { withUnpushable } from './unpushable.ts';
import { tellWarnings, upOptions } from './up.ts';

/** What `up` would do, and why each step; as text, as a script, as JSON. Changes nothing. */
export async function plan(context: Context, [layout, task]: readonly string[], options: Options): Promise<number> {
  const loaded = await loadFleet(context, { layout, task, withoutTask: 'leave' });
  tellWarnings(context, loaded);
  const wanted = upOptions(context, options);
  const made = await planFleet(context, loaded, wanted);
  const planned = { ...made, plan: await withUnpushable(context, made.plan, loaded.world.checkout?.root ?? null) };
  const format = options['json'] === true ? 'json' : (options['format'] ?? 'text');
  if (format === 'json') context.out(`${JSON.stringify(toJson(planned.plan), null, 2)}\n`);
  else if (format === 'sh')
    context.out(await toScript(context, { loaded, planned, noPrompt: wanted.noPrompt }), 'exact');
  else context.out(toText(loaded, planned));
  return planned.plan.problems.length === 0 ? 0 : 1;
}

function toText({ read, path }: LoadedFleet, { plan: made, layout }: PlannedFleet): string {
  const head = [
    `fleet "${oneLine(layout.name)}" (${layout.strategy}) from ${path}`,
    `${layout.isolation} of ${oneLine(layout.repo)} in ${layout.workspace}, ${made.size.columns}×${made.size.rows}`,
  ];
  const origins = read.origins
    .filter((origin) => origin.path !== path && origin.path !== 'default')
    .map((origin) => `${origin.key}: ${oneLine(origin.value)} (from ${origin.path})`);
  const later = layout.inactive.map((sentence) => `note: ${sentence}`);
  return [...head, ...origins, '', describePlan(made).trimEnd(), ...later].map((line) => `${line}\n`).join('');
}

/** The plan as data; the values of layout variables are secrets and stay out. */
function toJson(made: Plan): unknown {
  const panes = Object.fromEntries(
    Object.entries(made.panes).map(([id, pane]) => [
      id,
      { ...pane, env: Object.fromEntries(Object.keys(pane.env).map((name) => [name, '***'])) },
    ]),
  );
  return { version: 1, ...made, panes };
}

async function toScript(
  context: Context,
  input: { readonly loaded: LoadedFleet; readonly planned: PlannedFleet; readonly noPrompt: boolean },
): Promise<string> {
  const { planScript } = await import('./planScript.ts');
  return planScript(context, input);
}
