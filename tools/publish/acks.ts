import type { LogIdentity, VerifiedEntry } from '../contract/entry.ts';
import { ackFolder, ackName } from '../contract/names.ts';
import { type Ack, validateAck } from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import type { ParameterStore } from '../store/store.ts';

/** The acks of a log, each under the name of whom it speaks for: a component can write no other. */
export async function acksOf(store: ParameterStore, identity: LogIdentity): Promise<Ack[]> {
  const acks: Ack[] = [];
  for await (const { name, value } of store.list(ackFolder(identity))) {
    const ack = jsonIn(value);
    if (validateAck(ack) && name === ackName(identity, ack.component, ack.instance)) acks.push(ack);
  }
  return acks;
}

/** The ack of an instance that enforces what a log does not have: the newest such; undefined where there is none. */
export function aheadOf(
  acks: readonly Ack[],
  { epoch }: LogIdentity,
  newest: VerifiedEntry | undefined,
): Ack | undefined {
  const has = newest?.entry.sequence ?? 0;
  const ahead = acks.filter(({ enforced }) => {
    if (enforced?.epoch !== epoch || enforced.sequence < has) return false;
    return enforced.sequence > has || enforced.entry !== newest?.digest;
  });
  return ahead.sort((a, b) => b.enforced!.sequence - a.enforced!.sequence)[0];
}

/** Why nothing is appended to a log that lacks what an instance enforces. */
export function lostProblem(
  { component, instance, enforced }: Ack,
  newest: VerifiedEntry | undefined,
): { problem: string; remedy: string } {
  const has = newest ? `has entry ${newest.entry.sequence} (${newest.digest.slice(0, 12)})` : 'has no entry';
  const { epoch, sequence, entry } = enforced!;
  return {
    problem: `the store is lost or an old copy: ${component}/${instance} enforces entry ${sequence} (${entry.slice(0, 12)}), and the log ${has} as its newest; below ${sequence} it would take nothing`,
    remedy: `raise the epoch to ${epoch + 1} in environment.yaml by a pull request, and publish that; if that ack is wrong, use: --force --reason "..."`,
  };
}
