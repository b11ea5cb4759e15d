import { isAhead } from '../../contract/log/ack.ts';
import type { LogIdentity, VerifiedEntry } from '../../contract/log/entry.ts';
import type { Ack } from '../../contract/shapes.ts';
import type { StoredAck } from '../../store/acks.ts';

/** The ack of an instance, be it gone or not, that enforces what a log does not have: the newest such. */
export function aheadOf(
  acks: readonly StoredAck[],
  { epoch }: LogIdentity,
  newest: VerifiedEntry | undefined,
): Ack | undefined {
  const ahead = acks.flatMap(({ ack }) => (ack && isAhead(ack, epoch, newest) ? ack : []));
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
