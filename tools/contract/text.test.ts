import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { brief, jsonIn, printable, storable } from './text.ts';

const test = suite('contract: texts that others wrote');

test('what a terminal or a workflow would obey is not passed on', () => {
  assert.is(printable('a\u001b[31mb\r\n::error::c\u202ed'), 'a [31mb ::error::c d');
  assert.is(printable('\ud800'), '\ufffd');
});

test('a reason fits into an entry, whatever it is', () => {
  assert.is(brief('  no memory\n'), 'no memory');
  assert.is(brief('\u0000'), 'no reason given');
  assert.is(brief('x'.repeat(1000)).length, 200);
  assert.ok(Buffer.byteLength(JSON.stringify(brief('"'.repeat(1000)))) <= 300);
  assert.ok(brief('\u{1f600}'.repeat(1000)).isWellFormed());
});

test('a reason fits into an ack, and the store replaces nothing in it', () => {
  assert.is(storable('{{{{secret}}').includes('{{'), false);
  assert.is(storable('x'.repeat(1000)).length, 450);
});

test('what is not JSON is nothing, and a defect is not taken for that', () => {
  assert.equal(jsonIn('{"a":1}'), { a: 1 });
  assert.is(jsonIn('{'), undefined);
  assert.throws(() => jsonIn(Symbol('a') as unknown as string), TypeError);
});

test.run();
