import type { TypedRequest } from '../decide.ts';
import { portsOf, type IndexedPolicy, type IndexedService } from '../model.ts';
import type { AccessRule } from '../solver/axes.ts';
import { boxesWhere, type Box } from '../solver/boxes.ts';
import type { Calendar } from '../solver/calendar.ts';
import { allowed } from '../solver/reach.ts';
import { isTimeless, meetsDevice, meetsSource, meetsTime, type Condition } from '../values/condition.ts';
import { ATTRIBUTES, attributeMaskOf, attributeOf } from '../values/device.ts';
import { intersect, type IntervalSet } from '../values/intervals.ts';
import type { FactStep } from './steps.ts';

/** A fact of a request that may be another: the instant, the port, the source, or a device attribute by name. */
export type Fact = 'time' | 'port' | 'source' | (string & {});

/** The facts of a request about which some policy says something, those that are said sooner first. */
export function factsOf(policies: readonly IndexedPolicy[], { port }: TypedRequest): Fact[] {
  const some = (stated: (condition: Condition) => boolean): boolean =>
    policies.some(({ condition }) => stated(condition));
  const named = new Set(
    policies.flatMap(({ condition }) => condition.device.map((mask) => attributeOf(mask).name)),
  );
  return [
    ...(some((condition) => !isTimeless(condition)) ? ['time'] : []),
    ...(some(({ sources }) => sources !== undefined) ? ['source'] : []),
    ...ATTRIBUTES.flatMap(({ name }) => (named.has(name) ? [name] : [])),
    ...(port === 'icmp' ? [] : ['port']),
  ];
}

/** Whether a request does not say a fact. */
export function isUnknown({ at, source, device }: TypedRequest, fact: Fact): boolean {
  if (fact === 'time') return at === undefined;
  if (fact === 'port') return false;
  if (fact === 'source') return source === undefined;
  return (attributeMaskOf(fact) & device) === 0;
}

/** Every way in which a request is allowed, exactly, where some of its facts may be others and the rest stay. */
export function waysTo(
  service: IndexedService,
  policies: readonly IndexedPolicy[],
  request: TypedRequest,
  varied: ReadonlySet<Fact>,
  calendar: Calendar,
): Box[] {
  const rules = rulesOf(service, policies, request, varied);
  if (rules.every(({ effect }) => effect === 'deny')) return [];
  return boxesWhere(rules, lineOf(service, request, varied), calendar, allowed);
}

/** The policies that a request meets in the facts that stay, as rules about the facts that may be others. */
export function rulesOf(
  service: IndexedService,
  policies: readonly IndexedPolicy[],
  request: TypedRequest,
  varied: ReadonlySet<Fact>,
): AccessRule[] {
  return policies
    .filter((policy) => meetsTheRest(policy, request, varied))
    .map((policy) => ruleAbout(policy, service, varied));
}

/** ICMP echo is allowed where any port is. */
function lineOf({ ports }: IndexedService, { port }: TypedRequest, varied: ReadonlySet<Fact>): IntervalSet {
  return port === 'icmp' || varied.has('port') ? ports : intersect(ports, [port, port + 1]);
}

function meetsTheRest(
  { effect, condition }: IndexedPolicy,
  { at, source, device }: TypedRequest,
  varied: ReadonlySet<Fact>,
): boolean {
  const unknown = effect === 'deny';
  const fixed = condition.device.filter((mask) => !varied.has(attributeOf(mask).name));
  return (
    (varied.has('time') || meetsTime(condition, at, unknown)) &&
    (varied.has('source') || meetsSource(condition.sources, source, unknown)) &&
    meetsDevice(fixed, device, unknown)
  );
}

/** What is left of a policy where the facts that stay are met. */
function ruleAbout(policy: IndexedPolicy, service: IndexedService, varied: ReadonlySet<Fact>): AccessRule {
  const { condition, effect } = policy;
  const always = { start: -Infinity, expires: Infinity, window: undefined };
  return {
    effect,
    ports: portsOf(policy, service),
    on: { before: true, after: false, third: false },
    condition: {
      ...condition,
      ...(!varied.has('time') && always),
      ...(!varied.has('source') && { sources: undefined }),
      device: condition.device.filter((mask) => varied.has(attributeOf(mask).name)),
    },
  };
}

/** What a person does to come into a box; undefined where only what is unknown would be allowed. */
export function stepsInto(box: Box, varied: ReadonlySet<Fact>): FactStep[] | undefined {
  const steps: FactStep[] = [];
  if (varied.has('port')) steps.push({ step: 'port', ports: box.ports });
  if (varied.has('time')) steps.push({ step: 'wait', until: box.time[0]! });
  const { v4, v6 } = box.sources;
  if (varied.has('source')) {
    if (v4.length + v6.length === 0) return undefined;
    steps.push({ step: 'source', sources: { v4, v6 } });
  }
  for (const { attribute, values } of box.device) {
    const named = attribute.values.filter((_, index) => values & (1 << (attribute.shift + index)));
    if (named.length === 0) return undefined;
    steps.push({ step: 'device', attribute: attribute.name, values: named });
  }
  return steps;
}

/** Every set of some facts, the smallest first. */
export function subsets(facts: readonly Fact[]): ReadonlySet<Fact>[] {
  const all = facts.reduce<Fact[][]>((sets, fact) => [...sets, ...sets.map((set) => [...set, fact])], [[]]);
  return all.sort((a, b) => a.length - b.length).map((set) => new Set(set));
}
