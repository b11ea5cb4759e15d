import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { line } from '../finding/finding.ts';
import { loadRevision, loadWorkingTree, type LoadResult } from './load.ts';
import { Tree, type Thing } from './testing/tree.ts';

// slow: over 5 s
const test = suite('load: whatever people type');

/** A group that is as it should be, so that each fault is alone. */
const GROUP = 'id: all\ndescription: Everybody\nowner: platform\n';
const AT = 'policies/groups/all.yaml';
const deep = (open: string, close = ''): string =>
  `${GROUP}members: ${open.repeat(20_000)}${close.repeat(20_000)}\n`;

/** A thing at the place of the group, and the one finding that it must give, from its line number on. */
type Case = [what: string, thing: Thing, finding: string | RegExp];

const FILES: readonly Case[] = [
  ['broken YAML', `${GROUP}members: [alice\n`, `5:1 yaml-syntax a closing ] is missing; add the ]`],
  [
    'a bracket in a comment',
    `${GROUP}members: [alice #7, bob]\n`,
    '4:17 yaml-syntax a comment begins here, and takes the closing ] with it; write the comment on a line of its own, or quote the text that holds the #',
  ],
  [
    'a bracket in a quoted text',
    `${GROUP}members: ["alice #7]"\n`,
    `5:1 yaml-syntax a closing ] is missing; add the ]`,
  ],
  ['an open quote', 'id: "all\n', '1:5 yaml-syntax a closing " is missing; add the "'],
  [
    'a colon in a text',
    'id: all\ndescription: People: all\n',
    '2:14 yaml-syntax `: ` is here twice; quote it: "People: all"',
  ],
  [
    'a line indented too deeply',
    'id: all\n  description: All\nowner: platform\n',
    '2:3 yaml-syntax this line is not indented as the lines around it; indent it as they are',
  ],
  [
    'a list item indented too little',
    `${GROUP}members:\n  - { a: b }\n - { c: d }\n`,
    /^6:2 yaml-syntax this line is not indented as the lines around it/,
  ],
  [
    'a text that begins with @',
    'id: all\nowner: @platform\n',
    /2:8 yaml-syntax a text cannot begin with this character; write one of `owners`/,
  ],
  [
    'an unfinished merge',
    `${GROUP}<<<<<<< HEAD\ngroups: [a]\n=======\ngroups: [b]\n>>>>>>> other\n`,
    /4:1 yaml-conflict a merge was left unfinished here/,
  ],
  [
    'duplicate keys',
    `${GROUP}owner: sales\n`,
    '4:1 yaml-duplicate-key this key is there twice: found owner; keep one of the two',
  ],
  ['duplicate keys, one quoted', `${GROUP}"owner": sales\n`, /^4:1 yaml-duplicate-key/],
  ['an anchor', `${GROUP}members: &m [a@b.c]\n`, '4:13 yaml-anchor an anchor (&m) is here; remove it'],
  [
    'an alias',
    `${GROUP}members: *m\n`,
    '4:10 yaml-alias an alias (*m) is here; write the value out, or quote it where it is a text',
  ],
  [
    'a merge key',
    `${GROUP}<<: { members: [a] }\n`,
    /^4:1 schema-additionalProperties `<<` is not a key of the group/,
  ],
  ['a tag', `${GROUP}members: !set [a]\n`, '4:10 yaml-tag a tag is here; remove it'],
  [
    'a standard tag',
    `${GROUP}members: !!seq [a]\n`,
    /^4:\d+ yaml-tag a tag \(tag:yaml.org,2002:seq\) is here/,
  ],
  [
    'two documents',
    `${GROUP}---\n${GROUP}`,
    '4:1 yaml-documents a second document begins here; keep one document per file: remove the `---` or `...`',
  ],
  ['a document and an empty one', `${GROUP}---\n`, /^4:1 yaml-documents/],
  ['a directive', `%YAML 1.1\n---\n${GROUP}`, '1:1 yaml-directive a directive is here; remove the line'],
  ['a tag directive', `%TAG ! tag:example.com,2026:\n---\n${GROUP}`, /^1:1 yaml-directive/],
  [
    'nothing',
    '',
    '1:1 yaml-empty the file is empty: expected one YAML document; write it, or delete the file',
  ],
  ['nothing but a comment', '# soon\n', /^1:1 yaml-empty/],
  ['nothing but a marker', '---\n', /^1:1 yaml-empty/],
  [
    'null',
    'null\n',
    /^1:1 schema-type the group is of the wrong type: expected keys and values: .*, found nothing/,
  ],
  ['a list', '- a\n', /^1:1 schema-type the group is of the wrong type/],
  [
    'over 256 KiB',
    `${GROUP}#${'x'.repeat(256 * 1024)}\n`,
    '1:1 file-size the file is larger than 256 KiB; split it',
  ],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from(`${GROUP}# caf`), Buffer.from([0xe9, 0x0a])]),
    '4:6 file-encoding this is not UTF-8: expected UTF-8; save it as UTF-8, without a byte order mark',
  ],
  [
    'a cut-off character',
    Buffer.concat([Buffer.from(`# \ufffd\n${GROUP}#`), Buffer.from([0xe2, 0x82])]),
    /^5:2 file-encoding/,
  ],
  ['UTF-16', Buffer.from(`\ufeff${GROUP}`, 'utf16le'), /^1:1 file-encoding the file is UTF-16/],
  ['a byte order mark', `\ufeff${GROUP}`, /^1:1 file-encoding the file begins with a byte order mark/],
  [
    'a carriage return alone',
    'id: all\rowner: x\n',
    /^1:8 file-character an invisible character \(U\+000D\) is here; end the line/,
  ],
  ['a bell', `${GROUP}# \u0007\n`, /^4:3 file-character an invisible character \(U\+0007\)/],
  [
    'text from right to left',
    `${GROUP}# \u202eevil\n`,
    /^4:3 file-character an invisible character \(U\+202E\)/,
  ],
  ['a line separator', `${GROUP}# \u2028\n`, /^4:3 file-character an invisible character \(U\+2028\)/],
  [
    'a tab as indentation',
    `${GROUP}members:\n\t- a@b.c\n`,
    '5:1 yaml-tab a tab indents this line; indent with spaces',
  ],
  ['a bomb of aliases', `a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n`, /yaml-a/],
  ['a bomb of brackets', deep('['), /^4:42 yaml-depth this is nested too deeply; flatten it$/],
  ['a bomb of spaced brackets', deep('[ ', '] '), /^4:74 yaml-depth/],
  ['a bomb of braces', deep('{a: ', '}'), /yaml-depth/],
  ['a bomb of dashes', `${'- '.repeat(100_000)}\n`, /^1:\d+ yaml-depth/],
  ['a bomb of questions', `${'? '.repeat(100_000)}\n`, /^1:\d+ yaml-depth/],
  ['a bomb of keys', `${'a: '.repeat(80_000)}\n`, /^1:\d+ yaml-depth/],
  ['a bomb in a second document', `${GROUP}---\n${'['.repeat(100_000)}\n`, /^5:\d+ yaml-depth/],
  [
    'not a number',
    `${GROUP}members: [.nan]\n`,
    '4:11 yaml-number .nan is not a number that can be kept; write a smaller number, or quote it where it is a name',
  ],
  ['infinity', `${GROUP}members: [-.inf]\n`, /^4:11 yaml-number -\.inf/],
  ['1e999', `${GROUP}members: [1e999]\n`, /^4:11 yaml-number 1e999 is not a number/],
  ['a number that is rounded', `${GROUP}members: [9007199254740993]\n`, /^4:11 yaml-number/],
  [
    '__proto__',
    `${GROUP}__proto__: { members: [a] }\n`,
    '4:1 yaml-key this cannot be a key: expected a word, found __proto__; use a plain word',
  ],
  [
    'constructor',
    `${GROUP}constructor: x\n`,
    /^4:1 schema-additionalProperties `constructor` is not a key of the group/,
  ],
  [
    'a number as a key',
    `${GROUP}443: x\n`,
    '4:1 yaml-key this cannot be a key: expected a word, found 443; quote it: "443"',
  ],
  [
    'a list as a key',
    `${GROUP}? [a]\n: b\n`,
    /^4:3 yaml-key this cannot be a key: expected a word, found a list or a map/,
  ],
  ['no key', `${GROUP}: b\n`, /^4:\d+ yaml-key .*found nothing/],
  ...['yes', 'NO', 'on', 'Off', 'y'].map((scalar): Case => [
    `the plain ${scalar}`,
    `${GROUP}members: [${scalar}]\n`,
    `4:11 yaml-ambiguous Terraform reads the plain ${scalar} differently; quote it: "${scalar}"`,
  ]),
  ...[
    '1_000',
    '0777',
    '0x1f',
    '0o17',
    '0b11',
    '1p5',
    '+inf',
    '2026-02-11',
    '2026-02-11T00:00:00.5Z',
    '2026-2-1',
  ].map((scalar): Case => [
    `the plain ${scalar}`,
    `${GROUP}members: [${scalar}]\n`,
    `4:11 yaml-ambiguous Terraform reads the plain ${scalar} differently; quote it: "${scalar}"`,
  ]),
  [
    'the plain 08:00',
    `${GROUP}members: [08:00]\n`,
    '4:11 yaml-ambiguous YAML 1.1 reads the plain 08:00 differently; quote it: "08:00"',
  ],
  [
    'an ambiguous key',
    `${GROUP}no: x\n`,
    /^4:1 yaml-ambiguous Terraform reads the plain no differently; .*quote it .*"no"$/,
  ],
  [
    'a link out of the tree',
    { link: '/etc/passwd' },
    '1:1 file-link this is a link, and links are not followed; put the file itself here',
  ],
  ['a link within the tree', { link: 'other.yaml' }, /^1:1 file-link/],
  ['a link to nothing', { link: 'gone' }, /^1:1 file-link/],
];

