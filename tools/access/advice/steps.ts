import type { Sources } from '../values/address.ts';
import type { IntervalSet } from '../values/intervals.ts';
import type { Instant } from '../values/time-zone.ts';

/** One thing that the person who asks does otherwise; of several values every one helps. */
export type FactStep =
  | { step: 'port'; ports: IntervalSet }
  | { step: 'wait'; until: Instant }
  | { step: 'source'; sources: Sources }
  | { step: 'device'; attribute: string; values: readonly string[] };

/** One thing that a person changes in the files. */
export type EditStep =
  /** A connector of the environment leads to the service. */
  | { step: 'register' }
  /** The principal becomes a member of a group, or is named by a policy. */
  | { step: 'join'; group: string }
  | { step: 'name'; policy: string }
  /** A policy that has expired does not end any more. */
  | { step: 'renew'; policy: string }
  /** A policy that allows the principal the service, without conditions. */
  | { step: 'allow' }
  /** A deny leaves the principal out. */
  | { step: 'spare'; policy: string };

/** Steps that together turn a denial into an answer that allows. */
export interface Advice {
  edits: readonly EditStep[];
  facts: readonly FactStep[];
  /** Whether all facts are such as are unknown so far: nothing has to change for them. */
  stated: boolean;
}
