import type { Request } from '../contract/shapes.ts';
import { parseAddress } from './values/address.ts';
import { parseInstant } from './values/time-zone.ts';
import { principalKey } from './values/membership.ts';
import type { TypedRequest } from './decide.ts';
import { WITHOUT_CERTIFICATE } from './model.ts';
import { deviceFacts } from './values/device.ts';

/** A request as people and programs write it, made ready for `decide`; what cannot be read is unknown. */
export function typed({
  principal,
  withoutCertificate,
  service,
  port,
  at,
  from,
  device,
}: Omit<Request, 'environment'>): TypedRequest {
  return {
    principal: withoutCertificate ? WITHOUT_CERTIFICATE : principalKey(principal!),
    service,
    port,
    at: at === undefined ? undefined : parseInstant(at),
    source: from === undefined ? undefined : parseAddress(from),
    device: deviceFacts(device),
  };
}
