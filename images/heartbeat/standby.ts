import { type PublicKey, type Signer, trust } from '../../tools/contract/log/dsse.ts';
import type { LogIdentity } from '../../tools/contract/log/entry.ts';
import { Fault } from '../../tools/contract/fault.ts';
import { heartbeat } from '../../tools/publish/append.ts';
import { readLog } from '../../tools/store/log.ts';
import type { ParameterStore } from '../../tools/store/store.ts';

/** Whose log is kept alive, and by whom. */
export interface StandbyOptions {
  store: ParameterStore;
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  /** Made only when something is to be signed. */
  signer(): Promise<Signer>;
  lifetimeHours: number;
  /** Milliseconds. */
  now(): number;
}

/** What there was to do. */
export type StandbyOutcome =
  | { event: 'empty' }
  | { event: 'fresh'; sequence: number; lifePercent: number }
  | { event: 'renewed'; sequence: number };

/**
 * An entry that has more of its life left is another scheduler's: with one heartbeat a day and a life of five, it never
 * falls below four fifths while that one works.
 */
const ENOUGH = 0.75;

/**
 * Renews the newest entry where nobody else has for too long.
 * @throws Fault where it cannot be renewed, which must not be quiet
 */
export async function standBy(options: StandbyOptions): Promise<StandbyOutcome> {
  const { store, identity, trusted, now } = options;
  const { newest } = await readLog(store, identity, trusted);
  if (!newest) return { event: 'empty' };
  const { sequence, issuedAt, expiresAt } = newest.entry;
  const left = (Date.parse(expiresAt) - now()) / (Date.parse(expiresAt) - Date.parse(issuedAt));
  if (left > ENOUGH) return { event: 'fresh', sequence, lifePercent: Math.floor(100 * left) };
  const signer = await options.signer();
  // A key that was withdrawn may still be known here: what it signed must not get a signature that all components trust.
  const [own] = trust([signer]);
  if (trusted.some(({ digest }) => digest === own!.digest) && newest.key.digest !== own!.digest)
    throw new Fault(
      `entry ${sequence} is signed by ${newest.key.id}, and not by this scheduler's key`,
      'look at who published it; if it is right, publish it with the key of this environment: npx ztna heartbeat',
    );
  const { plan } = await heartbeat({
    ...options,
    signer,
    reason: 'heartbeat of the second scheduler: the first has not come',
    execute: true,
  });
  if (plan.action !== 'publish' || !plan.entry)
    throw new Fault(plan.problem ?? 'nothing was appended', plan.remedy ?? 'see: npx ztna history');
  return { event: 'renewed', sequence: plan.entry.sequence };
}
