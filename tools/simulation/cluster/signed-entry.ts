import type { Entry } from '../../contract/shapes.ts';
import type { TargetContent } from './company.ts';

/** What the signer of an entry means by it. */
export type Intent = 'publish' | 'publish by force' | 'deliver' | 'heartbeat' | 'rollback' | 'release';

/** An entry that a publisher signed and appended. */
export interface SignedEntry {
  entry: Entry;
  digest: string;
  state: TargetContent;
  intent: Intent;
  /** The key that signed it. */
  key: string;
  /** Whether no other publisher was at work while its own was. */
  alone: boolean;
}

/** An entry whose content an earlier one had: its commit says nothing of it. */
export function repeats({ intent, entry }: SignedEntry, before: SignedEntry | undefined): boolean {
  if (intent === 'heartbeat' || intent === 'rollback' || intent === 'release') return true;
  return intent === 'deliver' && isHalt(entry, before);
}

function isHalt({ holds }: Entry, before: SignedEntry | undefined): boolean {
  return holds.length > (before?.entry.holds.length ?? 0) && holds.at(-1)?.undone === before?.entry.sequence;
}
