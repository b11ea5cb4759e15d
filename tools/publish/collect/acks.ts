import { aheadIn, type KnownLog } from '../../contract/log/ack.ts';
import type { VerifiedEntry } from '../../contract/log/entry.ts';
import { claimNote } from '../../contract/log/liveness.ts';
import type { Ack } from '../../contract/shapes.ts';
import type { StoredAck } from '../../store/acks.ts';

/** The ack of an instance, be it gone or not, that shows an entry in force which a log does not have: the newest such. */
export function aheadOf(acks: readonly StoredAck[], log: KnownLog): Ack | undefined {
  const ahead = acks.flatMap(({ ack }) => (ack && aheadIn(ack, log) === 'proven' ? ack : []));
  return ahead.sort((a, b) => b.enforced!.sequence - a.enforced!.sequence)[0];
}

/** What is to be said of acks that name an entry which a log does not have, and do not show it: nothing waits for them. */
export function claimNotes(acks: readonly StoredAck[], log: KnownLog): string[] {
  return acks.flatMap(({ ack }) => (ack && aheadIn(ack, log) === 'claimed' ? claimNote(ack) : []));
}

/** Why nothing is appended to a log that lacks what an instance enforces. */
export function lostProblem(
  { component, instance, enforced }: Ack,
  newest: VerifiedEntry | undefined,
): { problem: string; remedy: string } {
  const has = newest ? `has entry ${newest.entry.sequence} (${newest.digest.slice(0, 12)})` : 'has no entry';
  const { epoch, sequence, entry } = enforced!;
  return {
    problem: `the store is lost or an old copy: ${component}/${instance} enforces entry ${sequence} (${entry.slice(0, 12)}), and shows its signature, and the log ${has} as its newest; below ${sequence} it would take nothing`,
    remedy: `raise the epoch to ${epoch + 1} in environment.yaml by a pull request, and publish that; if the log is to go on as it is, use: --force --reason "..."`,
  };
}
