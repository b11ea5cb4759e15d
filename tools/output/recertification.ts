import { type TerminalText, textLines } from '../contract/terminal-text.ts';
import { plural } from './words.ts';

/** One policy that an owner is asked about, as far as it is said. */
interface PolicyToShow {
  id: string;
  description: string;
  principals: readonly string[];
  anyoneElse: boolean;
  withoutCertificate: boolean;
  services: readonly string[];
  dates?: { first: string; last: string } | undefined;
  since?: ReadonlyMap<string, PersonSince> | undefined;
}

/** Since when somebody has had it, or longer. */
interface PersonSince {
  date: string;
  atLeast: boolean;
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

/** Day by day, who came last first: that is what a reviewer may not know of yet. */
function peopleText(principals: readonly string[], since: PolicyToShow['since'], first?: string): string {
  const dayOf = (one: string): string => since?.get(one)?.date.slice(0, 10) ?? '';
  const text = (one: string): string => {
    const day = dayOf(one);
    // Of most it is the day of the policy, which is said once.
    if (day === '' || day === first) return one;
    return `${one} since ${since!.get(one)!.atLeast ? `${day} or longer` : day}`;
  };
  const sorted = [...principals].sort((a, b) =>
    dayOf(a) === dayOf(b) ? (a < b ? -1 : 1) : dayOf(a) < dayOf(b) ? 1 : -1,
  );
  const rest = sorted.slice(NAMES_SHOWN);
  const days = [...new Set(rest.map(dayOf).filter(Boolean))];
  const when =
    days.length === 0 ? '' : ` since ${days.length === 1 ? days[0] : `${days.at(-1)} to ${days[0]}`}`;
  const more = rest.length > 0 ? `, and ${rest.length} more${when}` : '';
  return `${sorted.slice(0, NAMES_SHOWN).map(text).join(', ')}${more}`;
}

/**
 * Who reaches what by a policy, and since when: `payments-team: 3 principals (eve since 2026-03-04, alice, bob) to payments; since
 * 2026-01-02`.
 */
export function policyItem({
  id,
  description,
  principals,
  anyoneElse,
  withoutCertificate,
  services,
  dates,
  since: people,
}: PolicyToShow): string {
  const text =
    description.length > DESCRIPTION_SHOWN
      ? `${description.slice(0, DESCRIPTION_SHOWN - 3)}...`
      : description;
  const [first, last] = [dates?.first.slice(0, 10), dates?.last.slice(0, 10)];
  const named = `${plural(principals.length, 'principal')} (${peopleText(principals, people, first)})`;
  const audience = [
    ...(principals.length > 0 ? [named] : []),
    ...(anyoneElse ? ['anyone else'] : []),
    ...(withoutCertificate ? ['clients without certificate'] : []),
  ];
  const who = audience.join(' and ') || 'nobody';
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
