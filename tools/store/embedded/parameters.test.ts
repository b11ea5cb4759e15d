import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { type ParameterChange, Parameters } from './parameters.ts';

const test = suite('embedded store: parameters');

function put(name: string, version = 1, at = 0): ParameterChange {
  return { put: { name, type: 'String', value: `${name} ${version}`, version, at } };
}

function filled(names: readonly string[]): Parameters {
  const parameters = new Parameters();
  for (const name of names) parameters.apply(put(name));
  return parameters;
}

test('keeps names sorted, whatever the order of creation', () => {
  const parameters = filled(['/b', '/a/c', '/a', '/a/b', '/a.', '/B']);
  assert.equal([...parameters.under('/')], ['/B', '/a', '/a.', '/a/b', '/a/c', '/b']);
  assert.equal([...parameters.under('/a/')], ['/a/b', '/a/c']);
  assert.equal([...parameters.under('/a/', '/a/b')], ['/a/c']);
});

test('a listing goes on where it was although its last name has been removed since', () => {
  const parameters = filled(['/a/1', '/a/2', '/a/3']);
  parameters.apply({ remove: '/a/2', at: 0 });
  assert.equal([...parameters.under('/a/', '/a/2')], ['/a/3']);
});

test('bars a removed name for thirty seconds', () => {
  const parameters = filled(['/a']);
  parameters.apply({ remove: '/a', at: 1000 });
  assert.ok(parameters.barred('/a', 1000 + 29_999));
  assert.not(parameters.barred('/a', 1000 + 30_000));
  assert.not(parameters.barred('/b', 1000));
});

test('its changes make the same state again, and are as many as it says', () => {
  const parameters = filled(['/c', '/a', '/b']);
  for (let version = 2; version <= 120; version += 1) parameters.apply(put('/a', version));
  parameters.apply({ remove: '/b', at: 5 });
  const changes = [...parameters.changes()];
  assert.is(changes.length, parameters.records);
  assert.is(parameters.records, 102);
  const copy = new Parameters();
  for (const change of changes) copy.apply(change);
  assert.equal([...copy.under('/')], ['/a', '/c']);
  assert.equal(copy.history('/a'), parameters.history('/a'));
  assert.ok(copy.barred('/b', 6));
  assert.is(copy.records, parameters.records);
});

test.run();
