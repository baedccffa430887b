import type { LoadedFleet } from './loadFleet.ts';
import type { PlannedFleet } from './planFleet.ts';

export interface UpOptions {
  readonly only: readonly string[] | null;
  /** Sessions to start although they had ended by themselves. */
  readonly start?: readonly string[];
  readonly fromHere: boolean;
  readonly noPrompt: boolean;
  /** True for a fleet that was another machine's and is to be this one's. */
  readonly moveHere?: boolean;
  readonly yes: boolean;
  /** True when the fleet is shown in this terminal right afterwards. */
  readonly attach: boolean;
}

export interface Before {
  readonly planned: PlannedFleet;
  readonly loaded: LoadedFleet;
  readonly wanted: UpOptions;
}
