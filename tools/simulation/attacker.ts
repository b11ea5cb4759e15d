import { canonicalBytes } from '../contract/canonical.ts';
import { seal, type Signer } from '../contract/dsse.ts';
import { entryName, headName } from '../contract/names.ts';
import type { Entry } from '../contract/shapes.ts';
import { IDENTITY, newSigner } from '../publish/testing/publisher.ts';
import type { Cluster } from './cluster.ts';

/** What an attacker does that may write to the store and has no key. */
export type Attack = 'stranger' | 'replay' | 'other environment' | 'garbage' | 'far garbage' | 'head';

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  'stranger',
  'replay',
  'other environment',
  'garbage',
  'far garbage',
  'head',
];

const STRANGER = newSigner('stranger');

/** Carries out an attack at once. @param number decides what is not said */
export async function attack(cluster: Cluster, what: Attack, number: number): Promise<void> {
  const { past, oracle, signer } = cluster;
  const next = 1 + [...past.values.keys()].filter((name) => name.includes('/log/')).reduce(highest, 0);
  if (what === 'head') return past.set(headName(IDENTITY), heads(next)[number % heads(next).length]);
  const place = what === 'far garbage' ? next + 3 : next;
  const text = await forged(what, oracle.newest?.entry, place, signer);
  if (text === undefined) return;
  past.create(entryName(IDENTITY, place), text);
  if (number % 2 === 0) past.set(headName(IDENTITY), String(place));
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
  if (what === 'other environment')
    return seal(canonicalBytes({ ...newest, sequence, environment: 'prod' }), signer);
  // The key id is the trusted one's; the key is not.
  return seal(canonicalBytes({ ...newest, sequence }), { ...STRANGER, id: signer.id });
}
