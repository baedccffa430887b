import { oneLine } from '../base/text.ts';

/** A commit that a remote has said it has, by the name people know it by: `origin/main`. */
export interface MergeBase {
  readonly id: string;
  readonly label: string;
}

/** How it was shown that every byte of a branch's change is in a base. */
export type MergeProof =
  /** The remote's branch of the same name leads to the commit. */
  | { readonly kind: 'pushed'; readonly base: string }
  /** The base leads to the branch's commit. */
  | { readonly kind: 'ancestor'; readonly base: string }
  /** Each commit has a twin there that makes the same change (a rebase merge, cherry-picks). */
  | { readonly kind: 'commits'; readonly base: string; readonly twins: readonly string[] }
  /** One commit there makes the whole change (a squash merge). */
  | { readonly kind: 'squash'; readonly base: string; readonly twin: string }
  /** A commit there leaves every file that the branch changed as the branch has it. */
  | { readonly kind: 'files'; readonly base: string; readonly commit: string }
  /** Merging the branch, line by line and without any setting of a repository, gives the base itself. */
  | { readonly kind: 'contained'; readonly base: string };

/** A ref of a clone and the proof that its work is elsewhere. */
export interface ProvenRef {
  /** The submodule or nested repository it is in, relative to the tree; '' for the tree itself. */
  readonly where: string;
  /** Branch or ref; null for a detached HEAD. */
  readonly name: string | null;
  readonly proof: MergeProof;
}

/** `"feature/x": same patch as 1a2b3c4d5e6f in origin/main`. */
export function describeProof({ where, name, proof }: ProvenRef): string {
  return `${name === null ? 'HEAD' : `"${oneLine(name)}"`}${where === '' ? '' : ` in "${oneLine(where)}"`}: ${inWords(proof)}`;
}

function inWords(proof: MergeProof): string {
  const base = oneLine(proof.base);
  switch (proof.kind) {
    case 'pushed':
      return `pushed to ${base}`;
    case 'ancestor':
      return `ancestor of ${base}`;
    case 'commits':
      return proof.twins.length === 1
        ? `same patch as ${short(proof.twins[0])} in ${base}`
        : `${proof.twins.length} commits, each the same patch as one in ${base}, the last ${short(proof.twins.at(-1))}`;
    case 'squash':
      return `same patch as ${short(proof.twin)} in ${base}`;
    case 'files':
      return `its files are identical in ${short(proof.commit)} of ${base}`;
    case 'contained':
      return `merging it changes nothing in ${base}`;
  }
}

function short(id = ''): string {
  return id.slice(0, 12);
}
