import { ackFolder, ackName, type LogScope } from '../names.ts';
import { type Ack, validateAck } from '../shapes.ts';
import { jsonIn } from '../text.ts';

/** What is under a name of the acks; or why it counts as nobody's word. */
export type AckReading = { ok: true; ack: Ack } | { ok: false; problem: string };

/** Reads an ack. It counts only under the name of the one it speaks for: a component can write no other. */
export function readAck(log: LogScope, name: string, text: string): AckReading {
  const ack = jsonIn(text);
  if (!validateAck(ack)) return { ok: false, problem: `${name} is not an ack` };
  const { component, instance, environment } = ack;
  return name === ackName(log, component, instance) && environment === log.environment
    ? { ok: true, ack }
    : { ok: false, problem: `${name} speaks for ${component} ${instance} in ${environment}` };
}

/** The newest entry of a log, as far as it tells entries apart. */
interface Newest {
  entry: { sequence: number };
  digest: string;
}

/**
 * Whether an instance enforces what a log does not have: the store is lost, or an old copy.
 * @param newest the newest valid entry of the log; undefined where it has none
 */
export function isAhead(
  { enforced }: Pick<Ack, 'enforced'>,
  epoch: number,
  newest: Newest | undefined,
): boolean {
  const has = newest?.entry.sequence ?? 0;
  if (enforced?.epoch !== epoch || enforced.sequence < has) return false;
  return enforced.sequence > has || enforced.entry !== newest?.digest;
}

/** The component and instance in the name of an ack: `connector/apps/i-1`. */
export function instanceIn(log: LogScope, name: string): string {
  return name.slice(ackFolder(log).length + 1);
}
