/** Where a repository is, whatever way it is written. `host` is '' for a path; `home` marks an scp-form's path, which starts at the login folder. */
interface Location {
  readonly host: string;
  readonly path: string;
  readonly home: boolean;
}

/**
 * True when two remotes are the same repository: scp-form and URL, with or without user, `.git`, trailing `/`, default port,
 * upper-case host, `file://` and path.
 */
export function isSameRepository(one: string, other: string): boolean {
  const [a, b] = [locate(one), locate(other)];
  return a.host === b.host && a.path === b.path;
}

/** Names a repository's place in the cache: alike for two spellings only when they cannot be different repositories. */
export function cacheKey(repo: string): string {
  const { host, path, home } = locate(repo);
  return host === '' ? path : `${home ? 'home ' : ''}${host}/${path}`;
}

/** The repository's own name: `shop` of `git@example.com:team/shop.git`. */
export function repositoryName(repo: string): string {
  return locate(repo).path.split('/').at(-1) ?? '';
}

/** The absolute path that `repo` names; null when it is reached over a network. */
export function localPath(repo: string): string | null {
  if (repo.startsWith('/')) return repo;
  return /^file:\/\//i.test(repo) ? decodePath(repo.slice('file://'.length)) : null;
}

/** Text in which no URL shows a password or token. */
export function redact(text: string): string {
  return text
    .replace(/\b(https?|ftps?):\/\/[^\s/@'"]+@/gi, '$1://***@')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/@:'"]+):[^\s/@'"]+@/gi, '$1:***@');
}

/** True for a path that git takes as relative to the repository's root: no scheme, no host, no leading `/`. */
export function isRelative(url: string): boolean {
  return !url.startsWith('/') && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && scpForm(url) === null;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  ssh: '22',
  'git+ssh': '22',
  http: '80',
  https: '443',
  git: '9418',
};

function locate(repo: string): Location {
  const path = localPath(repo);
  if (path !== null) return { host: '', path: trim(path, '/'), home: false };
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)(?::(\d*))?(\/.*)?$/i.exec(repo);
  if (url) {
    const [, scheme = '', host = '', port = '', rest = ''] = url;
    const shownPort = port === '' || port === DEFAULT_PORTS[scheme.toLowerCase()] ? '' : `:${port}`;
    return { host: host.toLowerCase() + shownPort, path: trim(rest), home: false };
  }
  const scp = scpForm(repo);
  return scp
    ? { host: scp.host.toLowerCase(), path: trim(scp.path), home: !scp.path.startsWith('/') }
    : { host: '', path: trim(repo), home: false };
}

/** `[user@]host:path`; git takes a text as that when no `/` stands before the first `:`. */
function scpForm(repo: string): { readonly host: string; readonly path: string } | null {
  const match = /^(?:[^/@:]*@)?(\[[^\]]*\]|[^/:]+):(?!\/\/)(.*)$/s.exec(repo);
  return match ? { host: match[1] ?? '', path: match[2] ?? '' } : null;
}

/** Without the slashes around it and the `.git` or `/.git` at its end. */
function trim(path: string, before = ''): string {
  const bare = path
    .replace(/\/+$/, '')
    .replace(/\/\.git$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
  return before + bare.replace(/^\/+/, '').replace(/\/{2,}/g, '/');
}

/** git decodes %XX in URLs; what is no valid escape stays as it is. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
