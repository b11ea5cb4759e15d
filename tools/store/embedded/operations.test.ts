import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { LIMITS } from '../../contract/limits.ts';
import type { RequestMembers } from './validation.ts';
import { OPERATIONS, type OperationContext } from './operations.ts';
import { Parameters } from './parameters.ts';
import { AwsError } from './aws-error.ts';

const test = suite('embedded store: operations');

/** The operations over parameters that are only in memory. */
function memory() {
  const parameters = new Parameters();
  const context: OperationContext = {
    parameters,
    change: (change) => parameters.apply(change),
    now: () => 0,
  };
  return (operation: string, input: RequestMembers) =>
    OPERATIONS[operation]?.run(input, context) as Record<string, unknown>;
}

interface Page {
  Parameters: { Name: string }[];
  NextToken?: string;
}

function pages(ask: ReturnType<typeof memory>, input: RequestMembers): Page[] {
  const all: Page[] = [];
  for (let NextToken: string | undefined; ;) {
    const page = ask('GetParametersByPath', { ...input, ...(NextToken && { NextToken }) }) as unknown as Page;
    all.push(page);
    NextToken = page.NextToken;
    if (!NextToken) return all;
  }
}

function rejected(type: string) {
  return (error: unknown) => error instanceof AwsError && error.type === type;
}

test('a path or a name that is none is refused at once, however long it is', () => {
  const ask = memory();
  for (const Path of [`/${'a'.repeat(5000)}!`, `/${'a/'.repeat(500)}!`, `/${'a'.repeat(40)}{`]) {
    const from = performance.now();
    assert.throws(() => ask('GetParametersByPath', { Path }), rejected('ValidationException'));
    assert.throws(() => ask('GetParameters', { Names: [Path] }), rejected('ValidationException'));
    assert.ok(performance.now() - from < 200, Path);
  }
  for (const Path of ['/', '/a', '/a/', '/a/b.c/d-e_f', '/a/b/'])
    assert.equal(ask('GetParametersByPath', { Path }), { Parameters: [] });
  for (const Path of ['a', '', '//', '/a//b', '/a//'])
    assert.throws(() => ask('GetParametersByPath', { Path }), rejected('ValidationException'));
});

test('holds 10,000 names and not one more, and lists each once', () => {
  const ask = memory();
  const names = Array.from({ length: LIMITS.parametersPerAccount }, (_, nth) => `/full/${nth % 7}/${nth}`);
  for (const Name of names) ask('PutParameter', { Name, Value: 'x', Type: 'String' });
  assert.throws(
    () => ask('PutParameter', { Name: '/full/over', Value: 'x', Type: 'String' }),
    rejected('ParameterLimitExceeded'),
  );
  assert.is(ask('PutParameter', { Name: names[0], Value: 'y', Overwrite: true }).Version, 2);
  const listed = pages(ask, { Path: '/full', Recursive: true }).flatMap(({ Parameters: page }) => page);
  assert.equal(listed.map(({ Name }) => Name).sort(), [...names].sort());
});

test('pages may be empty and lead on', () => {
  const ask = memory();
  for (let nth = 0; nth < 2500; nth += 1)
    ask('PutParameter', { Name: `/a/b/${nth}`, Value: 'x', Type: 'String' });
  ask('PutParameter', { Name: '/a/last', Value: 'x', Type: 'String' });
  const listed = pages(ask, { Path: '/a' });
  assert.equal(
    listed.map(({ Parameters: page }) => page.map(({ Name }) => Name)),
    [[], [], ['/a/last']],
  );
});

test('a token holds for its own path only', () => {
  const ask = memory();
  for (const Name of ['/a/1', '/a/2', '/b/1']) ask('PutParameter', { Name, Value: 'x', Type: 'String' });
  const { NextToken } = ask('GetParametersByPath', { Path: '/a', MaxResults: 1 });
  assert.type(NextToken, 'string');
  assert.throws(() => ask('GetParametersByPath', { Path: '/b', NextToken }), rejected('InvalidNextToken'));
  assert.throws(
    () => ask('GetParametersByPath', { Path: '/b', NextToken: 'bnVsbA' }),
    rejected('InvalidNextToken'),
  );
});

test('names in a call are answered once, however often they are given', () => {
  const ask = memory();
  ask('PutParameter', { Name: '/a', Value: 'x', Type: 'String' });
  const { Parameters: found, InvalidParameters } = ask('GetParameters', { Names: ['/a', '/b', '/a', '/b'] });
  assert.is((found as unknown[]).length, 1);
  assert.equal(InvalidParameters, ['/b']);
});

test.run();
