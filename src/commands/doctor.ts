import type { Context } from '../apply/context.ts';
import { EXIT } from '../base/errors.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { findingsAsJson, renderFindings } from '../doctor/renderFindings.ts';
import { readFacts } from './doctor/readFacts.ts';
import type { Options } from './commandSpec.ts';

/** Checks the whole chain from Claude's hooks to the bar. Exit code 1 when something is wrong; nothing is mended, and nothing of the user's changed. */
export async function doctor(context: Context, _: readonly string[], options: Options): Promise<number> {
  const findings = diagnose(await readFacts(context), context.now());
  if (options['json'] === true) context.out(findingsAsJson(findings));
  else context.out(renderFindings(findings, context.color.out), 'painted');
  return findings.some(({ level }) => level === 'wrong') ? EXIT.notDone : EXIT.done;
}
