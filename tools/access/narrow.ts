import type { AccessModel, ModelPolicy } from '../contract/shapes.ts';
import { type Access, covers, indexPolicies, type IndexedPolicy } from './model.ts';
import type { Sides } from './solver/axes.ts';
import type { Calendar } from './solver/calendar.ts';
import { AnswerCache, rulingOf, type Ruling } from './solver/branches.ts';
import { firstBoxWhere } from './solver/boxes.ts';
import { type CommonClass, commonClasses, PolicyClasses } from './solver/common-classes.ts';

/** A service of the narrowed form by its index there and, where it exists, on the other side. */
interface ServicePair {
  index: number;
  after: number | undefined;
}

/**
 * What is in force without what a new state takes away: every request that it allows is allowed in force, and every
 * request that both allow stays allowed. So it gives nobody anything, whatever else the new state does.
 * What a policy gave a person whom the new state's policy of that id is not about is taken, as are all requests that a new
 * deny is about. What becomes narrower in other ways, such as hours, stays as it is in force.
 * @param calendar the instants that are looked at
 */
export function narrowed(current: AccessModel, next: AccessModel, calendar: Calendar): AccessModel {
  const [before, after] = [indexPolicies(current), indexPolicies(next)];
  const classes = commonClasses(before, after);
  const services = before.services.map(({ model }, index): ServicePair => ({
    index,
    after: after.serviceIndex.get(model.id),
  }));
  const [was, is] = [new PolicyClasses(classes, 'before'), new PolicyClasses(classes, 'after')];
  const denies = [
    ...before.policies
      .filter(({ effect }) => effect === 'deny')
      .map((policy) => about(policy, was.of(policy), policy.model.services)),
    ...after.policies
      .filter(({ effect, model }) => effect === 'deny' && !model.observe)
      .map((policy) => about(policy, is.of(policy), inForce(policy, services)))
      .filter((policy) => policy.classes.length > 0 && policy.services.length > 0),
  ];
  const allows = allowsLeft(new Cut(before, after, classes, services, calendar), was);
  const policies = named([...allows, ...denies]);
  const { revoked: _, withoutCertificate, ...kept } = current;
  const unnamed =
    next.withoutCertificate && withoutCertificate && unnamedIn(classes, policies, withoutCertificate);
  return {
    ...kept,
    ...compact(classes, policies, (one) => isRevoked(one, current, next)),
    ...(unnamed && { withoutCertificate: unnamed }),
  };
}

/** What clients without certificate keep, where both sides let them in. */
function unnamedIn(
  classes: readonly CommonClass[],
  policies: readonly ModelPolicy[],
  current: NonNullable<AccessModel['withoutCertificate']>,
): AccessModel['withoutCertificate'] {
  const own = classes.findIndex((one) => one.withoutCertificate);
  const grants = policies.flatMap((policy, index) => (policy.classes.includes(own) ? [index] : []));
  return { ...current, grants };
}

/** Whether principals are refused whatever policies say, on either side. */
function isRevoked({ before, after }: CommonClass, current: AccessModel, next: AccessModel): boolean {
  return before === current.revoked || after === next.revoked;
}

/** Classes that all policies treat alike put together; anyone else stays first, and names nobody. */
function compact(
  classes: readonly CommonClass[],
  policies: readonly ModelPolicy[],
  isRefused: (one: CommonClass) => boolean,
): Pick<AccessModel, 'classes' | 'policies' | 'revoked'> {
  const coveredBy: number[][] = classes.map(() => []);
  policies.forEach(({ classes: covered }, index) =>
    covered.forEach((common) => coveredBy[common]!.push(index)),
  );
  // Clients without certificate are named by the policies about them, and by no class.
  const indexes = [...classes.keys()].filter((common) => !classes[common]!.withoutCertificate);
  const covering = coveredBy.map((own, common) => `${own}${isRefused(classes[common]!) ? ' refused' : ''}`);
  const keys = [...new Set(indexes.map((common) => covering[common]!))];
  const members = keys.map((key) =>
    indexes.flatMap((common) => (covering[common] === key ? classes[common]!.principals : [])).sort(),
  );
  const refused = keys.findIndex((key) => key.endsWith(' refused'));
  const classOf = new Map(indexes.map((common) => [common, keys.indexOf(covering[common]!)]));
  return {
    classes: [[], ...members.slice(1)],
    ...(refused > 0 && { revoked: refused }),
    policies: policies.map((policy) => ({
      ...policy,
      classes: [...new Set(policy.classes.flatMap((common) => classOf.get(common) ?? []))].sort(
        (a, b) => a - b,
      ) as ModelPolicy['classes'],
    })),
  };
}

/** A policy about other classes and services. */
function about(
  { model }: IndexedPolicy,
  classes: readonly number[],
  services: readonly number[],
): ModelPolicy {
  return { ...model, classes: [...classes], services: [...services] } as ModelPolicy;
}

