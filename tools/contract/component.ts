import { Fault } from './fault.ts';

const ID = '[a-z][a-z0-9-]{0,62}';
const COMPONENT = new RegExp(`^(intermediate|connector)/${ID}$`);
/** As schemas/ack.schema.json has it. */
const INSTANCE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** A component's name as it was given. @throws Fault where it is none */
export function verifyComponent(name: string): string {
  if (COMPONENT.test(name)) return name;
  throw new Fault(`${name} is not a component`, 'write intermediate/<id> or connector/<id>');
}

/** The name of an instance as it was given. @throws Fault where it is none */
export function verifyInstance(name: string): string {
  if (INSTANCE.test(name)) return name;
  throw new Fault(
    `${name} is not a name for an instance`,
    'use letters, digits, dots, hyphens and underscores',
  );
}

/** The name of a machine, in the characters that an instance's name may have. */
export function instanceOf(host: string): string {
  return (
    host
      .replace(/[^A-Za-z0-9_.-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 63) || 'instance'
  );
}
