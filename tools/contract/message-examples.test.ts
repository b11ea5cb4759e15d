import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { validateAnnouncement, validateBecause, type Validator } from './generated/validators.ts';

const test = suite('examples of what messages carry');

const EXAMPLES = fileURLToPath(new URL('../../schemas/examples/', import.meta.url));

/** Of each example of a message, whether its validator takes it. */
function verdicts(kind: string, folder: string, validate: Validator<unknown>): Record<string, boolean> {
  const home = `${EXAMPLES}${kind}/${folder}`;
  const read = (name: string): unknown => JSON.parse(readFileSync(`${home}/${name}`, 'utf8'));
  return Object.fromEntries(readdirSync(home).map((name) => [name, validate(read(name))]));
}

for (const [kind, validate] of [
  ['because', validateBecause],
  ['announcement', validateAnnouncement],
] as const) {
  test(`${kind}: the valid ones fit the schema, the invalid ones do not`, () => {
    const [valid, invalid] = [verdicts(kind, 'valid', validate), verdicts(kind, 'invalid', validate)];
    assert.is(Object.keys(valid).length, 3);
    assert.is(Object.keys(invalid).length, 4);
    assert.equal(
      Object.entries(valid).filter(([, fits]) => !fits),
      [],
    );
    assert.equal(
      Object.entries(invalid).filter(([, fits]) => fits),
      [],
    );
  });
}

test.run();
