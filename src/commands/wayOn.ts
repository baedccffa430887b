import { UserError } from '../base/errors.ts';
import { pasted } from '../base/pasted.ts';

/** Throws the error of a change that is in the record already, with `up` as the way on: the same command would make the change a second time. */
export function wayOn(error: unknown, fleet: string): never {
  if (!(error instanceof UserError)) throw error;
  const first = error.hint?.replace(/,? (and |then )*run (the command|the same command|it) again$/, '');
  throw new UserError(error.message, {
    hint: `${first === undefined ? '' : `${first}; `}${pasted`up ${fleet}`} goes on from here`,
    exitCode: error.exitCode,
    cause: error,
  });
}
