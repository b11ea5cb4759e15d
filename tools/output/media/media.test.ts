import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { capitalized, cell, code, GAP, name, place, prose, say } from '../../contract/sentence.ts';
import { jsonText, print, textBlock, textLine } from '../../contract/terminal-text.ts';
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

test('whatever is written goes through one place: text of another is refused by the compiler', () => {
  const written: string = '\u001b[2J';
  const out: string[] = [];
  const sink = { write: (text: string) => out.push(text) };
  // @ts-expect-error a text that nothing has cleaned
  print(sink, written);
  print(sink, textLine(written));
  assert.equal(out, [written, '\\u001b[2J\n']);
});

test('a block of another program keeps its lines, and none of them commands anybody', () => {
  assert.is(
    textBlock('a\n::error::b\n  ::add-mask::c\r\u001b[2K##[group]\n'),
    'a\n\\u003a:error::b\n  \\u003a:add-mask::c \\u001b[2K#\\u0023[group]\n',
  );
  assert.is(textBlock(''), '');
});

test('JSON says the same to whoever reads it, and nothing to a terminal or a runner', () => {
  const verify = (text: string): void => {
    const printed = jsonText({ [text]: [text] });
    assert.not.match(printed.trimEnd(), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##\[/u, JSON.stringify(text));
    assert.equal(JSON.parse(printed), JSON.parse(JSON.stringify({ [text]: [text] })));
  };
  [...COMMANDS, 'a\u{e0001}b', '\u2028'].forEach(verify);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), verify), { seed: 1, numRuns: 500 });
  assert.is(jsonText({ a: 1 }, 2), '{\n  "a": 1\n}\n');
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
