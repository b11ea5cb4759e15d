import type { EnvironmentDifference } from '../contract/shapes.ts';
import type { ChangePlan } from './change.ts';
import type { DigestChange } from './digests.ts';
import type { Expiry } from './expire.ts';
import type { GrantPlan } from './grant.ts';
import type { Recertification } from './recertify.ts';
import type { Revert } from './revert.ts';

/** A file as a proposal wants it: a text, an object that git has already, or null for a file that is to go. */
export type ProposedFile = { text: string } | { object: string; mode: string } | null;

/** What a proposal is for, of which its title and its body are worded. */
export type Purpose =
  | { kind: 'grant'; grant: GrantPlan }
  | { kind: 'expiry'; expiry: Expiry }
  | { kind: 'recertification'; recertification: Recertification }
  | { kind: 'digests'; changes: readonly DigestChange[] }
  | { kind: 'revert'; revert: Revert; reason: string | undefined }
  | { kind: 'change'; plan: ChangePlan; difference: readonly EnvironmentDifference[] };

/** A pull request that is to be open: found by its branch, so that asking again changes it in place. */
export interface Proposal {
  /** The branch that is ours alone, such as `ztna/expire`. */
  branch: string;
  /** The commit that it changes; the newest of the branch that is delivered where none is named. */
  on?: string;
  files: ReadonlyMap<string, ProposedFile>;
  purpose: Purpose;
  /** Whether one that a person closed stays closed for as long as it would say the same: nobody asked for it anew. */
  unasked?: boolean;
  /** Who asked for it: named as a co-author, so that their own approval does not count. */
  by?: Proposer;
}

/** A person as git names one. */
export interface Proposer {
  name: string;
  email: string;
}
