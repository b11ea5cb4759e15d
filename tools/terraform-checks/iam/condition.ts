import { type IamConditions, many, type AwsRequest } from './document.ts';
import { fits, fitsArn, substituted, valuesOf } from './pattern.ts';

type Compare = (wanted: string, found: string) => boolean;

const number = (compare: (a: number, b: number) => boolean): Compare => {
  return (wanted, found) => compare(Number(found), Number(wanted));
};
const date = (compare: (a: number, b: number) => boolean): Compare => {
  const at = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (wanted, found) => compare(at(found), at(wanted));
};

/** How each operator compares a value that is wanted with one that is found. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, found) => wanted === found,
  StringEqualsIgnoreCase: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
  StringLike: fits,
  ArnEquals: fitsArn,
  ArnLike: fitsArn,
  Bool: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
  IpAddress: inPrefix,
  NumericEquals: number((a, b) => a === b),
  NumericLessThan: number((a, b) => a < b),
  NumericLessThanEquals: number((a, b) => a <= b),
  NumericGreaterThan: number((a, b) => a > b),
  NumericGreaterThanEquals: number((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
};

/** Operators that say what must not be, and what they deny. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Whether every condition holds. @throws where an operator is not one that is known here */
export function matchesConditions(conditions: IamConditions | undefined, request: AwsRequest): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holdsOne(operator, key, many(values).map(String), request)),
  );
}

function holdsOne(operator: string, key: string, wanted: readonly string[], request: AwsRequest): boolean {
  const [, set, name, maybe] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const found = valuesOf(request, key);
  if (name === 'Null') return wanted.includes(String(found === undefined || found.length === 0));
  const negated = name !== undefined && name in NEGATED;
  const compare = OPERATORS[negated ? NEGATED[name]! : (name ?? '')];
  if (!compare) throw new Error(`the evaluator does not know the operator ${operator}`);
  if (found === undefined || found.length === 0) return missing(set, negated, maybe !== undefined);
  const patterns = wanted.flatMap((one) => substituted(one, request) ?? []);
  const good = (value: string): boolean => patterns.some((one) => compare(one, value)) !== negated;
  if (set === 'ForAllValues') return found.every(good);
  return set === 'ForAnyValue' ? found.some(good) : good(found[0]!);
}

/** A key that the request does not have: AWS decides by the operator alone. */
function missing(set: string | undefined, negated: boolean, ifExists: boolean): boolean {
  if (set === 'ForAllValues') return true;
  return set === 'ForAnyValue' ? ifExists : negated || ifExists;
}

function inPrefix(prefix: string, address: string): boolean {
  const [network, bits = '32'] = prefix.split('/');
  const numeric = (text: string): number =>
    text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numeric(network!) / size) === Math.floor(numeric(address) / size);
}
