import * as assert from 'uvu/assert';
import { StoreFault } from '../fault.ts';
import type { Parameter, ParameterStore } from '../store.ts';

/** A store under test, and the same one through the bare official client. */
export interface StoreUnderTest {
  store: ParameterStore;
  /** Sends one command of the official client by its name: `PutParameter`. */
  raw(operation: string, input: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** One promise of AWS's Parameter Store that this project relies on. */
interface StorePromise {
  name: string;
  /** `at` is a path of its own, without a slash at its end. */
  hold(subject: StoreUnderTest, at: string): Promise<void>;
}

/** All of them; each is held against every store the project runs on. */
export const PROMISES: readonly StorePromise[] = [
  {
    name: 'a name is created once, and what was there stays',
    async hold({ store }, at) {
      assert.is(await store.create(`${at}/a`, 'first'), 'created');
      assert.is(await store.create(`${at}/a`, 'second'), 'exists');
      assert.is((await store.get([`${at}/a`])).get(`${at}/a`)?.value, 'first');
    },
  },
  {
    name: 'of twenty racers exactly one creates the name, and its value is there',
    async hold({ store }, at) {
      const racers = Array.from({ length: 20 }, (_, racer) => store.create(`${at}/race`, `racer ${racer}`));
      const told = await Promise.all(racers);
      assert.equal(told.filter((answer) => answer === 'created').length, 1);
      assert.is(
        (await store.get([`${at}/race`])).get(`${at}/race`)?.value,
        `racer ${told.indexOf('created')}`,
      );
    },
  },
  {
    name: 'put creates and overwrites, counting versions',
    async hold({ store }, at) {
      await store.put(`${at}/head`, '1');
      await store.put(`${at}/head`, '2');
      const head = (await store.get([`${at}/head`])).get(`${at}/head`);
      assert.is(head?.value, '2');
      assert.is(head?.version, 2);
      assert.ok(Math.abs((head?.modified.getTime() ?? 0) - Date.now()) < 60_000);
    },
  },
  {
    name: 'names that do not exist are absent',
    async hold({ store }, at) {
      await store.put(`${at}/there`, 'x');
      assert.equal([...(await store.get([`${at}/missing`, `${at}/there`])).keys()], [`${at}/there`]);
      assert.is((await store.get([`${at}/missing`])).size, 0);
      assert.is((await store.get([])).size, 0);
    },
  },
  {
    name: 'any number of names are read, repetitions once',
    async hold({ store }, at) {
      const names = numbered(at, 23);
      for (const name of names) await store.create(name, name);
      const found = await store.get([...names, ...names]);
      assert.is(found.size, 23);
      for (const name of names) assert.is(found.get(name)?.value, name);
    },
  },
  {
    name: 'everything below a path is listed, at any depth and over several pages',
    async hold({ store }, at) {
      const names = [...numbered(`${at}/a`, 12), ...numbered(`${at}/a/b/c/d`, 13)];
      for (const name of names) await store.create(name, name);
      await store.create(`${at}/ab`, 'begins alike and is beside');
      const listed = await all(store.list(`${at}/a`));
      assert.equal(listed.map(({ name }) => name).sort(), [...names].sort());
      for (const { name, value } of listed) assert.is(value, name);
    },
  },
  {
    name: 'a path with nothing below it lists nothing',
    async hold({ store }, at) {
      await store.put(`${at}/leaf`, 'x');
      assert.equal(await all(store.list(`${at}/leaf`)), []);
      assert.equal(await all(store.list(`${at}/missing`)), []);
    },
  },
  {
    name: 'a listing that is not recursive leaves out what is deeper',
    async hold({ store, raw }, at) {
      await store.put(`${at}/near`, 'x');
      await store.put(`${at}/deep/er`, 'x');
      const { Parameters } = await raw('GetParametersByPath', { Path: at });
      assert.equal(
        (Parameters as { Name: string }[]).map(({ Name }) => Name),
        [`${at}/near`],
      );
    },
  },
  {
    name: 'any number of names are removed, and missing ones are no error',
    async hold({ store, raw }, at) {
      const names = numbered(at, 15);
      for (const name of names) await store.create(name, 'x');
      await store.remove([...names.slice(1), ...names.slice(1), `${at}/missing`]);
      assert.equal([...(await store.get(names)).keys()], [names[0]]);
      const { DeletedParameters, InvalidParameters } = await raw('DeleteParameters', {
        Names: [names[0], names[1]],
      });
      assert.equal([DeletedParameters, InvalidParameters], [[names[0]], [names[1]]]);
    },
  },
  {
    name: 'a value of 4,096 characters is kept to the letter, and one more is refused',
    async hold({ store }, at) {
      const value = 'ab+/=09Z'.repeat(512);
      await store.create(`${at}/full`, value);
      assert.is((await store.get([`${at}/full`])).get(`${at}/full`)?.value, value);
      await refused(store.create(`${at}/over`, `${value}x`), 'ValidationException');
      await refused(store.put(`${at}/full`, `${value}x`), 'ValidationException');
      assert.is((await store.get([`${at}/full`])).get(`${at}/full`)?.value, value);
    },
  },
  {
    name: 'values are kept to the letter: spaces, line ends, quotes, other scripts',
    async hold({ store }, at) {
      const value = ' {"a": "b\\n"}\r\n\t\u00e9\u4e16\u{1f512} \u2028 }{ { { ';
      await store.create(`${at}/odd`, value);
      assert.is((await store.get([`${at}/odd`])).get(`${at}/odd`)?.value, value);
    },
  },
  {
    name: 'an empty value is refused',
    async hold({ store }, at) {
      await refused(store.create(`${at}/empty`, ''), 'ValidationException');
    },
  },
  {
    name: 'a value with a reference in double braces is refused',
    async hold({ store }, at) {
      await refused(store.create(`${at}/nested`, 'see {{ssm:other}}'), 'ValidationException');
    },
  },
  {
    name: 'fifteen levels are a name, sixteen are not',
    async hold({ store }, at) {
      const levels = (count: number) => `${at}${'/x'.repeat(count - at.split('/').length + 1)}`;
      assert.is(await store.create(levels(15), 'x'), 'created');
      await refused(store.create(levels(16), 'x'), 'HierarchyLevelLimitExceededException');
    },
  },
  {
    name: 'names of other characters, or with a reserved beginning, are refused',
    async hold({ store }, at) {
      for (const name of [`${at}/sp ace`, `${at}/a//b`, `${at}/a@b`, '/ssm/x', 'awsome'])
        await refused(store.create(name, 'x'), 'ValidationException');
    },
  },
  {
    name: 'names differ by case',
    async hold({ store }, at) {
      await store.create(`${at}/name`, 'lower');
      assert.is(await store.create(`${at}/NAME`, 'upper'), 'created');
    },
  },
  {
    name: 'the official client sees the exceptions by their names',
    async hold({ raw, store }, at) {
      await store.create(`${at}/a`, 'x');
      await thrown(raw('GetParameter', { Name: `${at}/missing` }), 'ParameterNotFound');
      await thrown(raw('DeleteParameter', { Name: `${at}/missing` }), 'ParameterNotFound');
      await thrown(raw('GetParameterHistory', { Name: `${at}/missing` }), 'ParameterNotFound');
      await thrown(
        raw('PutParameter', { Name: `${at}/a`, Value: 'y', Type: 'String' }),
        'ParameterAlreadyExists',
      );
      await thrown(raw('PutParameter', { Name: `${at}/b`, Value: 'y' }), 'ValidationException');
    },
  },
  {
    name: 'more than ten names in a call are refused',
    async hold({ raw }, at) {
      await thrown(raw('GetParameters', { Names: numbered(at, 11) }), 'ValidationException');
      await thrown(raw('GetParametersByPath', { Path: at, MaxResults: 11 }), 'ValidationException');
    },
  },
  {
    name: 'more than ten names in a removal are refused',
    async hold({ raw }, at) {
      await thrown(raw('DeleteParameters', { Names: numbered(at, 11) }), 'ValidationException');
    },
  },
  {
    name: 'GetParameters names those that do not exist',
    async hold({ store, raw }, at) {
      await store.create(`${at}/a`, 'x');
      const { Parameters, InvalidParameters } = await raw('GetParameters', {
        Names: [`${at}/a`, `${at}/missing`],
      });
      assert.is((Parameters as unknown[]).length, 1);
      assert.equal(InvalidParameters, [`${at}/missing`]);
    },
  },
  {
    name: 'a parameter tells its type, version, date and ARN',
    async hold({ store, raw }, at) {
      await store.create(`${at}/a`, 'x');
      const { Parameter: one } = (await raw('GetParameter', { Name: `${at}/a` })) as {
        Parameter: SdkParameter;
      };
      assert.equal(
        [one.Name, one.Type, one.Value, one.Version, one.DataType],
        [`${at}/a`, 'String', 'x', 1, 'text'],
      );
      assert.instance(one.LastModifiedDate, Date);
      assert.match(one.ARN, /^arn:aws[^:]*:ssm:[^:]+:\d{12}:parameter\/.+\/a$/);
    },
  },
  {
    name: 'the newest hundred versions are kept',
    async hold({ store, raw }, at) {
      for (let write = 1; write <= 102; write += 1) await store.put(`${at}/a`, String(write));
      const versions: number[] = [];
      let NextToken: unknown;
      do {
        const page = await raw('GetParameterHistory', {
          Name: `${at}/a`,
          MaxResults: 50,
          ...(NextToken ? { NextToken } : {}),
        });
        for (const { Version, Value } of page.Parameters as SdkParameter[]) {
          assert.is(Value, String(Version));
          versions.push(Version);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      assert.equal([versions.length, Math.min(...versions), Math.max(...versions)], [100, 3, 102]);
    },
  },
  {
    name: 'a token of another listing is refused',
    async hold({ raw }, at) {
      await thrown(raw('GetParametersByPath', { Path: at, NextToken: 'nonsense' }), 'InvalidNextToken');
    },
  },
];

interface SdkParameter {
  Name: string;
  Type: string;
  Value: string;
  Version: number;
  DataType: string;
  ARN: string;
  LastModifiedDate: Date;
}

function numbered(path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${path}/${index}`);
}

async function all(listing: AsyncIterable<Parameter>): Promise<Parameter[]> {
  const found: Parameter[] = [];
  for await (const parameter of listing) found.push(parameter);
  return found;
}

/** Holds that a call of the store is refused, with the store's own word for it. */
async function refused(call: Promise<unknown>, code: string): Promise<void> {
  const error = await failure(call);
  assert.instance(error, StoreFault);
  assert.is((error as StoreFault).code, code);
}

/** Holds that a call of the bare client throws an exception of this name. */
async function thrown(call: Promise<unknown>, name: string): Promise<void> {
  assert.is((await failure(call)).name, name);
}

async function failure(call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, Error, 'it was not refused');
  return error as Error;
}
