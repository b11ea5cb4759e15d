import type { Request } from '../contract/shapes.ts';
import { readAddress } from '../contract/values/address.ts';
import { checked } from '../contract/values/reading.ts';
import { parseInstant } from './values/time-zone.ts';
import { principalKey } from './values/membership.ts';
import type { TypedRequest } from './decide.ts';
import { deviceFacts } from './values/device.ts';

/**
 * A request that fits its schema, made ready for `decide`; what it omits is unknown.
 * @throws RangeError for an instant or address that cannot be read: the schema lets none pass
 */
export function typed({
  principal,
  service,
  port,
  at,
  from,
  device,
}: Omit<Request, 'environment'>): TypedRequest {
  return {
    principal: principalKey(principal),
    service,
    port,
    at: at === undefined ? undefined : parseInstant(at),
    source: from === undefined ? undefined : checked(from, readAddress(from)),
    device: deviceFacts(device),
  };
}
