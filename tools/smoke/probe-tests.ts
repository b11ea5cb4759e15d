import { type Access } from '../access/model.ts';
import { decide } from '../access/decide.ts';
import { typed } from '../access/request.ts';
import { registeredIn } from '../check/each.ts';
import type { Expectation, Reason } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';

/** An expectation that is to be tried through real components. */
export interface MarkedTest {
  /** Where it is, as `policies/tests/wiki.yaml:6`. */
  test: string;
  /** Undefined for a client without certificate. */
  principal: string | undefined;
  service: string;
  port: number;
  protocol: 'tcp' | 'udp';
  expected: 'reached' | 'denied';
}

/** The expectations of an environment that are marked `probe: true`, in order of file and line. */
export function markedTests(repository: Repository, environment: string): MarkedTest[] {
  const registered = registeredIn(repository);
  return [...repository.tests.values()].flatMap(({ value, file, place }) =>
    value.expect.flatMap((one, index) => {
      const id = one.reaches ?? one.denied;
      const service = id === undefined ? undefined : repository.services.get(id)?.value;
      const here = one.environments?.includes(environment) ?? registered.get(id ?? '')?.has(environment);
      if (!one.probe || !service || !here) return [];
      const test = `${file}:${place(['expect', index]).line}`;
      return [{ test, ...triedBy(one), service: service.id, protocol: service.protocol }];
    }),
  );
}

function triedBy({
  principal,
  port,
  reaches,
}: Expectation): Pick<MarkedTest, 'principal' | 'port' | 'expected'> {
  return { principal, port: port!, expected: reaches === undefined ? 'denied' : 'reached' };
}

/** What is known of who tries, and when. */
export interface TriedFrom {
  /** The instant, in UTC. */
  at: string;
  /** The address from which the intermediate sees it come; unknown when omitted. */
  from: string | undefined;
  /** What the certificate says of the device. */
  device: ReadonlyMap<string, string>;
}

/**
 * Why policy itself answers otherwise at this instant than at the test's own; undefined where it answers the same, so
 * that whatever else is found on the wire is wrong.
 */
export function otherwiseNow(
  access: Access,
  { principal, service, port, expected }: MarkedTest,
  { at, from, device }: TriedFrom,
): Reason | undefined {
  const who = principal === undefined ? { withoutCertificate: true as const } : { principal };
  const facts = {
    service,
    port,
    at,
    device: Object.fromEntries(device),
    ...(from !== undefined && { from }),
  };
  const { decision, reason } = decide(access, typed({ ...who, ...facts }));
  return (decision === 'allow') === (expected === 'reached') ? undefined : reason;
}
