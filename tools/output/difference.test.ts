import * as assert from 'uvu/assert';
import type { AccessChange, EnvironmentDifference } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { accessOf, differenceMarkdown, differenceText, listingText } from './difference.ts';
import { plain } from './media/text.ts';

const test = suite('output: a difference in sentences');

const SERVICES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

function change(rest: Partial<AccessChange> = {}, services: readonly string[] = ['wiki']): AccessChange {
  return {
    principals: ['ann@example.com', 'ben@example.com'],
    anyoneElse: false,
    services: services.map((service) => ({ service, protocol: 'tcp', ports: [[443, 443]] })),
    conditions: [{ text: '' }],
    from: '2026-06-01T00:00:00Z',
    causes: [{ file: 'policies/access/p.yaml', line: 3, side: 'after' }],
    ...rest,
  };
}

function environment(id: string, rest: Partial<EnvironmentDifference> = {}): EnvironmentDifference {
  const lists = { gains: [], losses: [], destinations: [], revocations: [] };
  return { environment: id, production: id !== 'lab', ...lists, principals: 9, services: 7, ...rest };
}

const text = (...environments: EnvironmentDifference[]): string => differenceText({ environments });

test('short, three services and how many more; in full, each of them, everybody and every line', () => {
  const principals = ['ann', 'ben', 'cat', 'dan', 'eve'].map((one) => `${one}@example.com`);
  const causes = [1, 2].map((line) => ({ file: 'p.yaml', line, side: 'after' as const }));
  const conditions = ['one', 'two', 'three', 'four'].map((one) => ({ text: one }));
  const live = environment('live', { gains: [change({ principals, causes, conditions }, SERVICES)] });
  assert.is(
    text(live),
    `live: 5 people gain access
  + 5 people (ann@example.com, ben@example.com ...) gain \`a\` tcp/443, \`b\` tcp/443, \`c\` tcp/443 and 4 more, one; or two; or three; or under 1 more condition   p.yaml:1 and 1 more line
  = 9 principals x 7 services otherwise unchanged
`,
  );
  const full = differenceText({ environments: [live] }, 'full');
  for (const one of [...principals, ...SERVICES.map((id) => `\`${id}\` tcp/443`), 'four', 'p.yaml:2'])
    assert.match(full, one);
  assert.not.match(full, / more/);
  // Four are said: "and 1 more" would be as long.
  assert.match(
    text(environment('live', { gains: [change({}, SERVICES.slice(0, 4))] })),
    /`c` tcp\/443 and `d`/,
  );
});

test('what everybody reaches names every service', () => {
  const listed = listingText([{ environment: 'live', access: [change({}, SERVICES)] }]);
  for (const id of SERVICES) assert.match(listed, `\`${id}\` tcp/443`);
});

test('machines are counted apart from people, and each once', () => {
  const bots = {
    principals: ['ann@example.com', 'bot@example.com', 'x9'],
    machines: ['bot@example.com', 'x9'],
  };
  const live = environment('live', { gains: [change(bots), change({ ...bots, group: 'all' }, ['echo'])] });
  assert.match(text(live), /^live: 1 person and 2 machines gain access\n/);
  assert.match(text(live), /\+ 1 person and 2 machines in `all` gain `echo`/);
  const alone = { principals: ['x9'], machines: ['x9'], anyoneElse: true };
  assert.match(
    text(environment('live', { losses: [change(alone)] })),
    /^live: 1 machine and anyone else lose access\n/,
  );
});

test('environments that change alike are said once, with the lines of each; production comes first', () => {
  const of = (id: string, line: number) =>
    environment(id, {
      services: line,
      gains: [change({ causes: [{ file: `environments/${id}/connectors/c.yaml`, line, side: 'after' }] })],
    });
  assert.is(
    text(of('lab', 3), environment('beta'), of('live', 4)),
    `beta: nobody gains or loses access
  = 9 principals x 7 services otherwise unchanged

live and lab: 2 people gain access
  + ann@example.com and ben@example.com gain \`wiki\` tcp/443   environments/live/connectors/c.yaml:4 and 1 more line
  = 9 principals x 4 services, and 9 principals x 3 services otherwise unchanged
`,
  );
  const lost = environment('lab', { losses: [change()] });
  assert.is(
    plain(accessOf([lost, environment('live', { gains: [change()] })])),
    'live: 2 people gain access; lab: 2 people lose access',
  );
});

test('what is gained and what is lost of a service are beside each other, each line with its sign first', () => {
  const hours = (from: string) => ({ conditions: [{ text: `daily ${from} UTC` }] });
  const live = environment('live', {
    gains: [change({ principals: ['zoe@example.com'] }, ['echo']), change(hours('19:00-20:00'))],
    losses: [change(hours('08:00-09:00'))],
  });
  const lines = text(live).split('\n').slice(1, 4);
  assert.equal(
    lines.map((line) => line.replace(/ {3}policies.*/, '')),
    [
      '  + ann@example.com and ben@example.com gain `wiki` tcp/443, daily 19:00-20:00 UTC',
      '  - ann@example.com and ben@example.com lose `wiki` tcp/443, daily 08:00-09:00 UTC',
      '  + zoe@example.com gains `echo` tcp/443',
    ],
  );
  const shown = differenceMarkdown({ environments: [live] });
  assert.match(shown, '- 🟢 **+** `ann@example.com` and');
  assert.match(shown, '- 🔴 **-** `ann@example.com` and');
});

test('of many changes the first are said, and the rest counted', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => change({}, [`s${index}`]));
  const live = environment('live', { gains: many(4), losses: many(2) });
  const lines = differenceText({ environments: [live] }, 'short', 3).split('\n');
  assert.equal(lines.slice(-2), ['  and 2 gains and 1 loss more', '']);
});

test.run();
