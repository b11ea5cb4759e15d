/** What a plan does to one resource. */
export type Deed = 'add' | 'change' | 'replace' | 'remove';

/** One change of a plan. */
export interface PlannedChange {
  address: string;
  deed: Deed;
}

/** The part of Terraform's JSON plan that is read here. */
interface PlanJson {
  resource_changes?: { address: string; mode?: string; change: { actions: readonly string[] } }[];
}

/** What a plan changes, in the order of the plan; reading data changes nothing. @param json `show -json` of a plan */
export function changesOf(json: string): PlannedChange[] {
  const { resource_changes = [] } = JSON.parse(json) as PlanJson;
  return resource_changes
    .filter(({ mode }) => mode !== 'data')
    .flatMap(({ address, change }) => {
      const deed = deedOf(change.actions);
      return deed ? [{ address, deed }] : [];
    });
}

function deedOf(actions: readonly string[]): Deed | undefined {
  const [creates, deletes] = [actions.includes('create'), actions.includes('delete')];
  if (creates && deletes) return 'replace';
  if (creates) return 'add';
  if (deletes) return 'remove';
  return actions.includes('update') ? 'change' : undefined;
}

/** What takes nothing away: it comes before publishing. */
export const additions = (changes: readonly PlannedChange[]): PlannedChange[] =>
  changes.filter(({ deed }) => deed === 'add' || deed === 'change');

/** What takes something away: it comes when nothing needs it any more. */
export const removals = (changes: readonly PlannedChange[]): PlannedChange[] =>
  changes.filter(({ deed }) => deed === 'replace' || deed === 'remove');

const SIGNS: Readonly<Record<Deed, string>> = { add: '+', change: '~', replace: '±', remove: '-' };

/** A line for each change. */
export const changeLines = (changes: readonly PlannedChange[]): string[] =>
  changes.map(({ address, deed }) => `  ${SIGNS[deed]} ${address}`);
