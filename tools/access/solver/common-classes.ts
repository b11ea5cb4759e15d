import { WITHOUT_CERTIFICATE, type Access, type IndexedPolicy } from '../model.ts';

/** Principals whom neither side of a difference tells apart. */
export interface CommonClass {
  /** Empty for anyone else, and for clients without certificate. */
  principals: string[];
  anyoneElse: boolean;
  withoutCertificate: boolean;
  /** The class on each side. */
  before: number;
  after: number;
}

const NAMED = { anyoneElse: false, withoutCertificate: false };

/** The coarsest classes of principals that are classes on both sides; the first is anyone else. */
export function commonClasses(before: Access, after: Access): CommonClass[] {
  const classes = new Map<number, CommonClass>([
    [0, { ...NAMED, anyoneElse: true, principals: [], before: 0, after: 0 }],
  ]);
  const add = (principal: string, was: number, is: number): void => {
    const key = was * after.classes.length + is;
    const known = classes.get(key);
    const isUnnamed = principal === WITHOUT_CERTIFICATE;
    const principals = isUnnamed ? [] : [principal];
    if (known) known.principals.push(...principals);
    else classes.set(key, { ...NAMED, withoutCertificate: isUnnamed, principals, before: was, after: is });
  };
  for (const [principal, was] of before.classIndex) add(principal, was, after.classIndex.get(principal) ?? 0);
  for (const [principal, is] of after.classIndex)
    if (!before.classIndex.has(principal)) add(principal, 0, is);
  return [...classes.values()];
}

/** A service on each side, where it exists. */
export interface CommonService {
  id: string;
  before: number | undefined;
  after: number | undefined;
}

/** Every service of either side, sorted by id. */
export function commonServices(before: Access, after: Access): CommonService[] {
  const ids = new Set([...before.serviceIndex.keys(), ...after.serviceIndex.keys()]);
  return [...ids]
    .sort()
    .map((id) => ({ id, before: before.serviceIndex.get(id), after: after.serviceIndex.get(id) }));
}

/** Whom the policies of one side are about, as common classes. */
export class PolicyClasses {
  readonly #common: number[][] = [];
  readonly #known = new Map<IndexedPolicy, readonly number[]>();

  constructor(classes: readonly CommonClass[], side: 'before' | 'after') {
    classes.forEach((common, index) => (this.#common[common[side]] ??= []).push(index));
  }

  /** Indexes of the common classes that a policy is about, ascending; worked out once. */
  of(policy: IndexedPolicy): readonly number[] {
    let known = this.#known.get(policy);
    if (!known) {
      known = policy.about.flatMap((index) => this.#common[index] ?? []).sort((a, b) => a - b);
      this.#known.set(policy, known);
    }
    return known;
  }
}
