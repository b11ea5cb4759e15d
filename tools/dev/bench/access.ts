/** Speed of `decide`, `difference` and `never`, beside Cedar and casbin on the same requests. */
import { Calendar } from '../../access/solver/calendar.ts';
import { compile } from '../../access/compile.ts';
import { decide } from '../../access/decide.ts';
import { difference } from '../../access/difference.ts';
import { membership } from '../../access/values/membership.ts';
import { indexPolicies, type Access } from '../../access/model.ts';
import { never, reachMemory } from '../../access/never.ts';
import { typed } from '../../access/request.ts';
import type { Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { casbinOf } from '../peers/casbin.ts';
import { cedarOf } from '../peers/cedar.ts';
import { repositoryOf, type RepositoryValues } from '../../testing/repository.ts';
import { company, type CompanySize } from '../../testing/company.ts';
import { median, peakMib, print, row, timed } from './print.ts';

const AT = Date.parse('2026-06-01T00:00:00Z');
const FULL: CompanySize = {
  principals: 10_000,
  services: 2_000,
  groups: 1_500,
  policies: 5_000,
  tests: 2,
  connectors: 20,
  seed: 1,
};

/** All of it, as Markdown. */
export async function benchAccess(): Promise<void> {
  print('\n## Access\n');
  const world = company(FULL);
  const access = indexPolicies(compile(repositoryOf(world), 'live'));
  print(
    `${FULL.principals} principals in ${access.model.classes.length} distinct classes, ${FULL.services} services, ${FULL.policies} policies.\n`,
  );
  print('| what | time | memory | note |\n| --- | ---: | ---: | --- |');
  differences(world);
  invariants(access, repositoryOf(world));
  await decisions();
  curves();
}

/** A fresh repository of equal values, as a second revision is. */
const again = (world: RepositoryValues, policies = world.policies!): Repository =>
  repositoryOf(structuredClone({ ...world, policies }));

function differences(world: RepositoryValues): void {
  const policies = world.policies!;
  const edited = (every: number) =>
    policies.map((policy, index) =>
      index % every === 0 ? { ...policy, what: { services: [`service-${index % FULL.services}`] } } : policy,
    );
  const measure = (name: string, every: number): void => {
    const times = [0, 1, 2].map(() => {
      const [before, after] = [again(world), again(world, edited(every))];
      return timed(() => difference(before, after, { at: AT }))[1];
    });
    row(name, median(times), 'compiled from the loaded repositories, both sides');
  };
  measure('difference after an edit of one policy', policies.length);
  measure('difference after an edit of a tenth of the policies', 10);
}

function invariants(access: Access, repository: Repository): void {
  const dice = new Dice(seeded(7));
  const members = membership(repository);
  const groups = [...repository.groups.keys()];
  const services = [...repository.services.keys()];
  const all = Array.from({ length: 200 }, () => ({
    principals: members.group(dice.one(groups)).map((index) => members.everybody[index]),
    services: Array.from({ length: 3 }, () => dice.one(services)),
  }));
  const [broken, ms] = timed(() => {
    const memory = reachMemory(new Calendar(AT));
    return all.filter((one) => never(access, one, memory) !== undefined).length;
  });
  row('200 invariants of `never`, a group and 3 services each', ms, `${broken} have a counterexample`);
}

/** Requests whose service exists and serves the port, at instants that are all different. */
function requestsOf(world: RepositoryValues, count: number): Request[] {
  const dice = new Dice(seeded(11));
  const people = world.groups!.flatMap(({ members = [] }) => members);
  return Array.from({ length: count }, (_, index) => {
    const service = dice.one(world.services!);
    const port = Number(String(service.ports[0]).split('-')[0]);
    const device = dice.one([undefined, { managed: true }, { managed: false, os: 'linux' }, { os: 'macos' }]);
    return {
      principal: dice.one(people),
      service: service.id,
      environment: 'live',
      port,
      at: new Date(AT + index * 61_007).toISOString(),
      from: dice.one(['203.0.113.9', '192.0.2.1', '2001:db8::9']),
      ...(device && { device }),
    };
  });
}

/** Twenty, a hundred and a thousand policies: the peers are asked as often as a second or so allows. */
async function decisions(): Promise<void> {
  for (const policies of [20, 100, 1_000]) {
    const world = company({ ...FULL, principals: 200, services: 50, groups: 40, policies, connectors: 2 });
    const repository = repositoryOf(world);
    const requests = requestsOf(world, 300);
    const access = indexPolicies(compile(repository, 'live'));
    const [cedar, casbin] = [cedarOf(repository), await casbinOf(repository)];
    const ours = requests.map((request) => decide(access, typed(request)).decision);
    const theirs = requests.map((request) => cedar.ask(request).decision);
    if (ours.join() !== theirs.join()) throw new Error('Cedar answers otherwise');
    for (const [index, request] of requests.entries())
      if ((await casbin.ask(request)) !== ours[index])
        throw new Error(`casbin answers otherwise: ${JSON.stringify(request)}`);
    const allowed = ours.filter((answer) => answer === 'allow').length;
    rate(
      `decide, ${policies} policies`,
      decidedPerSecond(access, world),
      `equal answers, ${allowed} of 300 allowed`,
    );
    const [, cedarMs] = timed(() => requests.forEach((request) => cedar.ask(request)));
    rate(`Cedar, ${policies} policies`, (requests.length / cedarMs) * 1000, 'cedar-wasm, stateful');
    const began = performance.now();
    for (const request of requests.slice(0, 100)) await casbin.ask(request);
    rate(`casbin, ${policies} policies`, 100_000 / (performance.now() - began), '');
  }
  const world = company(FULL);
  rate(
    `decide, ${FULL.policies} policies`,
    decidedPerSecond(indexPolicies(compile(repositoryOf(world), 'live')), world),
    'the whole company',
  );
}

/** Decisions a second on one core, of typed requests at distinct instants. */
function decidedPerSecond(access: Access, world: RepositoryValues): number {
  const requests = requestsOf(world, 100_000).map((request) => typed(request));
  const runs = [0, 1, 2, 3, 4].map(() => {
    let allowed = 0;
    const [, ms] = timed(() => {
      for (const request of requests) if (decide(access, request).decision === 'allow') allowed++;
    });
    if (allowed === 0 || allowed === requests.length) throw new Error('every request has the same answer');
    return (requests.length / ms) * 1000;
  });
  return median(runs);
}

function rate(name: string, perSecond: number, note: string): void {
  print(`| ${name} | ${Math.round(perSecond).toLocaleString('en-US')}/s | | ${note} |`);
}

/** How the difference after one edit grows with each size, the others held. */
function curves(): void {
  print(
    '\n| difference after one edit | quarter | half | whole | double |\n| --- | ---: | ---: | ---: | ---: |',
  );
  for (const axis of ['principals', 'services', 'policies'] as const) {
    const times = [0.25, 0.5, 1, 2].map((factor) => {
      const world = company({ ...FULL, [axis]: FULL[axis] * factor });
      const [first, ...rest] = world.policies!;
      const after = again(world, [{ ...first!, what: { services: ['service-1'] } }, ...rest]);
      const before = again(world);
      return timed(() => difference(before, after, { at: AT }))[1];
    });
    print(`| ${axis} | ${times.map((ms) => `${Math.round(ms)} ms`).join(' | ')} |`);
  }
  print(`\nMost memory held: ${peakMib()} MiB.`);
}
