import { addressText, type Address } from '../contract/values/address.ts';
import { type TerminalText, textLines } from '../contract/terminal-text.ts';
import { plural } from './words.ts';

/** What a proof found, as far as it is said. */
interface ProofToShow {
  principals: number;
  services: number;
  requests: number;
  differences: readonly {
    mark: '+' | '-';
    service: string;
    protocol: string;
    ports: readonly [first: number, last: number];
    from: Address | undefined;
    principals: readonly string[];
  }[];
  lost: readonly { who: string; target: string; ports: readonly (number | string)[] }[];
}

/** Names of one difference that are shown. */
const NAMES_SHOWN = 8;

/** Where a line of the old system names none. */
const NAMELESS = '(no name)';

/** How the answers of two systems compare: that they are the same, or each difference. */
export function proofText({ principals, services, requests, differences, lost }: ProofToShow): TerminalText {
  const asked = `${plural(principals, 'principal')} and anyone else, ${plural(services, 'service')}, ${plural(requests, 'request')} that stand for all`;
  const found = differences.length + lost.length;
  if (found === 0) return textLines([`the same answers: ${asked}`]);
  const lines = differences.map(
    ({ mark, service, protocol, ports: [first, last], from, principals: who }) => {
      const rest = who.length > NAMES_SHOWN ? ` and ${who.length - NAMES_SHOWN} more` : '';
      const ports = first === last ? `${first}` : `${first}-${last}`;
      const source = from === undefined ? '' : `, from ${addressText(from)} on`;
      const verb = mark === '+' ? 'gain' : 'lose';
      return `  ${mark} ${who.slice(0, NAMES_SHOWN).join(', ')}${rest} would ${verb} ${service} ${protocol}/${ports}${source}`;
    },
  );
  const gone = lost.map(
    ({ who, target, ports }) =>
      `  - ${who || NAMELESS} would lose ${target || NAMELESS} ${ports.join(',') || 'at no port'}, as far as that is no service here`,
  );
  return textLines([`${plural(found, 'difference')} between the answers: ${asked}`, ...lines, ...gone]);
}
