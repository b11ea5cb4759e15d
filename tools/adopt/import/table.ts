import { parse } from 'csv-parse/sync';
import { Fault } from '../../contract/fault.ts';
import { isInside, parsePrefix } from '../../contract/values/address.ts';
import type { Finding } from '../../finding/finding.ts';
import {
  described,
  type ImportDraft,
  type DraftService,
  Ids,
  type LostAccess,
  type OldRequest,
  portsIn,
  portsText,
  principalOf,
  unionOf,
} from './draft.ts';

/** A line of a table: who reaches what. */
interface Row {
  line: number;
  /** `*` for anybody. */
  principal: string;
  service: string;
  protocol: 'tcp' | 'udp';
  ports: [number, number][];
  backend: string;
  from: string;
}

/** Columns of a table; the first three are needed. */
export const COLUMNS = ['principal', 'service', 'ports', 'protocol', 'backend', 'from'] as const;

/**
 * Reads a table in which each line lets one person or machine, or `*`, reach a service at ports. Nothing else is allowed.
 * @throws Fault where it is no CSV, or a column is missing
 */
export function fromTable(file: string, text: string): ImportDraft {
  const findings: Finding[] = [];
  const lost: LostAccess[] = [];
  const rows = rowsOf(file, text, findings, lost);
  const ids = new Ids();
  const services = servicesOf(rows, ids, file, findings);
  const idOf = ({ service, protocol }: Row): string => ids.of(`${service} ${protocol}`);
  // What is the same but for the person is one policy for a group.
  const alike = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([idOf(row), row.ports, row.from]);
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  const parts = [...alike.values()].map((list) => partOf(list, idOf(list[0]!), services, ids));
  return {
    ...{ services, findings, strangers: [], lost },
    ...{ groups: parts.flatMap(({ group }) => group ?? []) },
    policies: parts.map(({ policy }) => policy),
    principals: [...new Set(rows.map(({ principal }) => principal).filter((one) => one !== '*'))].sort(),
    portRanges: rows.flatMap(({ ports }) => ports),
    prefixes: [...new Set(rows.map(({ from }) => from).filter(Boolean))],
    allows: (request) => rows.some((row) => idOf(row) === request.service && isGiven(row, request)),
  };
}

function isGiven({ principal, ports, from }: Row, asked: OldRequest): boolean {
  const network = from === '' ? undefined : parsePrefix(from);
  const { source } = asked;
  return (
    (principal === '*' || principal === asked.principal) &&
    ports.some(([first, last]) => first <= asked.port && asked.port <= last) &&
    (!network || (!!source && isInside(source, network)))
  );
}

function rowsOf(file: string, text: string, findings: Finding[], lost: LostAccess[]): Row[] {
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    const options = {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      info: true,
      bom: true,
    };
    records = parse(text, { ...options, trim: true, skip_empty_lines: true }) as unknown as typeof records;
  } catch (error) {
    throw new Fault(
      `${file} is no table: ${(error as Error).message}`,
      'write it as CSV, with a line of names',
      { status: 1 },
    );
  }
  const names = Object.keys(records[0]?.record ?? {});
  const missing = COLUMNS.slice(0, 3).filter((one) => !names.includes(one));
  if (missing.length > 0)
    throw new Fault(
      `${file} has no column ${missing.join(', ')}`,
      `its first line names columns: ${COLUMNS.join(', ')}`,
      { status: 1 },
    );
  return records.flatMap(({ record, info }): Row[] => {
    const { principal = '', service = '', protocol = '', backend = '', from = '' } = record;
    const [who, ports] = [principal === '*' ? '*' : principalOf(principal), portsIn(record['ports'] ?? '')];
    const kind = protocol.toLowerCase() || 'tcp';
    const wrong = wrongWith(record, { who, ports, kind });
    if (wrong !== undefined) {
      findings.push(findingAt(file, info.lines, wrong, 'this line is left out'));
      lost.push({ who: principal, target: service, ports: [record['ports'] ?? ''] });
    }
    if (wrong !== undefined || who === undefined || !ports) return [];
    return [
      { line: info.lines, principal: who, service, protocol: kind as Row['protocol'], ports, backend, from },
    ];
  });
}

/** What is wrong with a line, if anything. */
function wrongWith(
  { principal = '', service = '', ports: written = '', protocol, from = '' }: Record<string, string>,
  { who, ports, kind }: { who: string | undefined; ports: unknown; kind: string },
): string | undefined {
  if (principal === '') return 'there is no principal';
  if (who === undefined) return `${principal} is no person or machine`;
  if (written === '') return 'there is no port';
  if (!ports) return `${written} are no ports from 1 to 65535, such as 443 or 8000-8010`;
  if (service === '') return 'there is no service';
  if (kind !== 'tcp' && kind !== 'udp') return `${protocol} is neither tcp nor udp`;
  return from !== '' && !parsePrefix(from) ? `${from} is no network` : undefined;
}

const findingAt = (file: string, line: number, message: string, remedy: string): Finding => ({
  ...{ file, line, column: 1, rule: 'import', severity: 'warning', message, remedy },
});

function servicesOf(rows: readonly Row[], ids: Ids, file: string, findings: Finding[]): DraftService[] {
  const byId = new Map<string, Row[]>();
  for (const row of rows) {
    const id = ids.of(
      `${row.service} ${row.protocol}`,
      row.protocol === 'tcp' ? row.service : `${row.service}-udp`,
    );
    byId.set(id, [...(byId.get(id) ?? []), row]);
  }
  return [...byId].map(([id, list]) => {
    const backends = [...new Set(list.map(({ backend }) => backend).filter(Boolean))];
    if (backends.length > 1)
      findings.push(
        findingAt(
          file,
          list[1]!.line,
          `${list[0]!.service} leads to ${backends.join(' and ')}`,
          'the first is taken: make several services',
        ),
      );
    const [backend] = backends;
    const { service, protocol } = list[0]!;
    return {
      id,
      description: described(service),
      protocol,
      ports: unionOf(list.flatMap(({ ports }) => ports)),
      ...(backend && { backend }),
    };
  });
}

function partOf(list: readonly Row[], service: string, services: readonly DraftService[], ids: Ids) {
  const [{ ports, from }] = list as [Row, ...Row[]];
  const people = [...new Set(list.map(({ principal }) => principal))].sort();
  const all = people.includes('*');
  const whole = JSON.stringify(services.find(({ id }) => id === service)!.ports) === JSON.stringify(ports);
  const key = JSON.stringify([service, ports, from]);
  const group =
    !all && people.length > 1
      ? {
          id: ids.of(`group ${key}`, `${service}-users`),
          description: described(`Whoever reaches ${service}`),
          members: people,
        }
      : undefined;
  const who = all
    ? { all: true as const }
    : group
      ? { groups: [group.id] as [string] }
      : { principals: people as [string, ...string[]] };
  return {
    group,
    policy: {
      ...{
        id: ids.of(`policy ${key}`, `reach-${service}`),
        description: described(`Reach ${service}`),
        effect: 'allow' as const,
        who,
      },
      what: {
        services: [service] as [string],
        ...(!whole && { ports: portsText(ports) as [number, ...number[]] }),
      },
      ...(from !== '' && { when: { from: [from] as [string] } }),
    },
  };
}
