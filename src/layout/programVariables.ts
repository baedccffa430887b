import { showRepo } from './repository.ts';

/**
 * Variables whose value decides what runs, what it reads, or where its output goes: shown in the trust question. Others may be
 * secrets. Programs ask for far more than one list could hold, so it is by kind of name; what sounds like a secret stays hidden.
 */
export function isShownVariable(name: string): boolean {
  return ALWAYS.test(name) || (!SECRET.test(name) && BY_KIND.test(name));
}

/** The value without a password or token in an address. */
export function shownValue(value: string): string {
  return value.split(/(\s+)/).map(showRepo).join('');
}

/** Read by the loader, shells, interpreters and git itself. */
const ALWAYS =
  /^(PATH|HOME|SHELL|ENV|BASH_ENV|ZDOTDIR|IFS|PS[0-4]|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|(LD|DYLD)_.*|GIT_.*|SSH_AUTH_SOCK|SSH_ASKPASS.*|BASH_FUNC_.*|FPATH|CDPATH|GLOBIGNORE)$/;

const SECRET =
  /key|token|secret|passw|passphrase|credential|auth|cookie|signature|(^|_)(pass|pwd|pat|pin|jwt|dsn)(_|$)/i;

const BY_KIND = new RegExp(
  [
    // What programs load, and with which options.
    'PATH$|OPT$|OPTS$|OPTIONS$|FLAGS$|ARGS$|LIB$|PRELOAD|PLUGIN|MODULE|INIT$|RC$|STARTUP|HOOK|WRAPPER',
    // Programs that other programs start.
    'EDITOR|VISUAL|PAGER|BROWSER|ASKPASS|COMMAND|(^|_)CMD|PROGRAM|EXEC|SHELL|INTERPRETER|COMPILER|LINKER|LESSOPEN|LESSCLOSE|BINARY|(^|_)BIN$',
    // Where something is read from or sent to.
    'PROXY|(^|_)UR[IL]S?$|HOST|ENDPOINT|SERVER|ADDR|GATEWAY|REGISTRY|INDEX|MIRROR|REMOTE|BACKEND|DOMAIN|ORIGIN$|BASE$|SOCK',
    // Folders, configuration, certificates.
    'HOME$|DIR$|ROOT$|PREFIX|CONFIG|SETTINGS|FILE$|CERT|(^|_)CA(_|$)|TRUST|TERMINFO|TMP',
    // Everything of a program that runs code by its variables.
    '^(NODE|NPM|PNPM|YARN|BUN|DENO|PYTHON|PIP|UV|POETRY|PERL|RUBY|GEM|BUNDLE|JAVA|_JAVA|MAVEN|GRADLE|GO|CARGO|RUST|RUSTC|PHP|LUA|DOTNET|DOCKER|KUBE|MAKE|CMAKE|OTEL|SSH|CURL|WGET|SSL|OPENSSL|TMUX|CLAUDE|ANTHROPIC|AWS|MISE|DIRENV|XDG|BASH|ZSH|LESS|VIM|EMACS)',
    '^(CC|CXX|CPP|LD|AR|AS|R_PROFILE.*)$',
  ].join('|'),
  'i',
);
