import common from '../../../schemas/common.schema.json' with { type: 'json' };
import { Fault } from '../../../tools/contract/fault.ts';
import { instantText, parseInstant } from '../../../tools/access/values/time-zone.ts';
import { type Request, validateRequest } from '../../../tools/contract/shapes.ts';
import { MOST, PAGE, type PageAsked } from '../model/page.ts';
import type { WhatIfFacts } from '../model/matrix.ts';

/** A parameter of an operation, as OpenAPI describes it. */
export interface ApiParameter {
  name: string;
  in: 'query' | 'path';
  required: boolean;
  description: string;
  schema: Readonly<Record<string, unknown>>;
}

/** The values of an operation's parameters, by name. */
export type ParameterValues = ReadonlyMap<string, string>;

const text = (maxLength: number, pattern?: string) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  ...(pattern !== undefined && { pattern }),
});
const ID = text(63, '^[a-z][a-z0-9-]{0,62}$');
const NAME = text(254, '^[ -~]+$');
/** As the schemas have it. */
const { description: _, ...PRINCIPAL_NAME } = common.$defs.principal;

const parameter = (name: string, description: string, schema: ApiParameter['schema']): ApiParameter => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const required = (one: ApiParameter): ApiParameter => ({ ...one, required: true });
const inPath = (one: ApiParameter): ApiParameter => ({ ...one, in: 'path', required: true });

const number = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const SEQUENCE = number(1, 999_999_999_999);

export const ENV = parameter('env', 'The environment; the first when omitted.', ID);
export const SERVICE = parameter('service', 'Only this service.', ID);
export const PRINCIPAL = parameter('principal', 'Only this person or machine.', PRINCIPAL_NAME);
export const PAGING = [
  parameter('search', 'Only what contains this.', text(100)),
  parameter('cursor', 'Where the page begins, as the page before says.', text(400, '^[A-Za-z0-9_-]+$')),
  parameter('limit', `At most so many; ${PAGE} when omitted.`, number(1, MOST)),
];
const OS = ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows'];
const TRUTH = { type: 'string', enum: ['true', 'false'] };
export const FACTS = [
  parameter('at', 'When; the present when omitted.', text(40)),
  parameter('from', 'The source address; unknown when omitted.', text(60)),
  parameter('managed', 'Whether the company manages the device; unknown when omitted.', TRUTH),
  parameter('os', 'The operating system; unknown when omitted.', { type: 'string', enum: OS }),
  parameter('diskEncrypted', 'Whether the disk is encrypted; unknown when omitted.', TRUTH),
];
export const LIMIT = PAGING[2]!;
export const WHO = parameter('principal', 'Who asks.', PRINCIPAL_NAME);
export const WITHOUT_CERTIFICATE = parameter('withoutCertificate', 'In place of a principal.', {
  type: 'string',
  enum: ['true'],
});
export const WHAT = required(parameter('service', 'Which service.', ID));
export const PORT = required(parameter('port', 'The port, or icmp.', text(5, '^([1-9][0-9]{0,4}|icmp)$')));
export const FOCUS = required(parameter('focus', 'A name or an id, perhaps after its kind: group/x.', NAME));
export const FROM_ENTRY = required(parameter('from', 'The sequence of the earlier entry.', SEQUENCE));
export const TO_ENTRY = required(parameter('to', 'The sequence of the later entry.', SEQUENCE));
export const ID_IN_PATH = inPath(parameter('id', 'Its id.', ID));
export const NAME_IN_PATH = inPath(parameter('name', 'Its name.', PRINCIPAL_NAME));
export const SEQUENCE_IN_PATH = inPath(parameter('sequence', 'Its sequence.', SEQUENCE));

/** Reads parameters, each held to its schema. @throws Fault for one that does not fit, or is not there */
export function read(
  parameters: readonly ApiParameter[],
  valueOf: (parameter: ApiParameter) => readonly string[],
): ParameterValues {
  const values = new Map<string, string>();
  for (const one of parameters) {
    const [value, ...more] = valueOf(one);
    if (more.length > 0) throw new Fault(`${one.name} is there twice`, 'give it once');
    if (value === undefined) {
      if (one.required) throw new Fault(`${one.name} is missing`, one.description);
      continue;
    }
    if (!fits(value, one.schema)) throw new Fault(`${one.name} is not as it must be`, one.description);
    values.set(one.name, value);
  }
  return values;
}

function fits(value: string, schema: ApiParameter['schema']): boolean {
  const {
    type,
    minimum = 0,
    maximum = Infinity,
    enum: words,
    pattern,
    minLength = 0,
    maxLength = 1e6,
  } = schema as Record<string, never>;
  if (type === 'integer')
    return /^(0|[1-9][0-9]{0,14})$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
  if (words) return (words as readonly string[]).includes(value);
  const { length } = [...value];
  return length >= minLength && length <= maxLength && (!pattern || new RegExp(pattern, 'u').test(value));
}

/** Which page is asked for. */
export function pageAsked(values: ParameterValues, limit = PAGE): PageAsked {
  return {
    cursor: values.get('cursor'),
    search: values.get('search'),
    limit: Number(values.get('limit') ?? limit),
  };
}

/** The facts of a "what if"; undefined where none is given. @throws Fault for one that cannot be read */
export function givenIn(values: ParameterValues, now: number): WhatIfFacts | undefined {
  if (FACTS.every(({ name }) => !values.has(name))) return undefined;
  const { at, from, device } = factsIn(values, now);
  return { at: at!, ...(from !== undefined && { from }), ...(device && { device }) };
}

/** The request that is to be explained. @throws Fault where it is none */
export function requestIn(values: ParameterValues, environment: string, now: number): Request {
  const port = values.get('port')!;
  const unnamed = values.has('withoutCertificate');
  if (unnamed === values.has('principal'))
    throw new Fault('whom?', 'give either principal or withoutCertificate');
  return verified({
    ...(unnamed ? { withoutCertificate: true } : { principal: values.get('principal')! }),
    service: values.get('service')!,
    environment,
    port: port === 'icmp' ? 'icmp' : Number(port),
    ...factsIn(values, now),
  });
}

function factsIn(values: ParameterValues, now: number): Pick<Request, 'at' | 'from' | 'device'> {
  // As a command takes them, and says them again.
  const device = Object.fromEntries(
    ['managed', 'os', 'diskEncrypted'].flatMap((name) =>
      values.has(name) ? [[name, values.get(name)!]] : [],
    ),
  );
  const facts = {
    at: values.get('at') ?? instantText(now),
    ...(values.has('from') && { from: values.get('from')! }),
    ...(Object.keys(device).length > 0 && { device }),
  };
  // The rest of a request that stands for any, so that the facts are read by the one reader there is.
  const {
    at,
    from,
    device: read,
  } = verified({
    ...{ withoutCertificate: true as const, service: 'any', environment: 'any', port: 1 },
    ...facts,
  });
  return {
    at: instantText(parseInstant(at!)),
    ...(from !== undefined && { from }),
    ...(read && { device: read }),
  };
}

function verified(request: Request): Request {
  if (validateRequest(request)) return request;
  const where = validateRequest.errors?.[0]?.instancePath.slice(1).split('/')[0] || 'the request';
  throw new Fault(`${where} is not as it must be`, 'see /api/v1/openapi.json');
}
