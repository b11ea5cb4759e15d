import { digestOf } from '../contract/canonical.ts';
import type { PublicKey, Signer } from '../contract/dsse.ts';
import type { LogIdentity, VerifiedEntry } from '../contract/entry.ts';
import { ackFolder } from '../contract/names.ts';
import { Fault } from '../contract/fault.ts';
import { validateAck } from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import type { ParameterStore } from '../store/store.ts';

/**
 * The instances that have reported and do not trust a signer's key: an entry that it signs would be nothing to
 * them. Only asked where the newest entry was signed with another key.
 */
export async function distrusting(
  store: ParameterStore,
  identity: LogIdentity,
  newest: VerifiedEntry | undefined,
  signer: Signer,
): Promise<string[]> {
  const digest = digestOf(Buffer.from(signer.publicKey, 'base64'));
  if (!newest || newest.key.digest === digest) return [];
  const without: string[] = [];
  for await (const { value } of store.list(ackFolder(identity))) {
    const ack = jsonIn(value);
    if (validateAck(ack) && !ack.trustedKeys.includes(digest))
      without.push(`${ack.component} ${ack.instance}`);
  }
  return without.sort();
}

/**
 * Whether what a signer signs counts at all.
 * @throws Fault where it does not: its entry would stand in the log and be nothing to anybody
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
    remedy: 'publish with the old key until all do, or use: --force --reason "..."',
  };
}
