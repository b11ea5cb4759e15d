import { silenceNote } from '../contract/liveness.ts';
import type { StoredAck } from '../store/acks.ts';
import { terminalLines } from './media/text.ts';

/** What forgetting an instance means, or has meant. @param reason why */
export function forgottenText(
  { instance, presence, ack, problem }: StoredAck,
  environment: string,
  reason: string,
  executed: boolean,
): string {
  const lines = [
    `${environment}: ${instance} ${ack ? `is ${presence}, last heard of at ${ack.at}` : problem}`,
  ];
  if (presence === 'live') lines.push('note: if it still runs it reports again, and counts again');
  if (ack?.enforced) lines.push(`note: ${silenceNote(instance, ack.enforced.sequence, ack.at)}`);
  lines.push(
    executed
      ? `it is forgotten: ${reason}`
      : 'nothing was changed; to say that it is gone for good, add: --execute',
  );
  return terminalLines(lines);
}
