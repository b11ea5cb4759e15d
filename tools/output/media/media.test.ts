import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { capitalized, cell, code, GAP, name, place, prose, say } from '../../contract/sentence.ts';
import { inColumns, visible } from '../../contract/visible.ts';
import { suite } from '../../testing/suite.ts';
import { markdown } from './markdown.ts';
import { plain, terminal } from './text.ts';
import { workflowCommand } from './workflow-command.ts';

const test = suite('output: a sentence in each medium');

const SENTENCE = say`${name('ann@example.com')} gains ${code('wiki')}, ${prose('daily 08:00-19:00')}${GAP}${place({ file: 'a.yaml', line: 7, side: 'before' })}`;

test('one sentence, as each medium shows it', () => {
  const pageOf = ({ file, line, side }: { file: string; line: number; side: string }): string =>
    `https://example.com/${side}/${file}#${line}`;
  assert.is(plain(SENTENCE), 'ann@example.com gains `wiki`, daily 08:00-19:00   a.yaml:7');
  assert.is(terminal(SENTENCE), plain(SENTENCE));
  assert.is(
    markdown(SENTENCE, pageOf),
    '`ann@example.com` gains `wiki`, daily 08:00-19:00 &nbsp; [`a.yaml:7`](https://example.com/before/a.yaml#7)',
  );
  assert.is(markdown([place({ file: 'a.yaml', line: 7 })]), '`a.yaml:7`');
  assert.is(plain(capitalized(say`${prose('live')}: ${2} people`)), 'Live: 2 people');
});

test('what is no literal of ours cannot be put into a sentence without saying what it is', () => {
  const written: string = 'ann';
  // @ts-expect-error a text that another person wrote
  say`${written} gains`;
  const verb = ['gains', 'gain'][0] as 'gains' | 'gain';
  assert.is(plain(say`ann ${verb}`), 'ann gains');
});

const COMMANDS = [
  '\u001b[2Jgone',
  '\u009b31mred',
  'a\r\nb\tc',
  '\u202egnp.exe',
  '##[error]no',
  '::error::no',
  '\ud800',
];

test('no text commands a terminal, nor the runner that reads its log', () => {
  const verify = (text: string): void => {
    for (const piece of [name(text), code(text), prose(text), place({ file: text, line: 1 })]) {
      for (const line of [terminal([piece]), terminal(say`  ${piece}`), terminal([cell([piece])])]) {
        assert.not.match(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, JSON.stringify(text));
        assert.not.match(line, /^\s*::|##\[/, JSON.stringify(text));
      }
    }
  };
  COMMANDS.forEach(verify);
  const parts = fc.array(fc.oneof(fc.constantFrom(...COMMANDS, ':', '#', '[', ' '), fc.string()));
  fc.assert(
    fc.property(parts, (list) => verify(list.join(''))),
    { seed: 1, numRuns: 1000 },
  );
  assert.is(terminal([prose('\u001b[2J')]), '\\u001b[2J');
  assert.is(terminal([name('2001:db8::1')]), '2001:db8::1');
  assert.is(inColumns('a\u001bb\tc\u202e'), 'a\ufffdb\tc\ufffd');
  assert.is(visible('a\u{e0001}b'), 'a\\ue0001b');
});

test('a cell of a table stays one cell', () => {
  assert.is(markdown(say`| ${cell([prose('a|b')])} |`), '| `a\\|b` |');
});

test('a property or a message ends no workflow command and begins none', () => {
  assert.is(
    workflowCommand('error', { file: 'a,b:c%.yaml', line: 3 }, '100 %\n::error::no\u202e'),
    '::error file=a%2Cb%3Ac%25.yaml,line=3::100 %25 ::error::no\\u202e',
  );
});

test.run();
