import type { Context } from '../apply/context.ts';
import { decideFor, type Known } from '../apply/situation.ts';
import { UserError } from '../base/errors.ts';
import type { Circumstance } from '../status/circumstances.ts';
import { describeLoss, describeRefusal } from '../status/decide.ts';
import type { Verb } from '../status/verbs.ts';

interface Wish {
  readonly evidence: Known;
  /** What only the verb knows of the session. */
  readonly more?: readonly Circumstance[];
  readonly yes: boolean;
}

/** Returns when the verb may be done to the session: at once, or after a yes. Throws a UserError otherwise; nothing was done then. */
export async function permit(context: Context, verb: Verb, { evidence, more = [], yes }: Wish): Promise<void> {
  const { decision, detail } = decideFor(verb, evidence, more);
  const { id } = evidence.session;
  if (decision.answer === 'yes' || (decision.answer === 'ask' && yes)) return;
  if (decision.answer === 'no' || !context.interactive) {
    const { message, hint } = describeRefusal(verb, id, { decision, detail });
    throw new UserError(message, { hint });
  }
  if (!(await context.askYes(`${describeLoss(verb, id, decision)}. Go on? [y/N] `)))
    throw new UserError('nothing was changed');
}
