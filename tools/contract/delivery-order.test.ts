import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { deliveryWaves, inDeliveryOrder, type DeliveryPosition } from './delivery-order.ts';

const test = suite('the order of delivery');
const waves = (...environments: DeliveryPosition[]): string[][] =>
  deliveryWaves(environments).map((wave) => wave.map(({ id }) => id));

test('each comes after those that it names, whatever their names', () => {
  const all = [{ id: 'a', after: ['b'] }, { id: 'b', after: ['c'] }, { id: 'c' }];
  assert.equal(waves(...all), [['c'], ['b'], ['a']]);
  assert.equal(
    inDeliveryOrder(all).map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});

test('those that wait for the same come side by side', () => {
  assert.equal(waves({ id: 'x' }, { id: 'south', after: ['x'] }, { id: 'north', after: ['x'] }), [
    ['x'],
    ['north', 'south'],
  ]);
});

test('the first is one alone, rather one that is not production', () => {
  assert.equal(waves({ id: 'a' }, { id: 'b', production: false }, { id: 'c' }), [['b'], ['a', 'c']]);
  assert.equal(waves({ id: 'b' }, { id: 'a' }), [['a'], ['b']]);
});

test('each once, also where names are unknown or go round', () => {
  assert.equal(waves({ id: 'a', after: ['nowhere'] }), [['a']]);
  assert.equal(waves({ id: 'a', after: ['b'] }, { id: 'b', after: ['a'] }, { id: 'c' }), [['c'], ['a', 'b']]);
  assert.equal(waves({ id: 'a', after: ['a'] }), [['a']]);
  assert.equal(waves(), []);
});

test.run();
