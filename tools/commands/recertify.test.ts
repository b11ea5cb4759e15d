import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newSite, type Site } from '../github/testing/sandbox.ts';
import { withEnd } from '../propose/policy-end.ts';
import { withKept } from '../propose/policy-kept.ts';
import { suite } from '../testing/suite.ts';
import { recertify } from './recertify.ts';
import type { Context as World } from './shared/command.ts';

// slow: it starts processes
const test = suite<{ site: Site; at: number }>('npx ztna recertify, on a GitHub of our own');

const BRANCH = 'ztna/recertify-2026-q2-team-x';
const PERMANENT = 'policies/access/permanent.yaml';

/** A policy as a person writes it, with a comment. */
const policy = (id: string, service: string, rest = ''): string =>
  `id: ${id}\n# Asked for by the auditors.\ndescription: ${id}\nowner: team-x\neffect: allow\nwho: { principals: [person-1@example.com] }\nwhat: { services: [${service}] }\n${rest}`;

test.before.each(async (context) => {
  context.site = await newSite();
  context.at = Date.parse('2026-05-01T12:00:00Z');
  const { site } = context;
  site.write(PERMANENT, policy('permanent', 'service-1'));
  site.write(
    'policies/access/weekly.yaml',
    policy('weekly', 'service-1', 'when: { from: [203.0.113.0/24] }\n'),
  );
  site.write(
    'policies/access/ending.yaml',
    policy('ending', 'service-1', 'when: { expires: 2026-06-01T00:00:00Z }\n'),
  );
  site.write(
    'policies/access/later.yaml',
    policy('later', 'service-1', 'when: { start: 2030-01-01T00:00:00Z, expires: 2030-06-01T00:00:00Z }\n'),
  );
  site.write(
    'policies/access/never.yaml',
    policy('never', 'service-1').replace('effect: allow', 'effect: deny'),
  );
  site.commit('Policies');
  site.git('push', '-q', 'origin', 'main');
});

test.after.each(async ({ site }) => {
  const { faults } = site.github;
  await site.close();
  assert.equal(faults, []);
});

async function run({ site, at }: { site: Site; at: number }, options: object = {}): Promise<string> {
  let said = '';
  const context: World = {
    ...{ root: site.clone, state: join(site.clone, '.ztna'), env: site.env, terminal: false },
    ...{ now: () => new Date(at), out: (text) => void (said += text), err: () => {} },
    signal: new AbortController().signal,
  };
  const status = await recertify.run({ arguments: [], options: { owner: 'team-x', ...options } }, context);
  assert.is(status, 0);
  return said;
}

const EXECUTE = { execute: true };

/** Merges the first pull request, as its owner would. */
function merge({ site }: { site: Site }): void {
  site.git('fetch', '-q', 'origin');
  site.git('merge', '-q', '--squash', `origin/${BRANCH}`);
  const merged = site.commit('Merged');
  site.git('push', '-q', 'origin', 'main');
  Object.assign(site.github.state.pulls[0]!, { state: 'closed', merged });
}

const shown = ({ site }: { site: Site }, path: string): string =>
  site.bare.git(['show', `${BRANCH}:${path}`]);

test('an owner is asked who reaches what and since when; what nobody confirms gets an end', async (context) => {
  const { site } = context;
  const day = new Date().toISOString().slice(0, 10);
  assert.is(
    await run(context),
    [
      'team-x: 2 policies to confirm, or to end at 2026-07-01T00:00:00Z',
      `  \`permanent\`: permanent: 1 principal (person-1@example.com) to service-1; since ${day}`,
      `  \`weekly\`: weekly: 1 principal (person-1@example.com) to service-1; since ${day}`,
      '',
    ].join('\n'),
  );
  assert.equal(site.github.state.pulls, []);
  assert.match(await run(context, EXECUTE), 'pull request 1 is opened');
  const [pull] = site.github.state.pulls;
  assert.equal([pull!.head.ref, pull!.title], [BRANCH, 'Who still needs what team-x gives: 2026-q2']);
  assert.match(pull!.body, new RegExp(`^- \\[ \\] \`permanent\`: permanent: .* since .*$`, 'm'));
  assert.equal(shown(context, PERMANENT).split('\n'), [
    ...readFileSync(join(site.clone, PERMANENT), 'utf8').trimEnd().split('\n'),
    'when:',
    '  expires: 2026-07-01T00:00:00Z',
  ]);
  assert.match(
    shown(context, 'policies/access/weekly.yaml'),
    'when: { from: [203.0.113.0/24], expires: 2026-07-01T00:00:00Z }',
  );
  assert.match(await run(context, EXECUTE), 'pull request 1 says this already');
});

