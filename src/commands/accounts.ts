import { join } from 'node:path';
import { accountName, callerAccount, startAccount, type Account } from '../agent/claudeFolders.ts';
import type { Context } from '../apply/context.ts';
import { recordOf } from '../base/record.ts';
import { startsClaude, type Layout, type Pane } from '../layout/layout.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';

interface Known {
  readonly layout: Layout;
  readonly record: FleetRecord | null;
  readonly snapshot: Snapshot;
}

/** The Claude account that each pane starts in, by id. What hooks reported counts more than the record: a wrapper may choose the account. */
export function accountsOf(context: Context, { layout, record, snapshot }: Known): Readonly<Record<string, Account>> {
  return recordOf(
    layout.panes.map((pane): [string, Account] => {
      const session = record?.sessions.find(({ id }) => id === pane.id);
      const known = session === undefined ? null : (snapshot.agents[pane.id]?.account ?? session.account);
      return [
        pane.id,
        startAccount(
          { own: pane.env, cwd: join(session?.path ?? layout.workspace, pane.dir), account: known },
          context,
        ),
      ];
    }),
  );
}

/** Says which sessions do not use the account of the caller's shell; what the layout's own `env` says is no surprise. */
export function describeOtherAccount(
  context: Context,
  { accounts, started }: { readonly accounts: Readonly<Record<string, Account>>; readonly started: readonly Pane[] },
): readonly string[] {
  const caller = callerAccount(context);
  const elsewhere = started.filter(
    (pane) => startsClaude(pane) && accounts[pane.id] !== caller && pane.env['CLAUDE_CONFIG_DIR'] === undefined,
  );
  return [...new Set(elsewhere.map(({ id }) => accounts[id] ?? ''))].map((account) => {
    const ids = elsewhere.filter(({ id }) => accounts[id] === account).map(({ id }) => id);
    return `the conversations of ${ids.join(', ')} are in the Claude account ${accountName(account)}, so the one of this shell, ${accountName(caller)}, is not used there.`;
  });
}