/** The services in force that a policy of the new state is about. */
function inForce({ model }: IndexedPolicy, services: readonly ServicePair[]): number[] {
  return services.flatMap(({ index, after }) =>
    after !== undefined && model.services.includes(after) ? [index] : [],
  );
}

/** The allows in force, without the classes and services that the same policy is no longer about. */
function allowsLeft(cut: Cut, classes: PolicyClasses): ModelPolicy[] {
  const allows = cut.before.policies.filter(({ effect }) => effect === 'allow');
  return allows.flatMap((policy) => {
    const groups = new Map<string, { classes: number[]; services: number[] }>();
    for (const common of classes.of(policy)) {
      const services = policy.model.services.filter((service) => cut.keeps(policy, common, service));
      const group = groups.get(services.join()) ?? { classes: [], services };
      group.classes.push(common);
      groups.set(services.join(), group);
    }
    groups.delete('');
    return [...groups.values()].map((group) => about(policy, group.classes, group.services));
  });
}

/** Tells which classes and services an allow in force still is about. */
class Cut {
  readonly #memory: AnswerCache<boolean>;
  readonly #whole = new Map<string, boolean>();
  readonly #next: ReadonlyMap<string, IndexedPolicy>;

  readonly before: Access;
  readonly after: Access;
  readonly classes: readonly CommonClass[];
  readonly services: readonly ServicePair[];
  readonly calendar: Calendar;

  constructor(
    before: Access,
    after: Access,
    classes: readonly CommonClass[],
    services: readonly ServicePair[],
    calendar: Calendar,
  ) {
    this.before = before;
    this.after = after;
    this.classes = classes;
    this.services = services;
    this.calendar = calendar;
    this.#memory = new AnswerCache<boolean>(calendar);
    this.#next = new Map(after.policies.map((policy) => [policy.id, policy]));
  }

  /** Whether a policy stays about a class and a service. */
  keeps(policy: IndexedPolicy, common: number, service: number): boolean {
    return this.#isInNext(policy, common, service) || this.#isNeeded(common, service);
  }

  /** Whether the new state's policy of that id is about the two as well. */
  #isInNext(policy: IndexedPolicy, common: number, service: number): boolean {
    const twin = this.#next.get(policy.id);
    const where = this.services[service]!.after;
    return (
      twin?.effect === 'allow' &&
      where !== undefined &&
      covers(twin, this.classes[common]!.after) &&
      twin.model.services.includes(where)
    );
  }

  /** Whether without such policies the class would lose a request that the new state allows: then all of them stay. */
  #isNeeded(common: number, service: number): boolean {
    const key = `${common} ${service}`;
    const known = this.#whole.get(key);
    if (known !== undefined) return known;
    const needed = this.#losesTooMuch(common, service, this.#left(common, service));
    this.#whole.set(key, needed);
    return needed;
  }

  #left(common: number, service: number): IndexedPolicy[] {
    const { allows, denies } = this.before.services[service]!;
    const { before } = this.classes[common]!;
    return [
      ...denies.filter((policy) => covers(policy, before)),
      ...allows.filter((policy) => covers(policy, before) && this.#isInNext(policy, common, service)),
    ];
  }

  #losesTooMuch(common: number, service: number, policies: readonly IndexedPolicy[]): boolean {
    const { before: was, after: is } = this.classes[common]!;
    const here = this.before.services[service]!;
    const there = this.after.services[this.services[service]!.after ?? -1];
    const policiesOn = (found: typeof here | undefined, index: number): IndexedPolicy[] =>
      found ? [...found.denies, ...found.allows].filter((policy) => covers(policy, index)) : [];
    const ruling = rulingOf({
      before: { service: here, policies: policiesOn(here, was) },
      after: { service: there, policies: policiesOn(there, is) },
      third: { service: here, policies },
    });
    const isLost = ({ before, after, third }: Sides): boolean => before && after && !third;
    return this.#memory.of(
      ruling,
      ({ rules, line }: Ruling) => firstBoxWhere(rules, line, this.calendar, isLost) !== undefined,
    );
  }
}

/** Policies under names of their own, sorted: one that was cut in several, or is of both states, gets a number. */
function named(policies: readonly ModelPolicy[]): ModelPolicy[] {
  const used = new Set<string>();
  const said = new Set<string>();
  const result: ModelPolicy[] = [];
  for (const policy of policies) {
    const text = JSON.stringify(policy);
    if (said.has(text)) continue;
    said.add(text);
    let { id } = policy;
    // 63 characters are an id's most.
    for (let number = 2; used.has(id); number += 1) id = `${policy.id.slice(0, 57)}-${number}`;
    used.add(id);
    result.push({ ...policy, id });
  }
  return result.sort((a, b) => (a.id < b.id ? -1 : 1));
}
