/** What a plan does to one resource; `renew` makes a new one before the old one goes, `replace` after it. */
export type Deed = 'add' | 'change' | 'renew' | 'replace' | 'remove';

/** One change of a plan. */
export interface Change {
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

/** Kinds of which a new one never takes the old one's place: a revision beside others, and a note in the state. */
const REVISED = ['aws_ecs_task_definition', 'terraform_data'];

/** What a plan changes, in the order of the plan; reading data changes nothing. @param json `show -json` of a plan */
export function changesOf(json: string): Change[] {
  const { resource_changes = [], prior_state } = JSON.parse(json) as PlanJson;
  const deeds = resource_changes
    .filter(({ mode }) => mode !== 'data')
    .flatMap(({ address, change }) => {
      const deed = deedOf(address, change.actions);
      return deed ? [{ address, deed }] : [];
    });
  const gone = new Set(deeds.filter(takesAway).map(({ address }) => withoutKeys(address)));
  // Terraform can be told to do a part of a plan only by addresses, and takes along, without asking for keys, what is
  // removed of the same resource and of all that it depends on.
  const waiting = new Set(
    resourcesOf(prior_state?.values?.root_module)
      .filter(({ address, depends_on = [] }) =>
        [withoutKeys(address), ...depends_on].some((one) => gone.has(one)),
      )
      .map(({ address }) => address),
  );
  return deeds.map((one) => ({ ...one, late: takesAway(one) || waiting.has(one.address) }));
}

function deedOf(address: string, actions: readonly string[]): Deed | undefined {
  const [creates, deletes] = [actions.includes('create'), actions.includes('delete')];
  if (creates && deletes)
    return actions[0] === 'create' || REVISED.includes(typeOf(address)) ? 'renew' : 'replace';
  if (creates) return 'add';
  if (deletes) return 'remove';
  return actions.includes('update') ? 'change' : undefined;
}

/** Whether something is gone for a while or for good. */
export const takesAway = ({ deed }: Pick<Change, 'deed'>): boolean => deed === 'replace' || deed === 'remove';

/** `module.connector["apps"].aws_subnet.this["eu-west-1a"]` without what is in brackets, as a dependency is written. */
const withoutKeys = (address: string): string => address.replace(/\[("(\\.|[^"\\])*"|\d+)\]/g, '');
const typeOf = (address: string): string => withoutKeys(address).split('.').at(-2) ?? '';

const resourcesOf = ({ resources = [], child_modules = [] }: StateModule = {}): StateResource[] => [
  ...resources,
  ...child_modules.flatMap(resourcesOf),
];

/** What takes nothing away: it comes before publishing. */
export const additions = (changes: readonly Change[]): Change[] => changes.filter(({ late }) => !late);

/** What takes something away, and what cannot be made without: it comes when nothing needs it any more. */
export const removals = (changes: readonly Change[]): Change[] => changes.filter(({ late }) => late);

const SIGNS: Readonly<Record<Deed, string>> = {
  add: '+',
  change: '~',
  renew: '~',
  replace: '±',
  remove: '-',
};

/** A line for each change. */
export const changeLines = (changes: readonly Change[]): string[] =>
  changes.map(
    ({ address, deed }) => `  ${SIGNS[deed]} ${address}${deed === 'renew' ? ', by a new one' : ''}`,
  );
