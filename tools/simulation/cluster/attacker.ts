import { proofOf } from '../../contract/log/ack.ts';
import { canonicalBytes, digestOf } from '../../contract/log/canonical.ts';
import { compress, decompress } from '../../contract/log/compression.ts';
import { seal, type Signer } from '../../contract/log/dsse.ts';
import { ackName, entryName, headName, logFolder } from '../../contract/names.ts';
import type { Ack, Entry } from '../../contract/shapes.ts';
import type { LogIdentity } from '../../contract/log/entry.ts';
import { newSigner } from '../../publish/testing/publisher.ts';
import type { Cluster } from './cluster.ts';

/** What an attacker does that may write to the store and has no key. */
export type Attack = 'stranger' | 'replay' | Elsewhere | 'garbage' | 'far garbage' | 'head' | 'ack';

/** Puts there what a trusted key signed for another log. */
type Elsewhere = 'other environment' | 'other account' | 'other region' | 'other epoch';

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  'stranger',
  'replay',
  'other environment',
  'other account',
  'other region',
  'other epoch',
  'garbage',
  'far garbage',
  'head',
  'ack',
];

const STRANGER = newSigner('stranger');

/** Carries out an attack at once. @param number decides what is not said */
export async function attack(cluster: Cluster, what: Attack, number: number): Promise<void> {
  const { past, oracle, signer, identity } = cluster;
  const log = `${logFolder(identity)}/`;
  const next = 1 + [...past.values.keys()].filter((name) => name.startsWith(log)).reduce(highest, 0);
  if (what === 'head') return past.set(headName(identity), heads(next)[number % heads(next).length]);
  if (what === 'ack') return claim(cluster, next + 5, number);
  const place = what === 'far garbage' ? next + 3 : next;
  const text = await forged(what, oracle.newestOf(identity.epoch)?.entry, place, signer);
  if (text === undefined) return;
  past.create(entryName(identity, place), text);
  if (number % 2 === 0) past.set(headName(identity), String(place));
}

/**
 * A component that says it enforces what was never appended, and shows another entry for it: in the name of an instance that
 * runs, or of one that nobody knows.
 */
function claim(
  { past, oracle, identity, followers, at, trusted }: Cluster,
  far: number,
  number: number,
): void {
  const newest = oracle.newestOf(identity.epoch)?.entry;
  const text = newest && past.values.get(entryName(identity, newest.sequence));
  if (!newest || text === undefined) return;
  const { id, instance, deployment } = followers[number % followers.length]!;
  const name = number % 2 === 0 ? instance : 'forged';
  const keys = number % 2 === 0 ? deployment.trusted : trusted;
  const ack: Ack = {
    schemaVersion: 1,
    environment: identity.environment,
    component: id,
    instance: name,
    state: 'enforcing',
    enforced: { epoch: identity.epoch, sequence: far, entry: digestOf(canonicalBytes(newest)) },
    proof: proofOf({ text }),
    at: new Date(at).toISOString(),
    renewSeconds: 300,
    trustedKeys: keys.map(({ digest }) => digest),
  };
  past.set(ackName(identity, id, name), JSON.stringify(ack));
}

function highest(most: number, name: string): number {
  return Math.max(most, Number(name.slice(name.lastIndexOf('/') + 1)));
}

function heads(next: number): (string | undefined)[] {
  return [
    undefined,
    'nonsense',
    '1',
    String(Math.max(1, next - 1)),
    String(next),
    String(next + 3),
    '999999',
  ];
}

async function forged(
  what: Attack,
  newest: Entry | undefined,
  sequence: number,
  signer: Signer,
): Promise<string | undefined> {
  if (!newest) return undefined;
  if (what === 'garbage' || what === 'far garbage') return 'garbage';
  if (what === 'replay') return seal(canonicalBytes(newest), signer);
  const other = elsewhere(what, newest);
  if (other) return seal(canonicalBytes({ ...newest, sequence, ...other }), signer);
  // The key id is the trusted one's; the key is not.
  return seal(canonicalBytes({ ...newest, sequence }), { ...STRANGER, id: signer.id });
}

function elsewhere(what: Attack, { epoch }: Entry): Partial<LogIdentity> | undefined {
  if (what === 'other environment') return { environment: 'live' };
  if (what === 'other account') return { account: '999988887777' };
  if (what === 'other region') return { region: 'us-east-1' };
  return what === 'other epoch' ? { epoch: epoch + 1 } : undefined;
}

/** Puts other bytes of the same length in the place of a chunk, or where one is to be. */
export async function spoil(
  cluster: Cluster,
  name: string,
  like = cluster.past.values.get(name),
): Promise<void> {
  const { past, spoiled } = cluster;
  if (like === undefined || spoiled.has(name)) return;
  spoiled.set(name, past.values.get(name));
  cluster.wereForged = true;
  past.set(name, await forgedLike(like));
}

/** A part of the same size in which another person gets through, where there is such; else noise. */
async function forgedLike(chunk: string): Promise<string> {
  const bytes = Buffer.from(chunk, 'base64');
  const text = (await decompress(bytes, 1e6))?.toString() ?? '';
  for (const letter of text.includes('alice@') ? 'abcdfghijklmnopqrstuvwxyz' : '') {
    const other = await compress(Buffer.from(text.replaceAll('alice@', `alic${letter}@`)));
    if (other.length === bytes.length) return other.toString('base64');
  }
  return Buffer.alloc(bytes.length, 7).toString('base64');
}
