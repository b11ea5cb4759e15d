import { canonicalJson } from '../contract/canonical.ts';
import type { PublicKey } from '../contract/dsse.ts';
import { SCHEMA_VERSION } from '../contract/limits.ts';
import { type Ack, type Position, validateAck } from '../contract/shapes.ts';
import { storable } from '../contract/text.ts';

/** What there is to report. */
export interface AckReport {
  environment: string;
  component: string;
  instance: string;
  trusted: readonly PublicKey[];
  verifiedBy: NonNullable<Ack['verifiedBy']>;
  /** The entry in force, if any. */
  enforced?: Position;
  /** Whether it is past its expiry. */
  stale: boolean;
  refused?: Position;
  reason?: string;
}

/** The ack that says so. @param at milliseconds */
export function ackOf(report: AckReport, at: number): Ack {
  const { environment, component, instance, trusted, verifiedBy, enforced, refused, reason } = report;
  const state = !enforced ? 'denying' : refused || reason ? 'refused' : report.stale ? 'stale' : 'enforcing';
  return {
    schemaVersion: SCHEMA_VERSION,
    environment,
    component,
    instance,
    state,
    ...(enforced && { enforced, verifiedBy }),
    ...(refused && { refused }),
    ...(reason && { reason: storable(reason) }),
    at: new Date(at).toISOString(),
    trustedKeys: trusted.map(({ digest }) => digest).sort(),
  };
}

/** An ack without its instant: only a change of this is worth a write. */
export function substance(ack: Ack): string {
  const { at: _, ...rest } = ack;
  return canonicalJson(rest);
}

/** The substance of an ack as it is in the store; undefined for anything else. */
export function substanceIn(text: string | undefined): string | undefined {
  try {
    const ack: unknown = JSON.parse(text ?? '');
    return validateAck(ack) ? substance(ack) : undefined;
  } catch {
    return undefined;
  }
}
