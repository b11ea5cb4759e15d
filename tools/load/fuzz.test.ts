import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { MINIATURE } from '../testing/miniature.ts';
import { suite } from '../testing/suite.ts';
import { line } from '../finding/finding.ts';
import { loadSources } from './load.ts';
import { kindOf } from './paths.ts';
import { workingTree } from './sources.ts';
import { grown, mutated, scribbled, type InputFile } from './testing/inputs.ts';
import { readExamples, placeOf } from './testing/examples.ts';

const test = suite('load: any input gives findings or a repository');
const RUNS = Number(process.env['ZTNA_RUNS'] ?? 2000);
const SEED = Number(process.env['ZTNA_SEED'] ?? 7);

const STAGES = ['encoding', 'yaml', 'schema', 'valid'] as const;
type Stage = (typeof STAGES)[number];

/** Loads one input as the whole repository, and says how far it came; @throws where the outcome is neither. */
function stageOf({ path, bytes }: InputFile): Stage {
  const began = process.cpuUsage();
  const { repository, findings, texts } = loadSources([{ path, bytes }]);
  assert.ok(process.cpuUsage(began).user < 5e6, 'it took more than five seconds');
  assert.is(repository.files, findings.some(({ rule }) => rule !== 'environment-missing') ? 0 : 1);
  const count = (texts.get(path) ?? '').split('\n').length;
  for (const finding of findings) {
    const said = line(finding);
    assert.is(finding.file, path);
    assert.ok(finding.line >= 1 && finding.line <= count && finding.column >= 1, said);
    assert.match(finding.rule, /^(file|yaml|schema)-[a-zA-Z-]+$|^id$|^environment-missing$/);
    assert.not.match(said.slice(path.length), /undefined|\[object|NaN:|:NaN|at .*\.ts:\d/);
    assert.ok(finding.message.length > 0 && said.length < 2000, said);
  }
  const rules = findings.map(({ rule }) => rule);
  if (rules.some((rule) => rule.startsWith('file-'))) return 'encoding';
  if (rules.some((rule) => rule.startsWith('yaml-'))) return 'yaml';
  return rules.some((rule) => rule !== 'environment-missing') ? 'schema' : 'valid';
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
