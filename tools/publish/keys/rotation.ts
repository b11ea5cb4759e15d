import { digestOf } from '../../contract/log/canonical.ts';
import type { PublicKey, Signer } from '../../contract/log/dsse.ts';
import type { VerifiedEntry } from '../../contract/log/entry.ts';
import { Fault } from '../../contract/fault.ts';
import { silenceNote } from '../../contract/log/liveness.ts';
import type { StoredAck } from '../../store/acks.ts';

/**
 * The live instances that do not trust a signer's key, or of which it cannot be read whether they do: an entry that it
 * signs would be nothing to them. There are none where the newest entry was signed with that very key.
 */
export function distrusting(
  acks: readonly StoredAck[],
  newest: VerifiedEntry | undefined,
  signer: Signer,
): string[] {
  const digest = digestOf(Buffer.from(signer.publicKey, 'base64'));
  if (!newest || newest.key.digest === digest) return [];
  return acks
    .filter(({ presence, ack }) => presence === 'live' && !ack?.trustedKeys.includes(digest))
    .map(({ instance }) => instance);
}

/** What is to be said of instances that are gone: a key or an entry does not wait for them, and they may still enforce. */
export function silenceNotes(acks: readonly StoredAck[]): string[] {
  return acks.flatMap(({ presence, instance, ack, heard }) =>
    presence === 'gone' && ack?.enforced ? [silenceNote(instance, ack.enforced.sequence, heard)] : [],
  );
}

/**
 * Whether what a signer signs counts at all.
 * @throws Fault where it does not: its entry would be in the log and be nothing to anybody
 */
export function verifySigner({ signer, trusted }: { signer: Signer; trusted: readonly PublicKey[] }): void {
  const digest = digestOf(Buffer.from(signer.publicKey, 'base64'));
  if (trusted.some((key) => key.digest === digest)) return;
  throw new Fault(
    `no follower would trust the signing key ${signer.id}: environment.yaml does not name it`,
    'add its public half to bundle.trustedKeys and publish that with a key that is trusted',
  );
}

/** Why a signer's key cannot be changed to yet; undefined where everybody trusts it. */
export function rotationProblem(without: readonly string[]): { problem: string; remedy: string } | undefined {
  if (without.length === 0) return undefined;
  const more = without.length > 1 ? ` and ${without.length - 1} more` : '';
  return {
    problem: `${without[0]}${more} does not trust the signing key yet`,
    remedy:
      'publish with the old key until all do; what is gone for good: npx ztna forget; or use: --force --reason "..."',
  };
}
