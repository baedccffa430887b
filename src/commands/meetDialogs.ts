import { callerAccount } from '../agent/claudeFolders.ts';
import { approvedMcpServers, approvedName } from '../agent/mcp.ts';
import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { areLocalSettingsOwn } from '../git/localSettings.ts';
import { startsClaude, type Pane } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import { makeFolders } from '../store/file.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { askWishes, type Wish } from './claudeQuestion.ts';
import { findPassedOn } from './passOnSettings.ts';
import type { PlannedFleet } from './planFleet.ts';
import { consentFor, keepConsent, keepTrust, acceptClones, trustWishes } from './acceptClones.ts';
import { meetChangedGrants } from './changedGrants.ts';
import { findTrusted, findUntrusted } from './untrusted.ts';

interface Meeting {
  /** The checkout one stands in. */
  readonly checkout: World['checkout'];
  readonly planned: PlannedFleet;
  readonly record: FleetRecord;
  readonly yes: boolean;
}

export interface Met {
  /** What the record keeps of the answers. */
  readonly answers: Pick<FleetRecord, 'mcpServers' | 'localSettings'>;
  /** Files of the checkout that the new trees are to have, relative. */
  readonly localSettings: readonly string[];
  /** Completes the trust once the trees are there, for the panes of a plan; call it before the first agent starts. */
  readonly trust: (planned: PlannedFleet) => Promise<void>;
}

/**
 * What Claude Code would ask in each pane is asked once a repository, in one question and before anything is made: whether the clones are
 * trusted, have the MCP servers that are approved in the checkout, and what the user allowed there. `--yes` answers the last two.
 */
export async function meetDialogs(context: Context, meeting: Meeting): Promise<Met> {
  const { planned, record, checkout } = meeting;
  const { layout } = planned;
  const panes = claudePanes(planned);
  if (panes.length === 0)
    return {
      answers: { mcpServers: record.mcpServers, localSettings: record.localSettings },
      localSettings: [],
      trust: () => Promise.resolve(),
    };
  if (layout.isolation !== 'shared') await makeWorkspace(layout.workspace);
  const [servers, settings] = await Promise.all([readServers(context, meeting), readSettings(context, meeting)]);
  const open = [...servers.wishes, ...settings.wishes];
  if (!context.interactive) open.forEach((wish) => context.talk(describeUnasked(wish)));
  const { granted, isTrustRefused } = context.interactive
    ? await ask(context, { meeting, panes, open, own: settings.names })
    : NOT_ASKED;
  const localSettings =
    settings.wishes.length > 0 && context.interactive
      ? granted.some(({ kind }) => kind === 'settings')
      : settings.answer;
  const mcpServers =
    servers.wishes.length > 0 && context.interactive
      ? [...servers.known, ...granted.flatMap(serversIn)]
      : servers.answer;
  const own = localSettings === true ? settings.names : [];
  const trust: Met['trust'] = async (now) => {
    const search = { ...now, panes: claudePanes(now), checkout, own };
    await meetChangedGrants(context, await findTrusted(context, search), meeting);
    await acceptClones(context, await findUntrusted(context, search), { mayAsk: !isTrustRefused });
  };
  return { answers: { mcpServers, localSettings }, localSettings: own, trust };
}

/** Trust of the folder of one session that is started again; asked for when the user has not agreed to it yet. */
export async function meetTrust(
  context: Context,
  planned: PlannedFleet,
  { id, checkout, yes }: Pick<Meeting, 'checkout' | 'yes'> & { readonly id: string },
): Promise<void> {
  const panes = planned.layout.panes.filter((pane) => pane.id === id && startsClaude(pane));
  const search = { ...planned, panes, checkout, own: [] };
  await meetChangedGrants(context, await findTrusted(context, search), { yes });
  await acceptClones(context, await findUntrusted(context, search), { mayAsk: true });
}

/** Those that are made or started again, held ones too: one key starts them later. */
function claudePanes({ plan, layout }: PlannedFleet): readonly Pane[] {
  const ids = new Set(plan.steps.flatMap((step) => ('hold' in step ? [step.pane] : [])));
  return layout.panes.filter((pane) => ids.has(pane.id) && startsClaude(pane));
}

