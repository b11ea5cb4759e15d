import { compile } from '../../access/compile.ts';
import { decide } from '../../access/decide.ts';
import { type Access, indexPolicies } from '../../access/model.ts';
import { deviceFacts } from '../../access/values/device.ts';
import { type Address, addressText, parsePrefix } from '../../contract/values/address.ts';
import type { Repository } from '../../load/repository.ts';
import { type ImportDraft, type DraftService, isStranger, type LostAccess } from './draft.ts';

/** Answers that differ, of people who are answered alike. */
export interface AnswerDifference {
  mark: '+' | '-';
  service: string;
  protocol: 'tcp' | 'udp';
  /** First and last. */
  ports: [first: number, last: number];
  /** The first address of those from which it differs; undefined where no condition asks for one. */
  from: Address | undefined;
  /** In order, strangers last; `anyone else` for whoever no file of the old system names. */
  principals: string[];
}

/** How the two systems answer. */
export interface AnswerProof {
  principals: number;
  services: number;
  /** Requests that stand for all: between two of them no rule of either system ends or begins. */
  requests: number;
  differences: AnswerDifference[];
  /** What is lost beside: no service here stands for it. */
  lost: readonly LostAccess[];
}

/** A principal that no file names. */
const NOBODY_KNOWN = 'nobody-that-any-file-names';

/**
 * Asks both systems everything: every principal, one more and every stranger, every service, at the first port and from the first address
 * of every range between which neither system can change its answer.
 * @param repository with the draft's files in it
 * @param at the instant, in milliseconds
 */
export function proofOf(
  draft: ImportDraft,
  repository: Repository,
  environment: string,
  at: number,
): AnswerProof {
  const access = indexPolicies(compile(repository, environment));
  const sources = sourcesOf(draft.prefixes, repository);
  const found = new Map<string, AnswerDifference>();
  let requests = 0;
  for (const service of draft.services)
    for (const ports of rangesOf(service, repository, draft))
      for (const source of sources)
        for (const principal of [...draft.principals, undefined, ...draft.strangers]) {
          requests += 1;
          const asked = { principal, service: service.id, port: ports[0], source };
          const [old, now] = [draft.allows(asked), allowsNow(access, asked, at)];
          if (old === now) continue;
          const one: AnswerDifference = {
            mark: now ? '+' : '-',
            service: service.id,
            protocol: service.protocol,
            ports,
            from: source,
            principals: [],
          };
          const key = JSON.stringify([one.mark, one.service, ports, source && addressText(source)]);
          const list = found.get(key) ?? one;
          list.principals.push(principal ?? 'anyone else');
          found.set(key, list);
        }
  return {
    principals: draft.principals.length,
    services: draft.services.length,
    requests,
    differences: [...found.values()],
    lost: draft.lost,
  };
}

type Asked = Parameters<ImportDraft['allows']>[0];

function allowsNow(access: Access, { principal: asked, service, port, source }: Asked, at: number): boolean {
  const principal = asked === undefined || isStranger(asked) ? NOBODY_KNOWN : asked;
  return decide(access, { principal, service, port, at, source, device: deviceFacts() }).decision === 'allow';
}

/** Ranges of a service's ports within which both systems answer alike. */
function rangesOf({ ports }: DraftService, { policies }: Repository, draft: ImportDraft): [number, number][] {
  const named = [...policies.values()].flatMap(({ value }) => value.what.ports ?? []);
  const edges = new Set(
    [...named.map(rangeOf), ...draft.portRanges].flatMap(([first, last]) => [first, last + 1]),
  );
  return ports.flatMap(([first, last]) => {
    const begins = [first, ...[...edges].filter((one) => one > first && one <= last)].sort((a, b) => a - b);
    return begins.map((begin, index): [number, number] => [begin, (begins[index + 1] ?? last + 1) - 1]);
  });
}

function rangeOf(port: number | string): [number, number] {
  const [first, last = first] = String(port).split('-').map(Number) as [number, number?];
  return [first, last];
}

/** The first address of every range between which no condition on sources begins or ends; none where none is named. */
function sourcesOf(prefixes: readonly string[], { policies }: Repository): (Address | undefined)[] {
  const named = [...policies.values()].flatMap(({ value }) => value.when?.from ?? []);
  const all = [...prefixes, ...named].flatMap((text) => parsePrefix(text) ?? []);
  if (all.length === 0) return [undefined];
  const v4 = new Set(all.flatMap((one) => (one.family === 4 ? [one.begin, one.end] : [])));
  const v6 = new Set(all.flatMap((one) => (one.family === 6 ? [one.begin, one.end] : [])));
  return [
    ...[...v4.add(0)].filter((value) => value < 2 ** 32).map((value): Address => ({ family: 4, value })),
    ...[...v6.add(0n)].filter((value) => value < 1n << 128n).map((value): Address => ({ family: 6, value })),
  ];
}
