import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { MINIATURE } from '../testing/miniature.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { line, type Finding } from '../finding/finding.ts';
import { withFixes } from '../finding/fix.ts';
import { loadSources } from './load.ts';
import { kindOf } from './paths.ts';
import { workingTree } from './sources.ts';
import { grown, mutated, scribbled, type InputFile } from './testing/inputs.ts';
import { readExamples, placeOf } from './testing/examples.ts';

const test = suite('load: any input gives findings or a repository');
const RUNS = cases(2000);
const SEED = Number(process.env['ZTNA_SEED'] ?? 7);

const STAGES = ['encoding', 'yaml', 'schema', 'valid'] as const;
type Stage = (typeof STAGES)[number];

/** Loads one input as the whole repository, and says how far it came; @throws where the outcome is neither. */
function stageOf({ path, bytes }: InputFile): Stage {
  const began = process.cpuUsage();
  const { repository, findings, texts } = loadSources([{ path, bytes }]);
  assert.ok(process.cpuUsage(began).user < 5e6, 'it took more than five seconds');
  const unusable = findings.some(
    ({ rule, severity }) => severity === 'error' && rule !== 'environment-missing',
  );
  assert.is(repository.files, unusable ? 0 : 1);
  const count = (texts.get(path) ?? '').split('\n').length;
  for (const finding of findings) {
    const said = line(finding);
    assert.is(finding.file, path);
    assert.ok(finding.line >= 1 && finding.line <= count && finding.column >= 1, said);
    assert.match(finding.rule, /^(file|yaml|schema)-[a-zA-Z-]+$|^id$|^environment-missing$/);
    assert.not.match(said.slice(path.length), /undefined|\[object|NaN:|:NaN|at .*\.ts:\d/);
    assert.ok(finding.message.length > 0 && said.length < 2000, said);
    if (finding.fix) seesFixed(path, texts.get(path)!, finding);
  }
  const rules = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  if (rules.some((rule) => rule.startsWith('file-'))) return 'encoding';
  if (rules.some((rule) => rule.startsWith('yaml-'))) return 'yaml';
  return rules.some((rule) => rule !== 'environment-missing') ? 'schema' : 'valid';
}

/** Makes a finding's edits: the very same finding is then gone. */
function seesFixed(path: string, text: string, finding: Finding): void {
  const after = withFixes(text, finding.fix!);
  assert.is.not(after, text, line(finding));
  // Of three that are equal, two are left, at the same place.
  if (finding.rule === 'schema-uniqueItems') return;
  const left = loadSources([{ path, bytes: Buffer.from(after) }]).findings;
  assert.not.ok(left.map(line).includes(line(finding)), `${line(finding)} after:\n${after}`);
}

/** Tries so many inputs, and prints the share that reached each stage. */
function fuzz(name: string, inputs: fc.Arbitrary<InputFile>, runs: number, wanted: readonly Stage[]): void {
  const reached = { encoding: 0, yaml: 0, schema: 0, valid: 0 };
  fc.assert(
    fc.property(inputs, (input) => void reached[stageOf(input)]++),
    { numRuns: runs, seed: SEED },
  );
  const share = (stage: Stage): number => (100 * reached[stage]) / runs;
  console.log(
    `${name}: ${runs} inputs; ${STAGES.map((stage) => `${stage} ${share(stage).toFixed(1)}%`).join(', ')}`,
  );
  for (const stage of wanted) assert.ok(share(stage) >= 5, `${name}: too few reached ${stage}`);
}

const own = (await workingTree(MINIATURE)).filter(({ path, bytes }) => bytes && kindOf(path)) as InputFile[];
const examples = readExamples().filter((one) => one.valid);
const real = [...own, ...examples.map(({ kind, value, bytes }) => ({ path: placeOf(kind, value), bytes }))];

test('the files themselves are valid', () => {
  for (const input of real) assert.is(stageOf(input), 'valid', input.path);
});

test('real files, edited', () => fuzz('mutated', mutated(real), Math.ceil(RUNS / 2), STAGES));
test('files grown from the schemas', () => fuzz('grown', grown(), Math.ceil(RUNS / 4), ['schema', 'valid']));
test('text made of the parts of YAML', () =>
  fuzz('scribbled', scribbled(), Math.ceil(RUNS / 4), ['yaml', 'schema']));

test.run();
