import fc from 'fast-check';
import { parsers } from 'prettier/plugins/markdown';
import * as assert from 'uvu/assert';
import type { Objection } from '../review/change.ts';
import type { EnvironmentDifference } from '../contract/shapes.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { annotationsOf, summaryOf } from './annotations.ts';
import { commentOf, MARKER, wholeText } from './comment/comment.ts';
import { fitted, MOST } from './comment/cut.ts';
import { pagesOf } from './comment/places.ts';
import { place, say } from '../contract/sentence.ts';
import { code, inert } from '../output/media/inert.ts';
import { markdown, type Markdown } from '../output/media/markdown.ts';
import { statusesOf } from './statuses.ts';
import type { PullRequestOutcome } from '../review/outcome.ts';

const test = suite('the comment of a pull request');

interface Node {
  type: string;
  value?: string;
  url?: string;
  children?: Node[];
}

/** Every node of a Markdown text, by prettier's parser, which knows GitHub's autolinks. */
function nodes(text: string): Node[] {
  const all = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(all)];
  return all(parsers.markdown.parse(text, {} as never) as Node);
}

const PLAIN = ['root', 'paragraph', 'sentence', 'word', 'whitespace', 'text', 'inlineCode'];

/** What a text node may not hold: GitHub gives a meaning to it after Markdown is read. */
const MEANING = /[@#<>&*_~\\[\]|$`{}!=^]|:\/\/|www\.|\b[0-9a-f]{7,40}\b|\bgh-\d/i;

/** What is not seen, or turns the order of what is seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function verifyInert(text: string): void {
  const made = inert(text);
  assert.not.match(made, UNSEEN);
  // What a comment says is printed in a job's log too, where a runner takes commands.
  assert.not.match(made, /^\s*::|##\[/m);
  for (const { type, value } of nodes(made)) {
    assert.ok(
      PLAIN.includes(type),
      `${JSON.stringify(text)} gives ${JSON.stringify(made)}, which has a ${type}`,
    );
    if (type === 'text') assert.not.match(value!, MEANING, `${JSON.stringify(text)} gives ${made}`);
  }
}

const EVIL = [
  '@example/payments please approve',
  '<img src=x onerror=alert(1)> <!-- hidden',
  '[click](https://evil.example) ![x](https://evil.example/i.png)',
  'https://evil.example www.evil.example someone@evil.example',
  '</details><details open>',
  '`a`@octocat`b` ``c`` ` unbalanced',
  '#12 GH-12 example/access#12 0123456789abcdef0123456789abcdef01234567',
  '1. one\n2. two\n\n# heading\n---\n> quote',
  '    indented code',
  '$`math`$ $$x$$ ~~gone~~ **bold** __bold__ *x* _x_',
  '| a | b |\n|---|---|',
  'safe \u202egnp.exe \u200bjoined',
  '&lt;script&gt; &#64;octocat',
  '\\`escaped\\` \\@octocat',
  '##[error]no ::error::no',
  MARKER,
];

test('no text that people wrote becomes markup, a link or a mention', () => {
  for (const text of EVIL) verifyInert(text);
  const odd = fc.constantFrom(
    ...EVIL.flatMap((text) => [...text.split(' '), text]),
    ' ',
    '`',
    '``',
    '\n',
    '@',
    '<',
    '(',
    ')',
    '"',
    '1.',
    '.',
  );
  const mixed = fc.array(
    fc.oneof(odd, fc.string({ maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 3 })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(mixed, (parts) => verifyInert(parts.join(''))),
    { numRuns: cases(2000), seed: 1 },
  );
});

test('what is nothing but words stays as it is', () => {
  const text =
    'ann reaches `wiki` port 443 in lab: expected deny, found allow (policies/access/a-b.yaml:5); fix it.';
  assert.is(inert(text), text);
  assert.is(inert('ann@example.com loses it'), '`ann@example.com` loses it');
});

test('a code span holds any text as it is', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const found = nodes(`x ${code(text)} y`).filter(({ type }) => type === 'inlineCode');
      assert.is(found.length, 1);
    }),
    { seed: 1 },
  );
});

test('a link leads to its line, whatever the file is called', () => {
  const pages = pagesOf({ repository: 'https://github.com/example/access' }, { base: 'def', head: 'abc' });
  const linkOf = (file: string, line: number): string => markdown(say`${place({ file, line })}`, pages);
  assert.is(
    linkOf('policies/access/a.yaml', 7),
    '[`policies/access/a.yaml:7`](https://github.com/example/access/blob/abc/policies/access/a.yaml#L7)',
  );
  const evil = linkOf('policies/x](https://evil.example) `[.yaml', 1);
  const urls = nodes(evil).flatMap(({ url }) => url ?? []);
  assert.equal(urls, [
    'https://github.com/example/access/blob/abc/policies/x%5D%28https%3A/evil.example%29%20%60%5B.yaml#L1'.replace(
      '%3A/',
      '%3A//',
    ),
  ]);
});

const CONDITIONS = { text: 'weekdays 08:00-19:00 America/New_York' };

function environment(people: number, services = 1): EnvironmentDifference {
  const principals = Array.from({ length: people }, (_, index) => `<b>person-${index}</b>@example.com`);
  const gains = Array.from({ length: services }, (_, index) => ({
    principals,
    anyoneElse: false,
    services: [
      { service: `service-${index}`, protocol: 'tcp' as const, ports: [[443, 443]] as [number, number][] },
    ],
    conditions: [CONDITIONS],
    from: '2026-06-01T00:00:00Z',
    causes: [
      { file: `policies/access/p-${index}.yaml`, line: 7, side: 'after' as const },
      { file: 'policies/groups/g.yaml', line: 3, side: 'before' as const },
    ],
  }));
  return {
    environment: 'live',
    gains,
    losses: [],
    destinations: [],
    revocations: [],
    principals: people,
    services,
  };
}

test('the heading and the status count what only begins in ten years, and certificates that are revoked', () => {
  const late = environment(2);
  late.gains = late.gains.map((one) => ({ ...one, from: '2035-03-01T00:00:00Z' }));
  late.revocations = [
    { kind: 'certificate', subject: 'c'.repeat(64), effect: 'revoked', reason: 'stolen', causes: [] },
  ];
  const alone = { ...late, environment: 'lab', gains: [] };
  const text = commentOf(verdict([alone, late]), LINKS);
  const says = 'lab: 1 certificate is revoked; live: 2 people gain access, 1 certificate is revoked';
  assert.ok(text.startsWith(`${MARKER}\n## L${says.slice(1)}\n`), text.slice(0, 200));
  assert.match(text, /- 🔴 \*\*-\*\* certificate `c{12}\.\.\.` is refused from now on \(stolen\)/);
  const [status] = statusesOf(verdict([alone, late])).filter(({ context }) => context === 'policy/access');
  assert.is(status!.description, says);
});

const OBJECTION: Objection = {
  rule: 'gains',
  severity: 'error',
  file: 'policies/access/p-0.yaml',
  line: 7,
  column: 1,
  message: '@octocat would gain the service `wiki` in live',
  remedy: 'ask `payments` for a review',
  subject: 'wiki',
  side: 'after',
  needs: 'payments',
};

function verdict(difference: EnvironmentDifference[], objections: Objection[] = []): PullRequestOutcome {
  return {
    base: 'b'.repeat(40),
    head: 'a'.repeat(40),
    findings: [],
    failedTests: [],
    files: 3,
    accessTests: 4,
    change: { difference, renames: [], guarded: { objections, approved: [], overridden: [], observed: [] } },
    notes: ['ann approved an earlier commit'],
    at: Date.parse('2026-06-01T12:00:00Z'),
    author: 'ann',
    approvals: [],
  };
}

const LINKS = {
  repository: 'https://github.com/example/access',
  whole: 'https://github.com/example/access/actions/runs/1',
};

test('counts come first, then statuses, objections, sentences and names, with links to lines of both commits', () => {
  const text = commentOf(verdict([environment(2)], [OBJECTION]), LINKS);
  assert.ok(text.startsWith(`${MARKER}\n## Live: 2 people gain access\n`));
  const order = [
    'policy/check',
    '### To decide',
    'ann approved',
    '### live: 2 people',
    '<details><summary>live: everybody',
    'Looked at `2026-06-01 12:00 UTC`',
    '[the run](https://github.com/example/access/actions/runs/1)',
  ];
  assert.equal(
    order.map((part) => text.indexOf(part)).filter((at) => at < 0),
    [],
  );
  assert.equal(
    [...order].sort((a, b) => text.indexOf(a) - text.indexOf(b)),
    order,
  );
  assert.match(
    text,
    `](https://github.com/example/access/blob/${'a'.repeat(40)}/policies/access/p-0.yaml#L7)`,
  );
  assert.match(text, `](https://github.com/example/access/blob/${'b'.repeat(40)}/policies/groups/g.yaml#L3)`);
  const html = nodes(text)
    .filter(({ type }) => type === 'html')
    .map(({ value }) => value!.trim());
  assert.equal(
    html.filter((one) => !/^(<!-- ztna-gitops:pull-request -->.*|<\/?(details|summary|sub)>.*)$/s.test(one)),
    [],
  );
  for (const { url } of nodes(text)) if (url) assert.match(url, /^https:\/\/github\.com\/example\/access\//);
  for (const { type, value } of nodes(text)) if (type === 'text') assert.not.match(value!, /@/);
});

test('the first findings are open, errors before warnings, those of one line once, and the rest folded', () => {
  const finding = (line: number, severity: 'error' | 'warning') => ({
    ...{ file: 'policies/access/a.yaml', line, column: 1, rule: 'references', severity },
    message: `wrong ${severity} ${line}`,
  });
  const { change: _, ...rest } = verdict([]);
  const findings = [
    ...Array.from({ length: 3 }, (_, index) => finding(index + 1, 'warning')),
    ...Array.from({ length: 7 }, (_, index) => finding(index + 10, 'error')),
    finding(10, 'error'),
  ];
  const text = commentOf({ ...rest, findings, obstacle: 'files have errors' }, LINKS);
  const [open, folded] = text.split('<details><summary>2 more</summary>');
  assert.match(open!, /## Not looked at: files have errors/);
  assert.match(open!, /wrong error 10 \(and 1 more like it at this line\)\n/);
  assert.equal(open!.match(/wrong \w+ \d+/g)!.length, 8);
  assert.equal(folded!.match(/wrong \w+ \d+/g), ['wrong warning 2', 'wrong warning 3']);
});

const gist = (thing: string, rest: object = {}) => ({
  begin: 'ann would gain',
  kind: 'service',
  thing,
  end: ' in live',
  ...rest,
});

test('each reviewer has one line with all that is asked, and each intention one override to copy', () => {
  const asked = (subject: string, needs: string, rest: Partial<Objection> = {}): Objection => ({
    ...{ ...OBJECTION, subject, needs, gist: gist(subject) },
    ...rest,
  });
  const { needs: _, ...plain } = OBJECTION;
  const lost = (where: string, thing: string): Objection => ({
    ...{ ...plain, rule: 'mass-losses', subject: `${where}/${thing}`, file: 'policies/guardrails.yaml' },
    gist: gist(thing, { begin: '9 of 9 principals lose access to', where, end: '' }),
  });
  const all = {
    ...plain,
    rule: 'mass-losses',
    subject: 'all services',
    message: '9 of 10 principals lose some access',
  };
  const objections = [
    ...['wiki', 'echo'].map((one) => asked(one, 'platform')),
    asked('pay', 'payments', { line: 8 }),
    asked('pay', 'payments', {
      line: 9,
      gist: { ...gist('pay'), begin: 'less would be expected by', kind: 'access test', end: '' },
    }),
    asked('pay', 'payments', {
      line: 9,
      gist: { ...gist('pay'), begin: 'less would be expected by', kind: 'access test', end: '' },
    }),
    ...['lab', 'live'].flatMap((where) => ['wiki', 'echo'].map((thing) => lost(where, thing))),
    all,
  ];
  const text = commentOf(verdict([environment(2)], objections), {});
  const lines = text.slice(text.indexOf('### To decide')).split('\n').slice(2, 9);
  assert.equal(lines, [
    '- ❌ **mass-losses** 9 of 10 principals lose some access; 9 of 9 principals lose access to the services `wiki` and `echo` in lab and live (`policies/guardrails.yaml:7` and 1 more line).',
    '  If it is meant, this line says so, in `policies/guardrails.yaml` under `overrides`:',
    '  ```yaml',
    '  - { guardrail: mass-losses, subject: all services, reason: "<why>", until: 2026-06-09T00:00:00Z }',
    '  ```',
    '- ⏳ **`payments`** is asked to approve: ann would gain the service `pay` in live; less would be expected by the access test `pay` (2 times) (`policies/access/p-0.yaml:8` and 1 more line)',
    '- ⏳ **`platform`** is asked to approve: ann would gain the services `wiki` and `echo` in live (`policies/access/p-0.yaml:7`)',
  ]);
  assert.match(text, /\nBy `ann` · waits for `payments` and `platform`\n/);
});

test('what one reviewer is asked about one line is one annotation there', () => {
  const at = (line: number, subject: string, needs = 'platform'): Objection => ({
    ...{ ...OBJECTION, line, subject, needs, gist: gist(subject) },
  });
  const found = annotationsOf([at(7, 'wiki'), at(7, 'echo'), at(7, 'pay', 'payments'), at(9, 'dns')]);
  assert.equal(
    found.map(({ start_line: line, title, message }) => [line, title, message.split(';')[0]]),
    [
      [7, 'platform is asked to approve', 'ann would gain the services `wiki` and `echo` in live'],
      [7, 'gains', '@octocat would gain the service `wiki` in live'],
      [9, 'gains', '@octocat would gain the service `wiki` in live'],
    ],
  );
});

test('what was approved, by whom, and what an override passes over stays in sight', () => {
  const one = verdict([environment(2)]);
  const approved = [{ ...OBJECTION, approvedBy: ['Olga', 'Ben'], gist: gist('wiki') }];
  const override = {
    guardrail: 'gains' as const,
    subject: 'all',
    reason: 'It moves',
    until: '2026-06-09T00:00:00Z',
  };
  const overridden = ['a', 'b'].map((thing) => ({
    override,
    objection: { ...OBJECTION, gist: gist(thing) },
  }));
  const guarded = { objections: [], approved, overridden, observed: [] };
  const approvals = [
    { login: 'Olga', teams: ['payments'] },
    { login: 'Ben', teams: [] },
  ];
  const text = commentOf({ ...one, approvals, change: { ...one.change!, guarded } }, {});
  assert.match(text, /\nBy `ann` · approved by `Olga` \(`payments`\) and `Ben` \(of no owner\)\n/);
  assert.match(
    text,
    '### Approved\n\n- ✅ `Ben` and `Olga` for **`payments`**: ann would gain the service `wiki` in live (',
  );
  assert.match(
    text,
    '- **gains** ann would gain the services `a` and `b` in live (`policies/access/p-0.yaml:7`) — overridden until 2026-06-09T00:00:00Z: It moves',
  );
});

test('of many changes the first are open, three losses that come later too, and the rest folded with counts', () => {
  const many = environment(5, 14);
  const losses = environment(1, 4).gains.map((one, index) => ({
    ...one,
    services: one.services.map((of) => ({ ...of, service: `lost-${index}` })),
  }));
  const text = commentOf(verdict([{ ...many, losses }]), LINKS);
  const open = text.slice(text.indexOf('### live'), text.indexOf('<details>'));
  assert.is(open.match(/🟢/g)!.length, 10);
  assert.is(open.match(/🔴/g)!.length, 3);
  assert.match(text, '<details><summary>5 more: 4 gains and 1 loss</summary>');
});

test('whatever a difference says, wherever it says it, is harmless', () => {
  for (const evil of EVIL) {
    const one = environment(2);
    const change = { ...one.gains[0]!, principals: [evil], conditions: [{ text: evil }] };
    const moved = {
      service: 'wiki',
      changes: [{ field: 'backend' as const, before: evil, after: evil }],
      principals: [evil],
      anyoneElse: false,
      causes: [],
    };
    const all = { ...one, gains: [change], losses: [change], observed: [change], destinations: [moved] };
    const notes = [evil];
    const text = wholeText(
      { ...verdict([all], [{ ...OBJECTION, message: evil, remedy: evil }]), notes },
      LINKS,
    );
    for (const { type, value, url } of nodes(text)) {
      if (url) assert.match(url, /^https:\/\/github\.com\/example\/access\//);
      if (type === 'text') assert.not.match(value!, /[@<]|evil\.example|#\d/, value!);
      if (type === 'html')
        assert.match(value!, /^(<!-- ztna-gitops:pull-request -->|<\/?(details|summary|sub)>.*)$/s);
      if (type === 'html') assert.not.match(value!, /evil|alert|open>/);
    }
  }
});

test('more than GitHub takes is cut between lines, with every fold closed and a link to the whole', () => {
  const large = verdict([environment(30, 300)]);
  assert.ok(wholeText(large, LINKS).length > 4 * MOST);
  const text = commentOf(large, LINKS);
  assert.ok(text.length <= MOST && text.length > MOST - 4000, `${text.length}`);
  assert.match(
    text,
    /\*\*Cut here\*\*, with \d+ of \d+ lines left out\. \[The whole text\]\(https:\/\/github\.com\/example\/access\/actions\/runs\/1\)\.$/,
  );
  assert.is(text.match(/<details>/g)!.length, text.match(/<\/details>/g)!.length);
  assert.match(text, /## Live: 30 people gain access/);
  const alone = commentOf(large, {});
  assert.match(
    alone,
    /Cut here.*left out.*`npx ztna pull-request --base b+ --head a+` prints the whole text\.$/,
  );
});

test('a text of any size fits any limit', () => {
  const only = (text: string): Markdown[] => [text as Markdown];
  const lines = fc.array(
    fc.string({ maxLength: 30 }).map((text) => text as Markdown),
    { maxLength: 12 },
  );
  const frame = { begin: fc.constant(only('<d>')), end: fc.constant(only('</d>')) };
  const sections = fc.array(fc.record({ ...frame, lines }), { maxLength: 5 });
  fc.assert(
    fc.property(sections, fc.integer({ min: 60, max: 400 }), (list, most) => {
      const text = fitted(list, markdown(say`More`), most);
      assert.ok(text.length <= most, `${text.length} > ${most}`);
      assert.is(text.split('<d>\n').length, text.split('</d>').length);
    }),
    { seed: 1 },
  );
});

test('statuses say what is, within GitHub’s 140 characters', () => {
  const of = (one: PullRequestOutcome) =>
    Object.fromEntries(
      statusesOf(one).map(({ context, state, description }) => [context, `${state}: ${description}`]),
    );
  assert.equal(of(verdict([environment(2)], [OBJECTION])), {
    'policy/check': 'success: 3 files, 4 access tests: no errors',
    'policy/tests': 'success: 4 access tests: all hold',
    'policy/guardrails': 'pending: waits for a review by payments',
    'policy/access': 'success: live: 2 people gain access',
  });
  const { needs: _, ...lasting } = OBJECTION;
  assert.is(
    of(verdict([], [OBJECTION, lasting]))['policy/guardrails'],
    'failure: 2 objections; wants a review by payments',
  );
  // What does not fit is counted in all, so that many in the last environment do not hide behind few in the first.
  const many = [1, ...Array.from({ length: 9 }, () => 2), 60].map((people, index) => ({
    ...environment(people),
    environment: `environment-${index}`,
  }));
  many.push({ ...environment(0, 0), environment: 'same' });
  assert.is(of(verdict(many))['policy/access'], 'success: 11 environments: 60 people gain access');
  const { change: _change, ...rest } = verdict([]);
  assert.is(
    of({ ...rest, obstacle: 'files have errors' })['policy/guardrails'],
    'error: not looked at: files have errors',
  );
  const wanting = Array.from({ length: 30 }, (_, index) => ({
    ...OBJECTION,
    needs: `a-team-with-a-long-name-${index}`,
  }));
  for (const { description } of statusesOf(verdict([], wanting))) assert.ok(description.length <= 140);
});

test('the summary of a check run, which is Markdown too, gives no text a meaning', () => {
  for (const description of EVIL) {
    const text = summaryOf([{ context: 'policy/access', state: 'error', description }]);
    assert.match(text, /^policy\/access: /);
    for (const { type } of nodes(text)) assert.ok(PLAIN.includes(type), `${description} gives a ${type}`);
  }
});

test.run();
