import type { AccessModel, ModelPolicy, ModelService } from '../contract/shapes.ts';
import { conditionOf, type Condition } from './values/condition.ts';
import { portSetOfIntervals } from './values/ports.ts';
import { intersect, type IntervalSet } from './values/intervals.ts';

/** Clients without certificate where a principal is wanted; no certificate can carry it, as it has spaces. */
export const WITHOUT_CERTIFICATE = 'a client without certificate';

/** A policy, indexed so that one request is answered at once. */
export interface IndexedPolicy {
  id: string;
  effect: 'allow' | 'deny';
  condition: Condition;
  /** Undefined where it does not narrow the services' ports. */
  ports: IntervalSet | undefined;
  /** The classes that it is about, ascending. */
  about: readonly number[];
  /** The same, one bit per class. */
  classes: Uint32Array;
  model: ModelPolicy;
}

/** A service, and the policies about it. */
export interface IndexedService {
  model: ModelService;
  ports: IntervalSet;
  /** Sorted by id. */
  allows: readonly IndexedPolicy[];
  denies: readonly IndexedPolicy[];
  /** Denies that are only observed: they decide nothing. */
  observed: readonly IndexedPolicy[];
}

/** A compiled form, indexed so that one request is answered at once. */
export interface Access {
  model: AccessModel;
  services: readonly IndexedService[];
  serviceIndex: ReadonlyMap<string, number>;
  policies: readonly IndexedPolicy[];
  /** The model's classes, and after them one that names nobody: clients without certificate. */
  classes: readonly (readonly string[])[];
  /** Principal, in lower case, to its class; one that is not in it is of class 0, anyone else. */
  classIndex: ReadonlyMap<string, number>;
}

/** Indexes a compiled form for answering requests; worth keeping. */
export function indexPolicies(model: AccessModel): Access {
  const unnamed = model.classes.length;
  const alsoUnnamed = new Set(model.withoutCertificate?.grants);
  const policies = model.policies.map((policy, index) =>
    indexPolicy(policy, [...policy.classes, ...(alsoUnnamed.has(index) ? [unnamed] : [])], unnamed + 1),
  );
  const about = model.services.map((): IndexedPolicy[] => []);
  policies.forEach((policy) => policy.model.services.forEach((service) => about[service]!.push(policy)));
  return {
    model,
    policies,
    services: model.services.map((service, index) => ({
      model: service,
      ports: portSetOfIntervals(service.ports),
      allows: about[index]!.filter(({ effect }) => effect === 'allow'),
      denies: about[index]!.filter(({ effect, model }) => effect === 'deny' && !model.observe),
      observed: about[index]!.filter(({ model }) => model.observe),
    })),
    serviceIndex: new Map(model.services.map(({ id }, index) => [id, index])),
    classes: [...model.classes, []],
    classIndex: new Map([
      ...model.classes.flatMap((members, index) => members.map((member) => [member, index] as const)),
      [WITHOUT_CERTIFICATE, unnamed],
    ]),
  };
}

function indexPolicy(model: ModelPolicy, about: readonly number[], classes: number): IndexedPolicy {
  const bits = new Uint32Array(Math.ceil(classes / 32));
  for (const index of about) bits[index >>> 5]! |= 1 << (index & 31);
  const ports = model.ports && portSetOfIntervals(model.ports);
  return {
    id: model.id,
    effect: model.effect,
    condition: conditionOf(model.when),
    ports,
    about,
    classes: bits,
    model,
  };
}

/** Whether a policy is about a class of principals. */
export function covers({ classes }: IndexedPolicy, index: number): boolean {
  return ((classes[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

/** The ports of a service that a policy is about. */
export function portsOf(policy: IndexedPolicy, service: IndexedService): IntervalSet {
  return policy.ports ? intersect(policy.ports, service.ports) : service.ports;
}
