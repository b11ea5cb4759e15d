/**
 * What CloudWatch's metric math makes of series, as far as our alarms use it ("Using math expressions with CloudWatch metrics",
 * Amazon CloudWatch user guide): arithmetic and comparisons, which have a value only where both sides have one, `FILL` and `IF`.
 */

/** One value for each period; undefined where the period has none. */
export type MetricSeries = readonly (number | undefined)[];

type Value = MetricSeries | number;

const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '>': (a, b) => Number(a > b), '<': (a, b) => Number(a < b), '>=': (a, b) => Number(a >= b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
];

/** What an expression comes to, period by period. @throws Error for what is none, or that is not known here */
export function evaluateMath(
  expression: string,
  series: Readonly<Record<string, MetricSeries>>,
): MetricSeries {
  const tokens = [...expression.matchAll(/\s*([A-Za-z]\w*|\d+(?:\.\d+)?|>=|[-+*/(),<>])/g)].map(
    ([, one]) => one!,
  );
  if (tokens.join('') !== expression.replace(/\s/g, '')) throw new Error(`cannot read: ${expression}`);
  const length = Math.max(...Object.values(series).map((one) => one.length));
  let at = 0;
  const take = (wanted: string): void => {
    if (tokens[at] !== wanted) throw new Error(`expected ${wanted}, found ${tokens[at]} in: ${expression}`);
    at += 1;
  };
  const binary = (level: number): Value => {
    if (level === OPERATORS.length) return operand();
    let left = binary(level + 1);
    for (let make = OPERATORS[level]![tokens[at]!]; make; make = OPERATORS[level]![tokens[at]!]) {
      at += 1;
      left = both(left, binary(level + 1), make);
    }
    return left;
  };
  const operand = (): Value => {
    const token = tokens[at]!;
    at += 1;
    if (/^\d/.test(token)) return Number(token);
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (tokens[at] !== '(') {
      if (!series[token]) throw new Error(`there is no series ${token}: ${expression}`);
      return series[token];
    }
    return call(token, parameters());
  };
  const parameters = (): Value[] => {
    const found: Value[] = [];
    do {
      at += 1;
      found.push(binary(0));
    } while (tokens[at] === ',');
    take(')');
    return found;
  };
  const result = binary(0);
  if (at !== tokens.length) throw new Error(`${tokens[at]} is left over: ${expression}`);
  return seriesOf(result, length);
}

function call(name: string, given: Value[]): Value {
  const length = Math.max(...given.map((one) => (typeof one === 'number' ? 0 : one.length)));
  const [first, second, third] = given.map((one) => seriesOf(one, length));
  if (name === 'FILL') return first!.map((one, index) => one ?? second![index]);
  if (name !== 'IF') throw new Error(`${name} is not known here`);
  return first!.map((one, index) =>
    one === undefined ? undefined : one !== 0 ? second![index] : third![index],
  );
}

function both(left: Value, right: Value, make: (a: number, b: number) => number): Value {
  if (typeof left === 'number' && typeof right === 'number') return make(left, right);
  const length = typeof left === 'number' ? (right as MetricSeries).length : left.length;
  const [some, others] = [seriesOf(left, length), seriesOf(right, length)];
  return some.map((one, index) => {
    const other = others[index];
    return one === undefined || other === undefined ? undefined : make(one, other);
  });
}

function seriesOf(value: Value, length: number): MetricSeries {
  return typeof value === 'number' ? Array<number>(length).fill(value) : value;
}
