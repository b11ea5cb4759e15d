import type { AccessModel, ModelPolicy, ModelService } from '../contract/shapes.ts';
import { conditionOf, type Condition } from './values/condition.ts';
import { intervalSpans } from './values/ports.ts';
import { intersect, type Spans } from './values/intervals.ts';

/** A policy, ready to be asked. */
export interface OpenPolicy {
  id: string;
  effect: 'allow' | 'deny';
  condition: Condition;
  /** Undefined where it does not narrow the services' ports. */
  ports: Spans | undefined;
  /** One bit per class. */
  classes: Uint32Array;
  model: ModelPolicy;
}

/** A service, and the policies about it. */
export interface OpenService {
  model: ModelService;
  ports: Spans;
  /** Sorted by id. */
  allows: readonly OpenPolicy[];
  denies: readonly OpenPolicy[];
  /** Denies that are only observed: they decide nothing. */
  observed: readonly OpenPolicy[];
}

/** A compiled form, ready to be asked. */
export interface Access {
  model: AccessModel;
  services: readonly OpenService[];
  serviceIndex: ReadonlyMap<string, number>;
  policies: readonly OpenPolicy[];
  /** Principal, in lower case, to its class; one that is not in it is of class 0, anyone else. */
  classIndex: ReadonlyMap<string, number>;
}

/** Makes a compiled form ready to be asked; worth keeping. */
export function open(model: AccessModel): Access {
  const policies = model.policies.map((policy) => openPolicy(policy, model.classes.length));
  const about = model.services.map((): OpenPolicy[] => []);
  policies.forEach((policy) => policy.model.services.forEach((service) => about[service]!.push(policy)));
  return {
    model,
    policies,
    services: model.services.map((service, index) => ({
      model: service,
      ports: intervalSpans(service.ports),
      allows: about[index]!.filter(({ effect }) => effect === 'allow'),
      denies: about[index]!.filter(({ effect, model }) => effect === 'deny' && !model.observe),
      observed: about[index]!.filter(({ model }) => model.observe),
    })),
    serviceIndex: new Map(model.services.map(({ id }, index) => [id, index])),
    classIndex: new Map(model.classes.flatMap((members, index) => members.map((member) => [member, index]))),
  };
}

function openPolicy(model: ModelPolicy, classes: number): OpenPolicy {
  const bits = new Uint32Array(Math.ceil(classes / 32));
  for (const index of model.classes) bits[index >>> 5]! |= 1 << (index & 31);
  const ports = model.ports && intervalSpans(model.ports);
  return {
    id: model.id,
    effect: model.effect,
    condition: conditionOf(model.when),
    ports,
    classes: bits,
    model,
  };
}

/** Whether a policy is about a class of principals. */
export function covers({ classes }: OpenPolicy, index: number): boolean {
  return ((classes[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

/** The ports of a service that a policy is about. */
export function portsOf(policy: OpenPolicy, service: OpenService): Spans {
  return policy.ports ? intersect(policy.ports, service.ports) : service.ports;
}