/** The same, for things at other places. */
const PLACES: readonly [what: string, things: Record<string, Thing>, findings: (string | RegExp)[]][] = [
  [
    'a folder named like a file',
    { 'policies/groups/x.yaml/y.yaml': GROUP },
    ['policies/groups/x.yaml:1:1 file this is a folder named like a file; rename or remove it'],
  ],
  [
    '.yml',
    { 'policies/groups/all.yml': GROUP },
    [
      /^policies\/groups\/all.yml:1:1 file-place no file of this name belongs here; rename it to policies\/groups\/all.yaml$/,
    ],
  ],
  [
    'a misspelt folder',
    { 'policies/group/all.yaml': GROUP },
    [/file-place .*; did you mean policies\/groups\/all.yaml\?$/],
  ],
  [
    'a folder too deep',
    { 'policies/groups/eu/all.yaml': GROUP },
    [/^policies\/groups\/eu\/all.yaml:1:1 file-place/],
  ],
  [
    'unexpected files',
    { 'policies/NOTES.md': 'x', 'policies/groups/notes.txt': 'x', 'environments/live/x.yaml': 'a: b' },
    [/file-place/, /file-place/, /file-place.*move or remove it$/],
  ],
  [
    'a file beside one of a fixed name',
    { 'policies/everyone.yaml': GROUP },
    [/^policies\/everyone.yaml:1:1 file-place .*; move or remove it$/],
  ],
  [
    'what means nothing',
    { 'policies/groups/.gitkeep': '', 'policies/.DS_Store': 'x', 'policies/groups/README.md': '# Groups' },
    [],
  ],
  [
    'names that are nearly those of an editor',
    { 'policies/groups/all.swp': 'x', 'policies/groups/all.yaml.bak': 'x', 'policies/readme.md': 'x' },
    [/file-place/, /file-place/, /file-place/],
  ],
  [
    'names that differ only in case',
    { [AT]: GROUP, 'policies/groups/All.yaml': GROUP },
    [
      'policies/groups/All.yaml:1:1 file-case only the case of letters tells this name from policies/groups/all.yaml; rename one of the two: macOS and Windows cannot keep both',
    ],
  ],
  [
    'names that differ only in how an accent is written',
    { 'policies/groups/caf\u00e9.yaml': GROUP, 'policies/groups/cafe\u0301.yaml': GROUP },
    [/file-case/, /:1:5 id the file's name/],
  ],
  [
    'a folder of ours in capitals',
    { 'Policies/groups/all.yaml': GROUP },
    [
      'Policies:1:1 file-case only the case of letters tells this name from one that means something; write it in lower case',
    ],
  ],
  ['a file where a folder belongs', { environments: 'x' }, [/^environments:1:1 file-place/]],
  ['a link where a folder belongs', { policies: { link: '/etc' } }, [/^policies:1:1 file-link/]],
  [
    'a linked folder',
    { 'policies/groups': { link: '../elsewhere' }, 'elsewhere/all.yaml': GROUP },
    [/^policies\/groups:1:1 file-link/],
  ],
  [
    'a name that is no id',
    { 'policies/groups/Every One.yaml': GROUP },
    [/:1:5 id the file's name `Every One` cannot be an id.*; rename the file to all.yaml$/],
  ],
  ['a name of several lines', { 'policies/groups/a\nb.yaml': GROUP }, [/:1:5 id the file's name/]],
  [
    'connectors of an environment whose file is broken',
    {
      'environments/lab/connectors/all.yaml': `${GROUP}runs: external\nservices: []\n`,
      'environments/lab/environment.yaml': 'id: [',
    },
    [/^environments\/lab\/environment.yaml:1:\d+ yaml-syntax/],
  ],
  [
    'connectors of no environment',
    { 'environments/lab/connectors/all.yaml': `${GROUP}runs: external\nservices: []\n` },
    [
      'environments/lab/connectors/all.yaml:1:1 environment-missing there is no environment `lab`; add environments/lab/environment.yaml, or remove the connector',
    ],
  ],
];

/** Loads a tree as it is, and as a revision; both must say the same. */
async function both(things: Record<string, Thing>): Promise<LoadResult> {
  const tree = new Tree(things);
  try {
    const working = await loadWorkingTree(tree.root);
    const revision = await loadRevision(tree.root, tree.commit());
    assert.equal(revision.findings.map(line), working.findings.map(line), 'the revision says something else');
    assert.is(revision.repository.files, working.repository.files);
    return working;
  } finally {
    tree.remove();
  }
}

function matches(actual: string, expected: string | RegExp): void {
  if (typeof expected === 'string') assert.is(actual, expected);
  else assert.match(actual, expected);
}

/** Where each of the files is: all of them in one tree, which is loaded twice. */
const placeOf = (index: number): string => `policies/groups/case-${index}.yaml`;
const all = await both(Object.fromEntries(FILES.map(([, thing], index) => [placeOf(index), thing])));

for (const [index, [what, , expected]] of FILES.entries()) {
  test(what, () => {
    const own = all.findings.filter(({ file }) => file === placeOf(index));
    const said = own.map((finding) => line(finding).slice(placeOf(index).length + 1));
    if (what !== 'a bomb of aliases') assert.is(said.length, 1, said.slice(0, 5).join('\n'));
    matches(said[0]!, expected);
    assert.not(all.repository.groups.has('all'));
  });
}

for (const [what, things, expected] of PLACES) {
  test(what, async () => {
    const { findings } = await both(things);
    assert.is(findings.length, expected.length, findings.map(line).join('\n'));
    for (const [index, finding] of findings.entries()) matches(line(finding), expected[index]!);
  });
}

test('CRLF is read as a line feed, in block texts too', async () => {
  const unix = `${GROUP.replace('Everybody', '>-\n  Everybody\n  here')}members:\n  - "a@b.c"\n`;
  const dos = await both({ [AT]: unix.replaceAll('\n', '\r\n') });
  assert.equal(dos.findings, []);
  const { repository } = await both({ [AT]: unix });
  assert.equal(dos.repository.groups.get('all')!.value, repository.groups.get('all')!.value);
  assert.equal(
    dos.repository.groups.get('all')!.place(['members', 0]),
    repository.groups.get('all')!.place(['members', 0]),
  );
});

test('what cannot be read is a finding, and the rest is loaded', async () => {
  const tree = new Tree({
    [AT]: GROUP,
    'policies/groups/secret.yaml': GROUP,
    'policies/access/x.yaml': GROUP,
  });
  try {
    chmodSync(tree.root, 0o755);
    chmodSync(join(tree.root, 'policies/groups/secret.yaml'), 0);
    chmodSync(join(tree.root, 'policies/access'), 0);
    // Root reads everything: become another person for as long as it takes.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid!(65534);
    const { findings, repository } = await loadWorkingTree(tree.root).finally(
      () => root && process.seteuid!(0),
    );
    assert.equal(findings.map(line), [
      'policies/access:1:1 file this cannot be read: found EACCES; give yourself permission to read it',
      'policies/groups/secret.yaml:1:1 file this cannot be read: found EACCES; give yourself permission to read it',
    ]);
    assert.equal([...repository.groups.keys()], ['all']);
  } finally {
    tree.remove();
  }
});

/** What editors keep beside `policies/groups/all.yaml`; emacs's lock is a link that leads nowhere. */
const LEFT: Record<string, Thing> = {
  'policies/groups/.all.yaml.swp': 'x',
  'policies/groups/.all.yaml.swo': 'x',
  'policies/groups/.#all.yaml': { link: 'alice@host.1234' },
  'policies/groups/#all.yaml#': 'x',
  'policies/groups/all.yaml~': 'x',
  'policies/groups/all.yaml.orig': 'x',
  'policies/groups/all.yaml___jb_tmp___': 'x',
  'policies/groups/all.yaml___jb_old___': 'x',
};

test('what editors keep beside a file is of no concern while it is open, and a finding once committed', async () => {
  const tree = new Tree({ [AT]: GROUP, ...LEFT });
  const working = await loadWorkingTree(tree.root);
  assert.equal(working.findings.map(line), []);
  const { findings } = await loadRevision(tree.root, tree.commit());
  assert.equal(findings.map(({ file }) => file).sort(), Object.keys(LEFT).sort());
  for (const finding of findings)
    assert.match(
      line(finding),
      /file-place an editor left this file; remove it from the commit: git rm --cached$/,
    );
  tree.remove();
});

test('a pipe is no file, and is not waited for', async () => {
  const tree = new Tree({ [AT]: GROUP });
  execFileSync('mkfifo', ['policies/groups/pipe.yaml'], { cwd: tree.root });
  const { findings } = await loadWorkingTree(tree.root);
  assert.equal(findings.map(line), [
    'policies/groups/pipe.yaml:1:1 file this is not a regular file; remove it',
  ]);
  tree.remove();
});

test('a submodule is no file', async () => {
  const tree = new Tree({ [AT]: GROUP });
  const commit = tree.commit();
  tree.git('update-index', '--add', '--cacheinfo', `160000,${commit},policies/groups/sub`);
  tree.git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'b');
  const { findings } = await loadRevision(tree.root, 'HEAD');
  assert.equal(findings.map(line), ['policies/groups/sub:1:1 file this is not a regular file; remove it']);
  tree.remove();
});

test('a file with no end of faults has a hundred findings and one more', async () => {
  const { findings } = await both({ [AT]: `${GROUP}members: [${'yes, '.repeat(40_000)}]\n` });
  assert.is(findings.length, 101);
  assert.match(
    line(findings.find(({ rule }) => rule === 'file-findings')!),
    /file-findings the file has more than 100 findings; fix these first$/,
  );
});

test('no file of 256 KiB takes seconds', async () => {
  const words = (text: (index: number) => string, count: number): string =>
    Array.from({ length: count }, (_, index) => text(index)).join('');
  const heavy: Record<string, string> = {
    members: `${GROUP}members: [${words((index) => `${index.toString(36)},`, 50_000)}]\n`,
    keys: words((index) => `k${index.toString(36)}:\n`, 35_000),
    spaces: `${GROUP}members: [${words((index) => `"a ${index}",`, 25_000)}]\n`,
    commas: `{${','.repeat(200_000)}`,
    quotes: '"'.repeat(250_000),
    comments: '#\n'.repeat(120_000),
    documents: '---\n'.repeat(60_000),
    aliases: words((index) => `a${index}: &a *a\n`, 18_000),
    expectations: `${GROUP}expect: [${'{},'.repeat(70_000)}]\n`,
  };
  for (const [name, text] of Object.entries(heavy)) {
    const kind = name === 'expectations' ? 'policies/tests/all.yaml' : AT;
    // Of the processor, not of the clock: the machine may be busy.
    const began = process.cpuUsage();
    const { findings } = await loadWorkingTreeOf({ [kind]: text });
    const seconds = process.cpuUsage(began).user / 1e6;
    assert.ok(seconds < 10, `${name}: ${seconds.toFixed(1)} s`);
    assert.ok(findings.length <= 101, name);
  }
});

async function loadWorkingTreeOf(things: Record<string, Thing>): Promise<LoadResult> {
  const tree = new Tree(things);
  return loadWorkingTree(tree.root).finally(() => tree.remove());
}

test.run();
