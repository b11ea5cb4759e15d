import * as assert from 'uvu/assert';
import { KINDS } from '../contract/kinds.ts';
import { suite } from '../testing/suite.ts';
import { line } from '../finding/finding.ts';
import { FORMATS, PATTERNS } from './schema/patterns.ts';
import {
  constraintsOf,
  nameOf,
  readSchemas,
  validator,
  without,
  type Constraint,
} from './testing/constraints.ts';
import { readExamples, type SchemaExample } from './testing/examples.ts';

// slow: over 5 s
const test = suite('load: an example for every constraint');
const schemas = readSchemas();
const constraints = [...constraintsOf(schemas).values()];
const examples = readExamples();
const valid = examples.filter((one) => one.valid);
const invalid = examples.filter((one) => !one.valid);

const FOR_SPEED =
  'the reference beside it asks for text too; with it, ajv compares items by hash, not each with each';

const IN_LISTS = 'only lists refer to it, and they ask for text themselves, as above';

const BY_CHOICE = 'its `oneOf` refuses whatever is no object too, but in words about keys';

/** Constraints that no file can show, and why they are there all the same. */
const UNSHOWN: Readonly<Record<string, string>> = {
  'common#/$defs/serviceIds/items/type': FOR_SPEED,
  'common#/$defs/groupIds/items/type': FOR_SPEED,
  'common#/$defs/principals/items/type': FOR_SPEED,
  'common#/$defs/environmentIds/items/type': FOR_SPEED,
  'common#/$defs/later/items/type': FOR_SPEED,
  'environment#/$defs/ring/properties/components/items/type': FOR_SPEED,
  'policy#/$defs/when/properties/from/items/type': FOR_SPEED,
  'policy#/$defs/hours/properties/days/items/type': FOR_SPEED,
  'policy#/$defs/device/properties/os/items/type': FOR_SPEED,
  'common#/$defs/prefix/type': IN_LISTS,
  'common#/$defs/component/type': IN_LISTS,
  'access-test#/$defs/expectation/type': BY_CHOICE,
  'environment#/$defs/ring/type': BY_CHOICE,
  'connector#/$defs/subnet/type': BY_CHOICE,
  'connector#/if/required/0':
    'a connector without `runs` is refused anyway; it spares editors two more messages',
};

/** The examples that a constraint decides: invalid ones that pass without it, valid ones that then fail. */
function decided(constraint: Constraint): SchemaExample[] {
  const fits = validator(without(constraint, schemas));
  return (constraint.conditional ? valid : invalid)
    .filter(({ kind }) => constraint.kinds.has(kind))
    .filter(({ kind, value }) => fits(kind, value) !== constraint.conditional);
}

test('every valid example is valid', () => {
  for (const { file, findings } of valid) assert.equal(findings.map(line), [], file);
  for (const { kind } of KINDS)
    assert.ok(
      valid.some((one) => one.kind === kind),
      kind,
    );
});

test('every invalid example has one finding, of the schema, in plain words', () => {
  const wrong = invalid.filter(({ findings }) => findings.length !== 1);
  assert.equal(
    wrong.map(({ file, findings }) => [file, findings.map(line)]),
    [],
  );
  for (const { file, findings } of invalid) {
    assert.match(findings[0]!.rule, /^schema-[a-zA-Z]+$/, file);
    assert.not.match(line(findings[0]!), /undefined|\[object|\\\\|\^\[|#\//, file);
  }
});

test('without a constraint, its example passes; each constraint has one', () => {
  const shown = new Map(constraints.map((one) => [nameOf(one), decided(one)]));
  const without = [...shown].filter(([, files]) => files.length === 0).map(([name]) => name);
  assert.equal(without.sort(), Object.keys(UNSHOWN).sort());
  const used = new Set([...shown.values()].flat());
  assert.equal(
    invalid.filter((one) => !used.has(one)).map(({ file }) => file),
    [],
    'examples that show nothing',
  );
  const conditional = constraints.filter((one) => one.conditional).length;
  console.log(
    `${constraints.length} constraints (${conditional} conditions), ${invalid.length} invalid examples, ` +
      `${valid.length} valid ones, ${Object.keys(UNSHOWN).length} that no file can show`,
  );
});

test('every pattern and format has words, and no words are left over', () => {
  const used = (key: string): string[] =>
    constraints
      .filter(({ steps }) => steps.at(-1) === key)
      .map(
        ({ file, steps }) =>
          steps.reduce((node, step) => node[step], schemas.get(file)!) as unknown as string,
      );
  assert.equal([...new Set(used('pattern'))].sort(), Object.keys(PATTERNS).sort());
  assert.equal([...new Set(used('format'))].sort(), Object.keys(FORMATS).sort());
});

test.run();
