import { isObject, textAt, textsAt } from '../base/json.ts';
import { type JsonFormat, readJson, writeJson } from './file.ts';
import { withLock } from './lock.ts';
import type { StorePaths } from './paths.ts';

/** What the user answered about Claude Code in the clones of one repository; asked once for all its fleets. */
export interface Consent {
  /** Fingerprints of the settings files with which its clones may be trusted; a clone has some of them, or none. */
  readonly trusted: readonly string[];
  /** MCP servers that are approved in its clones, and those that are not. */
  readonly servers: readonly string[];
  readonly otherServers: readonly string[];
  /** Whether new clones get the checkout's local settings; null when not asked yet. */
  readonly localSettings: boolean | null;
}

const NO_CONSENT: Consent = { trusted: [], servers: [], otherServers: [], localSettings: null };

interface ConsentFile {
  readonly version: 1;
  readonly repositories: readonly (Consent & { readonly repo: string })[];
}

const FORMAT: JsonFormat<ConsentFile> = {
  version: 1,
  what: "list of answers about Claude Code's trust",
  parse: parseFile,
};

/** `isSame` says whether a written repository is the one that is meant. */
export async function readConsent(store: StorePaths, isSame: (repo: string) => boolean): Promise<Consent> {
  return (await readJson(store.consents, FORMAT))?.repositories.find(({ repo }) => isSame(repo)) ?? NO_CONSENT;
}

interface Given {
  readonly repo: string;
  readonly isSame: (repo: string) => boolean;
  readonly consent: Consent;
}

/** Remembers answers in place of those that were given for the repository before. */
export async function writeConsent(store: StorePaths, { repo, isSame, consent }: Given): Promise<void> {
  await withLock(`${store.consents}.lock`, { timeoutMs: 5000, what: 'writing down an answer' }, async () => {
    const others = ((await readJson(store.consents, FORMAT))?.repositories ?? []).filter(
      (known) => !isSame(known.repo),
    );
    const file: ConsentFile = { version: 1, repositories: [...others, { repo, ...consent }] };
    // Lost with the power, it is asked for once more.
    await writeJson(store.consents, file, { durable: false });
  });
}

function parseFile(value: unknown): ConsentFile | null {
  if (!isObject(value) || !Array.isArray(value.repositories)) return null;
  const repositories = value.repositories.map(parseConsent).filter((one) => one !== null);
  return repositories.length === value.repositories.length ? { version: 1, repositories } : null;
}

function parseConsent(value: unknown): ConsentFile['repositories'][number] | null {
  const repo = isObject(value) ? textAt(value, 'repo') : null;
  if (!isObject(value) || repo === null) return null;
  const { localSettings } = value;
  return {
    repo,
    trusted: textsAt(value, 'trusted'),
    servers: textsAt(value, 'servers'),
    otherServers: textsAt(value, 'otherServers'),
    localSettings: typeof localSettings === 'boolean' ? localSettings : null,
  };
}
