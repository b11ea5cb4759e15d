import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { PROMISES, type StoreUnderTest } from './promises.ts';

/**
 * Runs every promise against a store, as one suite. `deviations` names promises that this store is known to break,
 * each with the reason: they must fail, so that the list cannot outlive its reasons.
 * @param root - a path below which nothing exists yet, such as `/contract/<run>`
 */
export function contract(
  title: string,
  root: string,
  open: () => Promise<StoreUnderTest>,
  deviations: Readonly<Record<string, string>> = {},
): void {
  const test = suite(title);
  let opened: Promise<StoreUnderTest> | undefined;
  for (const [index, { name, hold }] of PROMISES.entries())
    test(deviations[name] ? `known deviation: ${name}` : name, async () => {
      const subject = await (opened ??= open());
      const held = hold(subject, `${root}/${index}`);
      if (!deviations[name]) return await held;
      const broken = await held.then(
        () => false,
        () => true,
      );
      assert.ok(broken, `"${name}" holds here: take it off the list of deviations`);
    });
  test('every deviation named is one of the promises', () => {
    for (const name of Object.keys(deviations))
      assert.ok(
        PROMISES.some((promised) => promised.name === name),
        name,
      );
  });
  test.after(async () => (await opened)?.close());
  test.run();
}

/** What moto's server is known not to do as AWS does (seen with moto 5.2.5). */
export const MOTO_DEVIATIONS: Readonly<Record<string, string>> = {
  'a value of 4,096 characters is kept to the letter, and one more is refused': 'it has no limit on values',
  'a value with a reference in double braces is refused': 'it does not look into values',
  'fifteen levels are a name, sixteen are not': 'it has no limit on levels',
  'names of other characters, or with a reserved beginning, are refused':
    'it checks reserved beginnings only',
  'more than ten names in a removal are refused': 'it takes any number of names',
  'a token of another listing is refused': 'it answers a fault of its own, not InvalidNextToken',
};