async function makeWorkspace(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (cause) {
    throw new UserError(
      `the workspace ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'name another folder with `workspace:` in the layout', cause },
    );
  }
}

interface Servers {
  /** What is decided; null while the question is not answered. */
  readonly answer: readonly string[] | null;
  /** Approved for the clones of this repository before. */
  readonly known: readonly string[];
  readonly wishes: readonly Wish[];
}

/** MCP servers approved in the checkout are approved for the clones on the user's yes. */
async function readServers(
  context: Context,
  {
    planned: {
      layout: { checkout, isolation, repo },
    },
    record,
    yes,
  }: Meeting,
): Promise<Servers> {
  const decided = { answer: record.mcpServers, known: [], wishes: [] };
  if (record.mcpServers !== null || checkout === null || isolation === 'shared') return decided;
  const hasOwnSettings = (): Promise<boolean> => areLocalSettingsOwn(checkout, context.env);
  const servers = await approvedMcpServers(checkout, {
    account: callerAccount(context),
    home: context.home,
    hasOwnSettings,
  });
  if (servers.length === 0 || yes) return { ...decided, answer: servers.length === 0 ? null : servers };
  const consent = await consentFor(context, repo);
  const known = servers.filter((server) => consent.servers.includes(server));
  const open = servers.filter((server) => !known.includes(server) && !consent.otherServers.includes(server));
  return open.length === 0
    ? { ...decided, answer: known }
    : { answer: null, known, wishes: [{ kind: 'servers', checkout, servers: open }] };
}

interface LocalSettings {
  readonly answer: boolean | null;
  /** Files of the checkout that new trees could have. */
  readonly names: readonly string[];
  readonly wishes: readonly Wish[];
}

async function readSettings(
  context: Context,
  { checkout, planned: { layout, plan }, record, yes }: Meeting,
): Promise<LocalSettings> {
  const names = record.localSettings === false ? [] : await findPassedOn(context, { checkout, layout, plan });
  if (checkout === null || names.length === 0) return { answer: record.localSettings, names: [], wishes: [] };
  if (record.localSettings === true || yes) return { answer: true, names, wishes: [] };
  const { localSettings } = await consentFor(context, layout.repo);
  return {
    answer: localSettings,
    names,
    wishes: localSettings === null ? [{ kind: 'settings', checkout: checkout.root, names }] : [],
  };
}

function describeUnasked(wish: Wish): string {
  if (wish.kind === 'servers')
    return `note: MCP servers approved in ${oneLine(wish.checkout)} (${wish.servers.map((server) => `"${oneLine(approvedName(server))}"`).join(', ')}) are not passed on without your yes; give --yes, or answer in a pane.`;
  if (wish.kind === 'settings')
    return `note: what you allowed Claude in ${wish.names.map(oneLine).join(', ')} of ${oneLine(wish.checkout)} is not carried over without your yes; give --yes, or name the file in \`include\`.`;
  return '';
}

interface Asking {
  readonly meeting: Meeting;
  readonly panes: readonly Pane[];
  /** Questions besides that of trust. */
  readonly open: readonly Wish[];
  /** What new trees will have of the user's own settings, on a yes. */
  readonly own: readonly string[];
}

interface Answered {
  readonly granted: readonly Wish[];
  /** True when the user has just said no to trust: that is not asked for again in this command. */
  readonly isTrustRefused: boolean;
}
const NOT_ASKED: Answered = { granted: [], isTrustRefused: false };

async function ask(context: Context, { meeting: { planned, checkout }, panes, open, own }: Asking): Promise<Answered> {
  const trusts = await trustWishes(context, await findUntrusted(context, { ...planned, panes, checkout, own }));
  const granted = await askWishes(context, [...trusts, ...open]);
  for (const wish of trusts) if (granted.includes(wish)) await keepTrust(context, wish);
  for (const wish of open) await keepAnswer(context, planned.layout.repo, { wish, isYes: granted.includes(wish) });
  return { granted, isTrustRefused: !trusts.every((wish) => granted.includes(wish)) };
}

/** Further layouts of the repository do not ask again. */
async function keepAnswer(
  context: Context,
  repo: string,
  { wish, isYes }: { readonly wish: Wish; readonly isYes: boolean },
): Promise<void> {
  await keepConsent(context, repo, (consent) => {
    if (wish.kind === 'settings') return { ...consent, localSettings: isYes };
    const servers = serversIn(wish);
    return isYes
      ? { ...consent, servers: [...consent.servers, ...servers] }
      : { ...consent, otherServers: [...consent.otherServers, ...servers] };
  });
}

function serversIn(wish: Wish): readonly string[] {
  return wish.kind === 'servers' ? wish.servers : [];
}
