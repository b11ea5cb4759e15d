import type { Ack, Figures, Position } from '../../tools/contract/shapes.ts';
import type { FollowerEvent } from '../../tools/follow/events.ts';

/** One line of the log: `event` says what kind. `terraform/modules/observability` makes its metrics of these. */
export interface LogLine {
  at: string;
  event: string;
  component: string;
  [more: string]: unknown;
}

/** Of what follows, what a line says of its origin. */
interface Origin {
  component: string;
  /** Milliseconds. */
  now: number;
}

/** What happened, as a line. */
export function lineOf(happened: FollowerEvent, { component, now }: Origin): LogLine {
  const { type: event, ...about } = happened;
  const said = 'notAfter' in about ? { notAfter: instant(about.notAfter) } : inSeconds(about);
  return { at: instant(now), event, component, ...said };
}

/** What metrics are made of is in seconds. */
function inSeconds<T extends object>(about: T): object {
  const { afterMs, ...rest } = about as T & { afterMs?: number };
  return afterMs === undefined ? rest : { ...rest, afterSeconds: afterMs / 1000 };
}

/** How a component is. */
export interface ComponentStatus {
  /** What its `/healthz` says. */
  healthy: boolean;
  /** Whether the entry in force is past its expiry. */
  stale: boolean;
  /** The life of what is in force; absent where nothing is. */
  life?: { issuedAt: string; expiresAt: string } | undefined;
  /** What came into force last. */
  floor: Position | undefined;
  ack: Ack;
  figures: Figures | undefined;
}

const DAY_MS = 86_400_000;

/** How the component is, as the line of each minute. */
export function statusLine(status: ComponentStatus, { component, now }: Origin): LogLine {
  const { healthy, stale, life, figures } = status;
  const until = figures?.certificateNotAfter;
  return {
    at: instant(now),
    event: 'status',
    component,
    healthy,
    stale,
    behind: behind(status),
    ...(life && { lifePercent: lifePercent(life, now) }),
    // A component that does not say when its certificate ends has none that an alarm could tell of.
    ...(until && { certificateDays: Math.floor((Date.parse(until) - now) / DAY_MS) }),
  };
}

/** How much of an entry's life is left, in whole percent. */
function lifePercent({ issuedAt, expiresAt }: { issuedAt: string; expiresAt: string }, now: number): number {
  const [from, to] = [Date.parse(issuedAt), Date.parse(expiresAt)];
  return Math.max(0, Math.min(100, Math.floor((100 * (to - now)) / (to - from))));
}

/** How many entries the newest one known of is ahead of what came into force last. */
function behind({ ack, floor }: ComponentStatus): number {
  const own = floor?.epoch;
  const seen = [ack.refused, ack.waiting?.position].filter((one) => one !== undefined);
  const inForce = floor?.sequence ?? 0;
  const newest = seen.filter(({ epoch }) => own === undefined || epoch === own);
  return Math.max(0, ...newest.map(({ sequence }) => sequence - inForce));
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
