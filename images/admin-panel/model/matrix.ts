import { decide } from '../../../tools/access/decide.ts';
import { type IndexedService, WITHOUT_CERTIFICATE } from '../../../tools/access/model.ts';
import { typed } from '../../../tools/access/request.ts';
import { membership } from '../../../tools/access/values/membership.ts';
import { instantText } from '../../../tools/access/values/time-zone.ts';
import type { AccessMatrix, MatrixRow, Request } from '../../../tools/contract/shapes.ts';
import { type AccessIndex, type ReachKind, REACHES } from './access-index.ts';
import { pageOf, type PageAsked } from './page.ts';
import { accessOf } from './indexes.ts';
import { found, type EnvironmentView } from './view.ts';

/** The facts of a "what if"; what is omitted is unknown. */
export type WhatIfFacts = Required<Pick<Request, 'at'>> & Pick<Request, 'from' | 'device'>;

/** Which part of the matrix is wanted. */
export interface MatrixAsked extends PageAsked {
  /** Only this service. */
  service?: string | undefined;
  /** At most so many services. */
  columns?: number | undefined;
  /** Facts for which each cell is decided; without them a cell says what is so at any time, place and device. */
  given?: WhatIfFacts | undefined;
}

/** Services that have a column where nothing else is said. */
const COLUMNS = 100;

type RowHead = Pick<MatrixRow, 'kind' | 'id'>;

/** Who reaches what: groups first, then people and machines, then those without a name. */
export function matrixIn(
  view: EnvironmentView,
  { service, given, columns = COLUMNS, ...asked }: MatrixAsked,
): AccessMatrix {
  const index = accessOf(view);
  if (service !== undefined) found('service', view.repository.services, service);
  const all = index.services.filter((id) => service === undefined || id === service);
  const services = all.slice(0, columns);
  const page = pageOf(rowsOf(view), asked, nameOfRow, ({ id }) => id);
  const columnsOf = services.map((id) => (given ? whatIf(index, given, id) : levelsIn(index, id)));
  return {
    environment: view.environment.id,
    at: instantText(index.at),
    ...(given && { given: { ...given, device: plainDevice(given.device) } }),
    services,
    left: all.length - services.length,
    rows: page.items.map((row) => rowOf(row, index, columnsOf)),
    total: page.total,
    ...(page.next !== undefined && { next: page.next }),
  };
}

function plainDevice(device: Request['device'] = {}): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(device).filter((pair): pair is [string, string | boolean] => !Array.isArray(pair[1])),
  );
}

const KINDS = ['group', 'principal', 'anyone-else', 'without-certificate'] as const;

/** In the order of the rows. */
const nameOfRow = ({ kind, id }: RowHead): string => `${KINDS.indexOf(kind)} ${id}`;

function rowsOf({ repository, environment }: EnvironmentView): RowHead[] {
  const unnamed: RowHead[] = [{ kind: 'anyone-else', id: 'anyone else' }];
  if (environment.clients?.withoutCertificate === 'allowed')
    unnamed.push({ kind: 'without-certificate', id: 'clients without certificate' });
  return [
    ...[...repository.groups.keys()].map((id): RowHead => ({ kind: 'group', id })),
    ...membership(repository).everybody.map((id): RowHead => ({ kind: 'principal', id })),
    ...unnamed,
  ];
}

/** How far a class reaches the service of a column, as a place in `REACHES`. */
type LevelOf = (number: number) => number;

function levelsIn(index: AccessIndex, service: string): LevelOf {
  const levels = index.levels(service);
  return (number) => levels[number]!;
}

function rowOf(row: RowHead, index: AccessIndex, columns: readonly LevelOf[]): MatrixRow {
  const classes = [...classesOfRow(row, index)];
  const members = classes.reduce((sum, [, count]) => sum + count, 0);
  const cells = columns.map((levelOf) => {
    let most = 0;
    let reaching = 0;
    let always = true;
    for (const [number, count] of classes) {
      const reach = levelOf(number);
      most = Math.max(most, reach);
      if (reach >= 2) reaching += count;
      always &&= reach === 3;
    }
    // Of a group it is only "always" where that is so for everybody in it.
    const reach = most === 3 && !always ? 'conditions' : REACHES[most]!;
    return { reach, members: reaching };
  });
  return { ...row, members, cells };
}

function classesOfRow({ kind, id }: RowHead, index: AccessIndex): Iterable<readonly [number, number]> {
  if (kind === 'group') return index.classesOf(id);
  if (kind === 'principal') return [[index.classOf(id), 1]];
  return [[kind === 'anyone-else' ? 0 : index.unnamed, 1]];
}

/** Decides a service for each class under some facts; "conditions" is some of its ports. */
function whatIf({ access }: AccessIndex, given: WhatIfFacts, service: string): LevelOf {
  const memory = new Map<number, number>();
  const indexed = access.services[access.serviceIndex.get(service)!]!;
  const ports = boundariesOf(indexed);
  const one = (number: number): ReachKind => {
    const principal =
      number === access.model.classes.length ? WITHOUT_CERTIFICATE : (access.classes[number]![0] ?? '');
    const request = typed({ ...given, principal, service, port: 1 });
    const answers = ports.map((port) =>
      decide(access, { ...request, principal: principal === '' ? ANYONE : request.principal, port }),
    );
    const allowed = answers.filter(({ decision }) => decision === 'allow').length;
    if (allowed === answers.length) return 'always';
    if (allowed > 0) return 'conditions';
    return answers.some(({ reason }) => reason === 'no-policy-allows') ? 'none' : 'denied';
  };
  return (number) => {
    const known = memory.get(number) ?? REACHES.indexOf(one(number));
    memory.set(number, known);
    return known;
  };
}

/** No principal is called so: it is of the class of anyone else. */
const ANYONE = ' ';

/** Ports of a service of which each stands for all up to the next, as no policy tells those apart. */
function boundariesOf({ model, allows, denies }: IndexedService): number[] {
  const inside = (port: number): boolean =>
    model.ports.some(([first, last]) => port >= first && port <= last);
  const edges = [...allows, ...denies].flatMap((policy) =>
    (policy.model.ports ?? []).flatMap(([first, last]) => [first, last + 1]),
  );
  return [...new Set([...model.ports.map(([first]) => first), ...edges.filter(inside)])];
}
