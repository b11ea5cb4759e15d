import type { AccessChange } from '../contract/shapes.ts';
import { type BothSides, groupBy, type ServiceChange } from './service-changes.ts';
import type { CommonService } from './solver/common-classes.ts';
import { instantText } from './values/time-zone.ts';
import type { Audiences } from './wording/audiences.ts';
import type { Causes } from './wording/causes.ts';

/** How changes are told that are put together. */
export interface ChangesToTell {
  environment: string;
  causes: Causes;
  /** Those whose access changes alike are one, whichever edits it is that change it. */
  together: boolean;
}

/** Puts people and services together that change alike. */
export function groupChanges(
  found: readonly ServiceChange[],
  direction: ServiceChange['direction'],
  sides: BothSides,
  audiences: Audiences,
  { causes, environment, together }: ChangesToTell,
): AccessChange[] {
  const ofService = groupBy(
    found.filter((one) => one.direction === direction),
    ({ service, change, policies }) =>
      // Those whose access changes alike through other edits are told apart, each with its own lines.
      `${service.id} ${change.ports.join()} ${change.key} ${together ? '' : [...policies].filter(causes.edited).sort().join()}`,
  ).map((alike) => ({ ...alike[0]!, audience: audiences.of(alike.flatMap(({ classes }) => classes)) }));
  return groupBy(ofService, ({ change, audience }) => `${audience.number} ${change.key}`).map((alike) => {
    const { audience, change } = alike[0]!;
    const policies = new Set(alike.flatMap((one) => [...one.policies]));
    const services = alike.map((one) => ({
      service: one.service.id,
      protocol: protocolOf(one.service, sides),
      ports: one.change.ports,
    }));
    return {
      principals: audience.principals,
      ...(audience.machines && { machines: audience.machines }),
      anyoneElse: audience.anyoneElse,
      ...(audience.withoutCertificate && { withoutCertificate: true as const }),
      ...(audience.group !== undefined && { group: audience.group }),
      services,
      conditions: change.conditions,
      from: instantText(change.from),
      ...(change.until < Infinity && { until: instantText(change.until) }),
      causes: causes.of(
        environment,
        policies,
        alike.map(({ service }) => service.id),
        audience.principals,
        audience.withoutCertificate,
      ),
    };
  });
}

function protocolOf({ before, after }: CommonService, sides: BothSides): 'tcp' | 'udp' {
  const service = after === undefined ? sides.before.services[before!]! : sides.after.services[after]!;
  return service.model.protocol;
}
