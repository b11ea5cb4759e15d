import { DEVICE_ATTRIBUTES } from '../../contract/shapes.ts';
import { Fault } from '../../contract/fault.ts';

/** `os=macos` as a name and a value; what a certificate may say is unknown where it is misspelt, and a person is told so. */
export function deviceFact(pair: string): [name: string, value: string] {
  const [name, value] = pair.split('=');
  if (!name || !value)
    throw new Fault(`${pair} is not a device attribute`, 'write it as name=value, such as os=macos');
  const known = Object.keys(DEVICE_ATTRIBUTES);
  const values = Object.hasOwn(DEVICE_ATTRIBUTES, name) ? DEVICE_ATTRIBUTES[name]! : undefined;
  if (!values) throw new Fault(`there is no device attribute ${name}`, `use one of: ${known.join(', ')}`);
  if (!values.includes(value))
    throw new Fault(`${name} is never ${value}`, `use one of: ${values.join(', ')}`);
  return [name, value];
}
