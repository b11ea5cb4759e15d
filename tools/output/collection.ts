import { textLines, type TerminalText } from '../contract/terminal-text.ts';
import { silenceNote } from '../contract/log/liveness.ts';
import type { Collection } from '../publish/collect/collect.ts';
import type { StoredAck } from '../store/acks.ts';
import { plural } from './words.ts';

/** What collecting removes, or has removed. */
export function collectionText(
  { environment, kept, remove, notes }: Collection,
  executed: boolean,
): TerminalText {
  const lines = notes.map((note) => `note: ${note}`);
  lines.push(`${environment}: ${plural(kept.length, 'entry', 'entries')} in use, the oldest ${kept.at(-1)}`);
  const done = executed ? 'removed' : 'would be removed';
  lines.push(remove.length === 0 ? '  nothing to remove' : `  ${plural(remove.length, 'name')} ${done}`);
  lines.push(...(executed ? [] : remove.map((name) => `  - ${name}`)));
  if (!executed && remove.length > 0) lines.push('nothing was removed; to remove them, add: --execute');
  return textLines(lines);
}

/** What forgetting an instance means, or has meant. @param reason why */
export function forgottenText(
  { instance, presence, heard, ack, problem }: StoredAck,
  environment: string,
  reason: string,
  executed: boolean,
): TerminalText {
  const lines = [
    `${environment}: ${instance} ${ack ? `is ${presence}, last heard of at ${new Date(heard).toISOString()}` : problem}`,
  ];
  const enforces = ack?.enforced ? `may enforce entry ${ack.enforced.sequence}, ` : '';
  if (presence === 'live') lines.push(`note: if it still runs it ${enforces}reports again, and counts again`);
  else if (ack?.enforced) lines.push(`note: ${silenceNote(instance, ack.enforced.sequence, heard)}`);
  lines.push(
    executed
      ? `it is forgotten: ${reason}`
      : 'nothing was changed; to say that it is gone for good, add: --execute',
  );
  return textLines(lines);
}