test('what somebody ticks is written down for the owner to approve, and only what is merged is done for the quarter', async (context) => {
  const { site } = context;
  await run(context, EXECUTE);
  const [pull] = site.github.state.pulls;
  pull!.body = pull!.body.replace('- [ ] `permanent`', '- [x] `permanent`');
  assert.match(await run(context, EXECUTE), 'pull request 1 is updated');
  assert.match(pull!.body, /^- \[x\] `permanent`/m);
  assert.is(
    shown(context, PERMANENT),
    `${readFileSync(join(site.clone, PERMANENT), 'utf8')}# Still needed in 2026-q2.`,
  );
  assert.match(shown(context, 'policies/access/weekly.yaml'), 'expires');
  pull!.body = pull!.body.replace('- [ ] `weekly`', '- [x] `weekly`');
  // With every box ticked, by whomever, nothing is confirmed before somebody approves and merges it.
  assert.match(await run(context, EXECUTE), 'pull request 1 is updated');
  assert.match(await run(context, EXECUTE), 'pull request 1 says this already');
  assert.is(pull!.state, 'open');
  assert.match(shown(context, 'policies/access/weekly.yaml'), /\n# Still needed in 2026-q2\.$/);
  assert.not.match(shown(context, 'policies/access/weekly.yaml'), 'expires');
  merge(context);
  assert.match(await run(context, EXECUTE), 'team-x: done by pull request 1');
  const next = { site, at: Date.parse('2026-07-02T12:00:00Z') };
  assert.match(await run(next, EXECUTE), 'pull request 2 is opened');
  assert.match(site.github.state.pulls[1]!.body, /^- \[ \] `permanent`/m);
});

test('an owner of nothing is refused with the nearest one, and one who gives nothing is named', async (context) => {
  await run(context, { owner: 'team-xx' }).then(
    () => assert.unreachable(),
    (error: Error & { remedy?: string }) =>
      assert.equal(
        [error.message, error.remedy],
        ['nothing has the owner team-xx', 'did you mean `team-x`?'],
      ),
  );
  const { site } = context;
  site.write(
    'policies/groups/idle.yaml',
    'id: idle\ndescription: d\nowner: idle-team\nmembers: [a@example.com]\n',
  );
  site.commit('A team that gives nothing');
  assert.match(await run(context, { owner: 'idle-team' }), /^idle-team gives nothing beyond this quarter\n/);
});

test('a pull request that a person closes confirms nothing: it is opened anew, without its ticks', async (context) => {
  const { site } = context;
  await run(context, EXECUTE);
  const [pull] = site.github.state.pulls;
  pull!.body = pull!.body.replaceAll('- [ ]', '- [x]');
  pull!.state = 'closed';
  assert.match(await run(context, EXECUTE), 'pull request 2 is opened');
  assert.match(shown(context, PERMANENT), 'expires: 2026-07-01');
  assert.not.match(site.github.state.pulls[1]!.body, '- [x]');
});

test('one that is merged into another branch than the one that is delivered confirms nothing', async (context) => {
  await run(context, EXECUTE);
  const [pull] = context.site.github.state.pulls;
  Object.assign(pull!, { state: 'closed', merged: pull!.head.sha, base: { ...pull!.base, ref: 'aside' } });
  assert.match(await run(context, EXECUTE), 'pull request 2 is opened');
});

test('what the files say already is asked of nobody, and its pull request closes', async (context) => {
  const { site } = context;
  await run(context, EXECUTE);
  for (const name of ['permanent', 'weekly']) {
    const path = `policies/access/${name}.yaml`;
    site.write(path, withKept(readFileSync(join(site.clone, path), 'utf8'), '2026-q2'));
  }
  site.commit('Still needed');
  site.git('push', '-q', 'origin', 'main');
  assert.match(await run(context, EXECUTE), 'everything is answered in the files: pull request 1 is closed');
  assert.match(await run(context, EXECUTE), 'team-x:\neverything is answered in the files\n');
  assert.is(site.github.state.pulls.length, 1);
});

test('what an access test still expects is said where it would end', async (context) => {
  const { site } = context;
  const [, port] = /ports:\s*(?:\[|\n *- )"?(\d+)/.exec(
    readFileSync(join(site.clone, 'policies/services/service-1.yaml'), 'utf8'),
  )!;
  site.write(PERMANENT, policy('permanent', 'service-1').replace('person-1', 'only-here'));
  const expect = `{ principal: only-here@example.com, reaches: service-1, port: ${port}, at: "2030-06-01T12:00:00Z" }`;
  site.write(
    'policies/tests/later.yaml',
    `id: later\ndescription: Later\nowner: team-x\nexpect:\n  - ${expect}\n`,
  );
  // Only what is committed is asked about.
  assert.not.match(await run(context), '! with an end');
  site.commit('Expected');
  assert.match(await run(context), /! with an end: policies\/tests\/later\.yaml:5 .*expected allow/);
});

test('an owner of many policies is asked in parts, and none of them is left out', async (context) => {
  const { site } = context;
  for (let index = 1; index <= 70; index++)
    site.write(`policies/access/more-${index}.yaml`, policy(`more-${index}`, 'service-1'));
  site.commit('More');
  site.git('push', '-q', 'origin', 'main');
  await run(context, EXECUTE);
  const { pulls } = site.github.state;
  assert.equal(
    pulls.map(({ head, title }) => `${head.ref} ${title.split(': ')[1]}`),
    [`${BRANCH} 2026-q2 (1 of 2)`, 'ztna/recertify-2026-q2.2-team-x 2026-q2 (2 of 2)'],
  );
  const boxes = pulls.map(({ body }) => body.match(/^- \[ \] `/gm)!.length);
  assert.equal(boxes, [60, 12]);
  // One part is merged: the other goes on with its own policies and ticks.
  merge(context);
  const [, second] = pulls;
  const ticked = /`([a-z0-9-]+)`/.exec(second!.body.slice(second!.body.indexOf('- [ ] ')))![1]!;
  second!.body = second!.body.replace(`- [ ] \`${ticked}\``, `- [x] \`${ticked}\``);
  assert.match(
    await run(context, EXECUTE),
    'team-x: done by pull request 1\nteam-x:\npull request 2 is updated',
  );
  assert.match(second!.body, `- [x] \`${ticked}\``);
  assert.is(second!.body.match(/^- \[[ x]\] `/gm)!.length, 12);
});

test('that a policy is still needed is one line at its end, of the newest quarter', () => {
  const rows: [string, string][] = [
    ['id: a', 'id: a\n# Still needed in 2026-q2.\n'],
    ['id: a\n# Why.\n', 'id: a\n# Why.\n# Still needed in 2026-q2.\n'],
    ['id: a\n# Still needed in 2026-q1.\nowner: b\n', 'id: a\nowner: b\n# Still needed in 2026-q2.\n'],
    ['# Still needed in 2026-q2.\nid: a', '# Still needed in 2026-q2.\nid: a'],
    [
      'id: |\n  # Still needed in 2026-q2.\n',
      'id: |\n  # Still needed in 2026-q2.\n# Still needed in 2026-q2.\n',
    ],
  ];
  for (const [before, after] of rows) assert.is(withKept(before, '2026-q2'), after);
});

test('an end is written where a person would write it, and nothing else changes', () => {
  const until = '2026-07-01T00:00:00Z';
  const ends: [string, string][] = [
    ['id: a', `id: a\nwhen:\n  expires: ${until}\n`],
    ['when: { expires: 2030-01-01T00:00:00Z } # later\n', `when: { expires: ${until} } # later\n`],
    ['when: { from: [ 192.0.2.1 ], }\nid: a\n', `when: { from: [ 192.0.2.1 ], expires: ${until} }\nid: a\n`],
    [
      'when:\n    # why\n    from: [x]\nid: a\n',
      `when:\n    # why\n    expires: ${until}\n    from: [x]\nid: a\n`,
    ],
    ['when: {}\n', `when: { expires: ${until} }\n`],
  ];
  for (const [before, after] of ends) assert.is(withEnd(before, until), after);
});

test.run();
