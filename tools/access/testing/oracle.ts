/**
 * A second evaluator, for tests only: what a policy means, read from the prose and written as plainly as can be.
 * It imports nothing of `access/`: where the two disagree, one of them is wrong.
 */
import type { Policy, Request, Service } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';

/** The answer by the prose: allowed when some allow matches and no deny does. */
export function answer(repository: Repository, request: Request): { allowed: boolean; policies: string[] } {
  const service = repository.services.get(request.service)?.value;
  const connectors = [...(repository.environments.get(request.environment)?.connectors.values() ?? [])];
  const exists = connectors.some(({ value }) =>
    value.services.some((one) => one.service === request.service),
  );
  if (!mayConnect(repository, request)) return { allowed: false, policies: [] };
  if (!service || !exists || !service.ports.some((port) => within(port, request.port as number)))
    return { allowed: false, policies: [] };
  const policies = [...repository.policies.values()].map(({ value }) => value);
  const matching = policies.filter((policy) => matches(repository, policy, service, request));
  const denies = matching.filter(({ effect }) => effect === 'deny');
  const allows = matching.filter(({ effect }) => effect === 'allow');
  const ids = (list: Policy[]): string[] => list.map(({ id }) => id).sort();
  return denies.length > 0
    ? { allowed: false, policies: ids(denies) }
    : { allowed: allows.length > 0, policies: ids(allows) };
}

/** Who is revoked may not connect; without certificate one may where the environment says so. */
function mayConnect({ revoked, environments }: Repository, request: Request): boolean {
  if (request.withoutCertificate)
    return environments.get(request.environment)?.value.clients?.withoutCertificate === 'allowed';
  const names = (revoked?.value.principals ?? []).map(({ principal }) => principal.toLowerCase());
  return !names.includes(request.principal!.toLowerCase());
}

function within(port: number | string, asked: number): boolean {
  if (typeof port === 'number') return port === asked;
  const [first, last] = port.split('-').map(Number);
  return first! <= asked && asked <= last!;
}

function matches(repository: Repository, policy: Policy, service: Service, request: Request): boolean {
  if (policy.environments && !policy.environments.includes(request.environment)) return false;
  const { who, what, when = {} } = policy;
  if (!isAbout(repository, who, request) || (who.except && isAbout(repository, who.except, request)))
    return false;
  const labels = Object.entries(what.labels ?? {});
  const labelled = labels.length > 0 && labels.every(([name, value]) => service.labels?.[name] === value);
  if (!what.all && !what.services?.includes(service.id) && !labelled) return false;
  if (what.ports && !what.ports.some((port) => within(port, request.port as number))) return false;
  // Three-valued: a condition about an unknown fact is undecided, which an allow reads as no and a deny as yes.
  const conditions: (boolean | undefined)[] = [];
  const at = request.at === undefined ? undefined : new Date(request.at);
  if (when.start) conditions.push(at && at >= new Date(when.start));
  if (when.expires) conditions.push(at && at < new Date(when.expires));
  if (when.hours) conditions.push(at && inHours(when.hours, at));
  if (when.from) conditions.push(fromAny(when.from, request.from));
  for (const [name, wanted] of Object.entries(when.device ?? {})) {
    const fact = request.device?.[name];
    const listed = name === 'os' ? OSES.includes(String(fact)) : ['true', 'false'].includes(String(fact));
    conditions.push(
      fact === undefined || Array.isArray(fact) || !listed
        ? undefined
        : [wanted].flat().map(String).includes(String(fact)),
    );
  }
  return conditions.every((one) => one ?? policy.effect === 'deny');
}

const OSES = ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows'];

/** Whether a selection has the client in it; one without certificate is in no other than its own. */
function isAbout(repository: Repository, who: Policy['who'], request: Request): boolean {
  if (request.withoutCertificate) return who.withoutCertificate === true;
  return named(repository, who, request.principal!.toLowerCase());
}

function named(repository: Repository, who: Policy['who'], principal: string, seen: string[] = []): boolean {
  if (who.all || who.principals?.some((one) => one.toLowerCase() === principal)) return true;
  return (who.groups ?? []).some((id) => {
    const group = repository.groups.get(id)?.value;
    if (!group || seen.includes(id)) return false;
    return named(repository, { principals: group.members ?? [], groups: group.groups ?? [] }, principal, [
      ...seen,
      id,
    ]);
  });
}

const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Reads a clock in that zone, as a person would. */
export function inHours(hours: NonNullable<NonNullable<Policy['when']>['hours']>, at: Date): boolean {
  const clock = clockIn(hours.timezone);
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${parts['hour']}:${parts['minute']}`;
  const today = WEEK.indexOf(parts['weekday']!);
  const on = (day: number): boolean =>
    !hours.days || hours.days.includes(WEEK[(day + 7) % 7]!.toLowerCase() as 'mon');
  if (hours.from < hours.to) return on(today) && time >= hours.from && time < hours.to;
  return (on(today) && time >= hours.from) || (on(today - 1) && time < hours.to);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const options = {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  if (!clocks.has(timeZone)) clocks.set(timeZone, new Intl.DateTimeFormat('en-US', options));
  return clocks.get(timeZone)!;
}

function fromAny(prefixes: readonly string[], from: string | undefined): boolean | undefined {
  const address = from === undefined ? undefined : bits(from);
  if (address === undefined) return undefined;
  return prefixes.some((prefix) => {
    const [network, length] = prefix.split('/');
    const wanted = bits(network!)!;
    const mapped = wanted.length === 32 && network!.includes(':');
    const size = length === undefined ? wanted.length : Number(length) - (mapped ? 96 : 0);
    return wanted.length === address.length && wanted.slice(0, size) === address.slice(0, size);
  });
}

/** An address as a string of 32 or 128 binary digits, by way of the URL parser; mapped IPv4 has 32. */
function bits(address: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
    const parts = address.split('.').map(Number);
    return parts.some((part) => part > 255)
      ? undefined
      : parts.map((part) => part.toString(2).padStart(8, '0')).join('');
  }
  if (!address.includes(':') || !URL.canParse(`http://[${address}]/`)) return undefined;
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::') as [
    string,
    string?,
  ];
  const groups = (text = ''): string[] => (text === '' ? [] : text.split(':'));
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)]
    .map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
  return all.startsWith('0'.repeat(80) + '1'.repeat(16)) ? all.slice(96) : all;
}
