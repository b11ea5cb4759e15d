import { LIMITS } from '../limits.ts';
import { ackSpreadSeconds } from './budget.ts';
import type { Ack, ComponentState, InstanceState } from '../shapes.ts';

/**
 * Renewals are spread over so many times what an ack that is new is: they use a third of what all acks may use.
 * Up to so many instances of each component fit into all of it.
 */
const RENEWAL_SPREADS = 3;

/** Never more often, in seconds: after a task was replaced, the old one is gone within a delivery's 15 minutes. */
const SHORTEST = 300;

/** Never less often, in seconds, however many there are; 1,200 components come to it. */
export const LONGEST_RENEWAL = 3600;

/** What an ack that does not say it is taken to promise: what 300 components need. */
const UNSAID = 900;

/** An instance is gone when it has missed so many renewals. */
export const MISSED_RENEWALS = 3;

/**
 * Within how many seconds an instance writes its ack again although nothing has changed: at default rates 300 up to 100
 * components, 900 at 300. It writes that promise into the ack, so that a reader need not know how many components it knew of.
 * @param instances how many the component has @param writes a second that Parameter Store allows
 */
export function renewalSeconds(
  components: number,
  instances = 1,
  writes: number = LIMITS.writesPerSecond,
): number {
  const one = ackSpreadSeconds({ components, instances: 1, writes });
  const all = ackSpreadSeconds({ components, instances, writes });
  return Math.min(LONGEST_RENEWAL, Math.max(SHORTEST, Math.ceil(RENEWAL_SPREADS * one), Math.ceil(all)));
}

/** Milliseconds of silence after which an instance of which nothing can be read is gone. */
export const LONGEST_SILENCE = MISSED_RENEWALS * LONGEST_RENEWAL * 1000;

/**
 * What an instance is to deliveries, key changes, collection and reports: `live` is waited for and keeps what it names;
 * `stopped` has said that it ends; `gone` has missed three renewals. One that is only cut off may still enforce what
 * it had.
 */
export type Presence = 'live' | 'stopped' | 'gone';

/** What of an ack says how its instance is. Its `at` is not of it: the clock of an instance may be wrong. */
type Sign = Pick<Ack, 'state' | 'renewSeconds'>;

/**
 * The one rule of who is live.
 * @param heard when the store was written to, by the store's own clock, in milliseconds @param now milliseconds
 */
export function presenceOf(ack: Sign, heard: number, now: number): Presence {
  if (ack.state === 'stopped') return 'stopped';
  return isSilent(ack, heard, now) ? 'gone' : 'live';
}

/** Whether an instance has missed three renewals. @param heard as of `presenceOf` */
export function isSilent(
  { renewSeconds = UNSAID }: Pick<Sign, 'renewSeconds'>,
  heard: number,
  now: number,
): boolean {
  return now - heard > MISSED_RENEWALS * renewSeconds * 1000;
}

/** Whether a reported instance is live: it says what it enforces, and is waited for. */
export function isLive({ state }: Pick<InstanceState, 'state'>): boolean {
  return state !== 'stopped' && state !== 'gone';
}

/** What is said of an ack that names an entry which the log does not have, and does not show that entry. */
export function claimNote({ component, instance, enforced }: Ack): string {
  return `${component}/${instance} says that it enforces entry ${enforced!.sequence}, which the log does not have, and does not prove it: nothing waits for that; find out who wrote it`;
}

/** What is said of those instances of a component that are gone and enforced something. */
export function absenceNotes({
  component,
  instances,
}: Pick<ComponentState, 'component' | 'instances'>): string[] {
  return instances.flatMap(({ instance, state, sequence, at }) =>
    state === 'gone' && sequence !== undefined
      ? [silenceNote(`${component}/${instance}`, sequence, Date.parse(at))]
      : [],
  );
}

/**
 * What is said of an instance that is gone and enforced something: silence is no proof that nothing is enforced, as an
 * agent that is cut off renews what it has. @param instance `connector/apps/i-1` @param heard in milliseconds
 */
export function silenceNote(instance: string, sequence: number, heard: number): string {
  return `${instance} has been silent since ${new Date(heard).toISOString()}; if it still runs it may enforce entry ${sequence}, for as long as onStale says`;
}
