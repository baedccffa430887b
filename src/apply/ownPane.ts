import { descendsFrom } from '../store/process.ts';

/** How deep a shell in a pane, or an agent, may start this program: shells in shells, `watch`, `make`, `npm run`. */
const DEEPEST = 64;

/** True when this program runs below a pane's first process, and would get the hang-up when that pane ends. */
export async function runsInPane(panePid: number | null): Promise<boolean> {
  return panePid !== null && descendsFrom(process.pid, panePid, DEEPEST);
}

/** True when it runs below one of these processes: the first ones of panes, or agents. */
export async function runsBelowAny(processes: readonly { readonly pid: number }[]): Promise<boolean> {
  for (const { pid } of processes) if (await runsInPane(pid)) return true;
  return false;
}

/** From here on the end of the terminal does not end this program: what it has begun it finishes. */
export function outliveHangUp(): void {
  process.on('SIGHUP', () => undefined);
}
