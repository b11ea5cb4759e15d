import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { Fault } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { withItem, withoutItems } from './yaml-list.ts';

const test = suite('propose: one item of a list');

const BLOCK = `# who pays
id: pay   # the id
members:
  # the first
  - ann@example.com   # since 2024
  - bob@example.com
groups: [a, b] # nested
`;

test('an item is added after the last, and every other byte stays', () => {
  assert.is(
    withItem(BLOCK, 'members', 'cem@example.com'),
    BLOCK.replace('  - bob@example.com\n', '  - bob@example.com\n  - cem@example.com\n'),
  );
  assert.is(withItem(BLOCK, 'groups', 'c'), BLOCK.replace('[a, b]', '[a, b, c]'));
  assert.is(withItem('id: a', 'members', 'yes'), 'id: a\nmembers:\n  - yes\n');
  assert.is(withItem('members: []\nid: a\n', 'members', 'b'), 'members: [b]\nid: a\n');
  assert.is(
    withItem('services:\n- { service: a, backend: "b:1" }', 'services', { service: 'c', backend: 'd:2' }),
    'services:\n- { service: a, backend: "b:1" }\n- { service: c, backend: d:2 }\n',
  );
});

test('an item is taken away with its line or its comma, and every other byte stays', () => {
  const is = (name: string) => (one: unknown) => one === name;
  assert.is(
    withoutItems(BLOCK, 'members', is('ann@example.com')),
    BLOCK.replace('  - ann@example.com   # since 2024\n', ''),
  );
  assert.is(withoutItems(BLOCK, 'groups', is('a')), BLOCK.replace('[a, b]', '[b]'));
  assert.is(withoutItems(BLOCK, 'groups', is('b')), BLOCK.replace('[a, b]', '[a]'));
  assert.equal(parse(withoutItems(BLOCK, 'members', () => true)), {
    ...{ id: 'pay', members: [], groups: ['a', 'b'] },
  });
});

test('an item of several lines goes whole', () => {
  const text = 'services:\n  - service: a\n    backend: x # old\n  - service: b\n    backend: y\nsize: 1\n';
  const gone = (name: string) => (one: unknown) => (one as { service: string }).service === name;
  assert.is(
    withoutItems(text, 'services', gone('a')),
    'services:\n  - service: b\n    backend: y\nsize: 1\n',
  );
  assert.is(
    withoutItems(text, 'services', gone('b')),
    'services:\n  - service: a\n    backend: x # old\nsize: 1\n',
  );
});

test('what cannot be edited is a fault', () => {
  for (const text of ['- a\n', 'members: ann\n', 'a: [b\n'])
    assert.throws(
      () => withItem(text, 'members', 'x'),
      (error: unknown) => error instanceof Fault,
    );
  assert.throws(() => withoutItems(BLOCK, 'members', () => false), /no such item/);
});

test('whatever the list, one more and one less are what they should be', () => {
  const words = fc.stringMatching(/^[a-z]{1,6}$/);
  const records = fc.record({ service: words, backend: fc.string() }, { noNullPrototype: true });
  const lists = fc.uniqueArray(fc.oneof(words, records), {
    minLength: 1,
    maxLength: 5,
    selector: (one) => JSON.stringify(one),
  });
  fc.assert(
    fc.property(lists, fc.string(), fc.nat(4), (list, added, at) => {
      const text = stringify({ id: 'a', list, last: 'z' }, { lineWidth: 0 });
      assert.equal(parse(withItem(text, 'list', { added })).list, [...list, { added }]);
      const one = JSON.stringify(list[at % list.length]);
      const without = parse(withoutItems(text, 'list', (item) => JSON.stringify(item) === one));
      assert.equal(without, {
        id: 'a',
        list: list.filter((_, index) => index !== at % list.length),
        last: 'z',
      });
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.run();
