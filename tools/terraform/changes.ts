/** What a plan does to one resource; `renew` makes a new one before the old one goes, `replace` after it. */
export type Deed = 'add' | 'change' | 'renew' | 'replace' | 'remove';

/** One change of a plan. */
export interface PlannedChange {
  address: string;
  deed: Deed;
  /** Whether it takes something away, or cannot be made without that: then it comes when nothing needs it any more. */
  late: boolean;
}

interface ResourceChange {
  address: string;
  mode?: string;
  change: { actions: readonly string[] };
}

/** A resource in the state, with everything that it depends on: addresses without keys, also indirect ones. */
interface StateResource {
  address: string;
  depends_on?: readonly string[];
}

interface StateModule {
  resources?: readonly StateResource[];
  child_modules?: readonly StateModule[];
}

/** The part of Terraform's JSON plan that is read here. */
interface PlanJson {
  resource_changes?: readonly ResourceChange[];
  prior_state?: { values?: { root_module?: StateModule } };
}

/**
 * Kinds that take nothing away when they are made anew, in whatever order: a revision beside others, a note in the
 * state, and a document's run.
 */
const HARMLESS = ['aws_ecs_task_definition', 'terraform_data', 'aws_ssm_association'];

/** What a plan changes, in the order of the plan; reading data changes nothing. @param json `show -json` of a plan */
export function changesOf(json: string): PlannedChange[] {
  const { resource_changes = [], prior_state } = JSON.parse(json) as PlanJson;
  const deeds = resource_changes
    .filter(({ mode }) => mode !== 'data')
    .flatMap(({ address, change }) => {
      const deed = deedOf(address, change.actions);
      return deed ? [{ address, deed }] : [];
    });
  const late = lateOf(deeds, resourcesOf(prior_state?.values?.root_module));
  return deeds.map((one) => ({ ...one, late: late.has(one.address) }));
}

type Planned = Pick<PlannedChange, 'address' | 'deed'>;

/**
 * The addresses of what cannot be done before something is taken away. Terraform is told to do a part of a plan by
 * addresses, and takes along, without asking for keys, what goes of the same resource and of all that it depends on. And
 * what is renewed waits for everything that must go over to the new one: with it, the old one goes.
 */
function lateOf(planned: readonly Planned[], state: readonly StateResource[]): ReadonlySet<string> {
  const dependencies = new Map(state.map(({ address, depends_on = [] }) => [address, depends_on]));
  const late = new Set(planned.filter(takesAway).map(({ address }) => address));
  for (let before = -1; before < late.size;) {
    before = late.size;
    const waiting = planned.filter(({ address }) => late.has(address));
    const gone = new Set(
      waiting.filter(({ deed }) => deed !== 'change').map(({ address }) => withoutKeys(address)),
    );
    const used = new Set(waiting.flatMap(({ address }) => dependencies.get(address) ?? []));
    for (const { address, deed } of planned) {
      const known = dependencies.get(address);
      const pulls = known && [withoutKeys(address), ...known].some((one) => gone.has(one));
      if (pulls || (deed === 'renew' && used.has(withoutKeys(address)))) late.add(address);
    }
  }
  return late;
}

function deedOf(address: string, actions: readonly string[]): Deed | undefined {
  const [creates, deletes] = [actions.includes('create'), actions.includes('delete')];
  if (creates && deletes)
    return actions[0] === 'create' || HARMLESS.includes(typeOf(address)) ? 'renew' : 'replace';
  if (creates) return 'add';
  if (deletes) return 'remove';
  return actions.includes('update') ? 'change' : undefined;
}

/** Whether something is gone for a while or for good. */
export const takesAway = ({ deed }: Pick<PlannedChange, 'deed'>): boolean =>
  deed === 'replace' || deed === 'remove';

/** `module.connector["apps"].aws_subnet.this["eu-west-1a"]` without what is in brackets, as a dependency is written. */
const withoutKeys = (address: string): string => address.replace(/\[("(\\.|[^"\\])*"|\d+)\]/g, '');
const typeOf = (address: string): string => withoutKeys(address).split('.').at(-2) ?? '';

const resourcesOf = ({ resources = [], child_modules = [] }: StateModule = {}): StateResource[] => [
  ...resources,
  ...child_modules.flatMap(resourcesOf),
];

/** What takes nothing away: it comes before publishing. */
export const additions = (changes: readonly PlannedChange[]): PlannedChange[] =>
  changes.filter(({ late }) => !late);

/** What takes something away, and what cannot be made without: it comes when nothing needs it any more. */
export const removals = (changes: readonly PlannedChange[]): PlannedChange[] =>
  changes.filter(({ late }) => late);

const SIGNS: Readonly<Record<Deed, string>> = {
  add: '+',
  change: '~',
  renew: '~',
  replace: '±',
  remove: '-',
};

/** A line for each change. */
export const changeLines = (changes: readonly PlannedChange[]): string[] =>
  changes.map(
    ({ address, deed }) => `  ${SIGNS[deed]} ${address}${deed === 'renew' ? ', by a new one' : ''}`,
  );
