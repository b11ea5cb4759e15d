import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known only after it was applied. */
export class UnknownValue {}
export const UNKNOWN = new UnknownValue();

/** What Terraform sends and gets: objects by attribute, lists, scalars, null, unknown. */
export type Json = null | string | number | boolean | UnknownValue | Json[] | { [name: string]: Json };
export type Values = { [name: string]: Json };

/** Extension 0 is a value that is not known yet, 12 one of which something is known all the same. */
const codec = new ExtensionCodec();
codec.register({
  type: 0,
  encode: (value) => (value instanceof UnknownValue ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
codec.register({ type: 12, encode: () => null, decode: () => UNKNOWN });

/** A value as it is on the wire. */
export interface Wire {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}

/** Reads an object from the wire; null where there is none. */
export function read(wire: Wire | null | undefined): Values | null {
  if (!wire?.msgpack?.length) return null;
  return decode(wire.msgpack, { extensionCodec: codec }) as Values | null;
}

/** Puts an object on the wire. */
export const write = (value: Values | null): Wire => ({
  msgpack: Buffer.from(encode(value, { extensionCodec: codec })),
});
