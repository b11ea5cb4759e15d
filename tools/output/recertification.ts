import { type TerminalText, textLines } from '../contract/terminal-text.ts';
import { plural } from './words.ts';

/** One policy that an owner is asked about, as far as it is said. */
interface PolicyToShow {
  id: string;
  description: string;
  principals: readonly string[];
  anyoneElse: boolean;
  services: readonly string[];
  dates?: { first: string; last: string } | undefined;
}

/** Names of one policy that are shown. */
const NAMES_SHOWN = 6;
const SERVICES_SHOWN = 6;
const DESCRIPTION_SHOWN = 80;

/** Services by name, as far as they are said. */
function listed(services: readonly string[]): string {
  const more = services.length - SERVICES_SHOWN;
  return `${services.slice(0, SERVICES_SHOWN).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Who reaches what by a policy, and since when: `payments-team: 3 people (...) reach payments; since 2026-01-02`. */
export function policyItem({
  id,
  description,
  principals,
  anyoneElse,
  services,
  dates,
}: PolicyToShow): string {
  const text = description.slice(0, DESCRIPTION_SHOWN);
  const rest = principals.length > NAMES_SHOWN ? `, and ${principals.length - NAMES_SHOWN} more` : '';
  const names = principals.length === 0 ? '' : ` (${principals.slice(0, NAMES_SHOWN).join(', ')}${rest})`;
  const who = `${plural(principals.length, 'principal')}${names}${anyoneElse ? ' and anyone else' : ''}`;
  const [first, last] = [dates?.first.slice(0, 10), dates?.last.slice(0, 10)];
  const since =
    first === undefined
      ? 'nobody knows since when'
      : `since ${first}${last === first ? '' : `, changed ${last}`}`;
  return `\`${id}\`: ${text}: ${who} to ${listed(services) || 'no service'}; ${since}`;
}

/** What an owner is asked, for a terminal. */
export function recertificationText({
  owner,
  until,
  policies,
  breaks,
}: {
  owner: string;
  until: string;
  policies: readonly PolicyToShow[];
  breaks: readonly string[];
}): TerminalText {
  return textLines([
    `${owner}: ${plural(policies.length, 'policy', 'policies')} to confirm, or to end at ${until}`,
    ...policies.map((one) => `  ${policyItem(one)}`),
    ...breaks.map((one) => `  ! with an end: ${one}`),
  ]);
}
