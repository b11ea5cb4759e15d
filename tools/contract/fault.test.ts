import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { Fault, faultText } from './fault.ts';

const test = suite('contract: a fault');

test('it says what is wrong, why and what to do, after the lines that say more', () => {
  const fault = new Fault('there is no service web', 'use one of: app', {
    why: 'it was removed',
    lines: ['a.yaml:1:1 x', 'b.yaml:2:1 y'],
    status: 1,
  });
  assert.is(
    faultText(fault),
    'a.yaml:1:1 x\nb.yaml:2:1 y\nthere is no service web: it was removed; use one of: app\n',
  );
  assert.is(fault.status, 1);
});

test('a question is followed by what to type, without a semicolon', () => {
  assert.is(faultText(new Fault('which environment?', 'add --env')), 'which environment? add --env\n');
});

test('what another wrote in it begins no line and commands nobody', () => {
  const fault = new Fault('no such key\n::error::gone\u001b[2J', 'look', {
    lines: ['::add-mask::a', 'b\n##[c]'],
  });
  assert.is(
    faultText(fault),
    '\\u003a:add-mask::a\nb #\\u0023[c]\nno such key ::error::gone\\u001b[2J; look\n',
  );
});

test('it ends a command with status 2 where nothing else is said', () => {
  const fault = new Fault('it cannot be done', 'do something else');
  assert.instance(fault, Error);
  assert.equal({ ...fault, text: faultText(fault) }.status, 2);
  assert.is(faultText(fault), 'it cannot be done; do something else\n');
  assert.not(fault.interrupted);
});

test.run();
