import { proofOf, readAck } from '../contract/log/ack.ts';
import { canonicalJson } from '../contract/log/canonical.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import { LIMITS, SCHEMA_VERSION } from '../contract/limits.ts';
import type { LogScope } from '../contract/names.ts';
import type { Ack, Figures, Position } from '../contract/shapes.ts';
import { storable } from '../contract/text.ts';

/** What could not be taken yet, and since when, in milliseconds; without a position where the log cannot be read. */
export interface Waiting {
  position?: Position;
  reason: string;
  since: number;
}

/** What there is to report. */
export interface AckReport {
  environment: string;
  component: string;
  instance: string;
  trusted: readonly PublicKey[];
  verifiedBy: NonNullable<Ack['verifiedBy']>;
  /** Within how many seconds the next report comes. */
  renewSeconds: number;
  /** The entry in force, if any. */
  enforced?: Position;
  /** Since when it is so without a break, in milliseconds. */
  since?: number;
  /** That entry itself, to be shown. */
  shown?: VerifiedEntry;
  /** Whether it is past its expiry. */
  stale: boolean;
  /** Whether something was in force since the start, or nothing is to be. */
  begun: boolean;
  refused?: Position;
  reason?: string;
  waiting?: Waiting;
  /** Whether this is the last report. */
  stopped: boolean;
  figures?: Figures;
}

/** The ack that says so. @param at milliseconds */
export function ackOf(report: AckReport, at: number): Ack {
  const { environment, component, instance, trusted, verifiedBy, renewSeconds } = report;
  const { enforced, since, refused, reason, waiting, figures } = report;
  const ack: Ack = {
    schemaVersion: SCHEMA_VERSION,
    environment,
    component,
    instance,
    state: stateOf(report),
    ...(enforced && { enforced, verifiedBy }),
    ...(enforced && since !== undefined && { enforcedSince: new Date(since).toISOString() }),
    ...(refused && { refused }),
    ...(reason && { reason: storable(reason) }),
    ...(waiting && { waiting: waitingOf(waiting) }),
    ...(figures && { figures }),
    at: new Date(at).toISOString(),
    renewSeconds,
    trustedKeys: trusted.map(({ digest }) => digest).sort(),
  };
  return withProof(ack, report);
}

/** Long reasons and many holds may leave no room for the proof: then what it says is only said. */
function withProof(ack: Ack, { shown }: AckReport): Ack {
  const whole = shown && { ...ack, proof: proofOf(shown) };
  return whole && Buffer.byteLength(JSON.stringify(whole)) <= LIMITS.valueCharacters ? whole : ack;
}

function stateOf({ stopped, enforced, begun, waiting, refused, reason, stale }: AckReport): Ack['state'] {
  if (stopped) return 'stopped';
  // At a start nothing is in force yet, which is no news; later it is the news.
  if (!enforced) return waiting && !begun ? 'waiting' : 'denying';
  if (waiting) return 'waiting';
  if (refused || reason) return 'refused';
  return stale ? 'stale' : 'enforcing';
}

function waitingOf({ position, reason, since }: Waiting): NonNullable<Ack['waiting']> {
  return {
    ...(position && { position }),
    reason: storable(reason),
    since: new Date(since).toISOString(),
  };
}

/**
 * An ack without what changes by itself: its instant, the figures, and in which words the same thing is waited for; without
 * what a start alone changes: since when something is in force; and without the proof of what it says. Only a change of this is worth a write before its renewal.
 */
export function substance(ack: Ack): string {
  const { at: _, figures: __, proof: ___, enforcedSince: ____, waiting, ...rest } = ack;
  return canonicalJson({ ...rest, waiting: waiting ? { ...waiting, reason: '' } : null });
}

/** The ack as it is in the store; undefined where what is there is none of the instance's. */
export function storedAck(log: LogScope, name: string, text: string | undefined): Ack | undefined {
  const read = text === undefined ? undefined : readAck(log, name, text);
  return read?.ok ? read.ack : undefined;
}
