import { ackFolder, ackName, type LogScope } from './names.ts';
import { type Ack, validateAck } from './shapes.ts';
import { jsonIn } from './text.ts';

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

/** The component and instance in the name of an ack: `connector/apps/i-1`. */
export function instanceIn(log: LogScope, name: string): string {
  return name.slice(ackFolder(log).length + 1);
}
