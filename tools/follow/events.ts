/** What a follower tells its caller, as it happens. */
export type FollowerEvent =
  /**
   * An entry came into force; `changed` when it wants something else than the one before, `afterMs` after it was signed
   * where there was one before.
   */
  | { type: 'enforcing'; sequence: number; changed: boolean; afterMs?: number }
  /** An entry was not taken; what was in force stays so. */
  | { type: 'refused'; sequence: number; reason: string }
  /** An entry could not be taken yet, and is tried again; what was in force stays so. */
  | { type: 'waiting'; sequence: number; reason: string }
  /** The enforcement file was written anew. */
  | { type: 'renewed'; notAfter: number }
  /** Nothing is in force, and why. */
  | { type: 'denying'; reason: string }
  /** Something is wrong that does not change what is in force. */
  | { type: 'trouble'; reason: string }
  /** The store does not answer; it does again. */
  | { type: 'away'; reason: string }
  | { type: 'back' }
  /** A change was reported. */
  | { type: 'acked'; state: string };

/** One event in words. */
export function sentenceOf(event: FollowerEvent): string {
  switch (event.type) {
    case 'enforcing':
      return `entry ${event.sequence} is in force${event.changed ? '' : ', which changes nothing here'}`;
    case 'refused':
      return `entry ${event.sequence} is refused: ${event.reason}`;
    case 'waiting':
      return `entry ${event.sequence} is not in force yet, and is tried again: ${event.reason}`;
    case 'renewed':
      return `the lease is renewed until ${new Date(event.notAfter).toISOString()}`;
    case 'denying':
      return `nothing is in force: ${event.reason}`;
    case 'trouble':
      return event.reason;
    case 'away':
      return `the store is away, what is in force stays so: ${event.reason}`;
    case 'back':
      return 'the store is back';
    case 'acked':
      return `reported: ${event.state}`;
  }
}
