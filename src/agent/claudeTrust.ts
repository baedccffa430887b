import { isObject } from '../base/json.ts';

/** A folder as Claude Code's trust knows it; real paths, NFC. */
export interface TrustPlace {
  /** Where Claude starts. */
  readonly cwd: string;
  /** Root of the git repository around it; null outside any. */
  readonly root: string | null;
  /** The entry of `projects` that an answer to its dialog is kept in: the root, of a linked worktree the main repository's root. */
  readonly key: string;
}

interface Case {
  /** Of `.claude.json`. */
  readonly projects: Readonly<Record<string, unknown>>;
  /** True where the folder's settings permit something without asking: only the key itself counts then. */
  readonly isGated: boolean;
}

/**
 * True when Claude Code starts there without its trust dialog: the key was accepted, or a folder from where it starts up to the git root.
 * That is the rule of 2.1.332, and every place it calls trusted is so for older versions too, which also look above the root.
 */
export function isTrustedByClaude({ cwd, root, key }: TrustPlace, { projects, isGated }: Case): boolean {
  return (
    isAccepted(projects, key) || (!isGated && foldersUpTo(cwd, root).some((folder) => isAccepted(projects, folder)))
  );
}

/** True when the dialog was answered with yes for exactly this folder. */
export function isAccepted(projects: Case['projects'], folder: string): boolean {
  const project = Object.hasOwn(projects, folder) ? projects[folder] : null;
  return isObject(project) && project.hasTrustDialogAccepted === true;
}

function foldersUpTo(cwd: string, root: string | null): readonly string[] {
  const folders = [cwd];
  for (let folder = cwd; folder !== root && folder !== '/' && folder !== '';) {
    folder = folder.slice(0, folder.lastIndexOf('/')) || '/';
    folders.push(folder);
  }
  return folders;
}
