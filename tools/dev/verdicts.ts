/**
 * Random worlds through `decide`, `flatten` and the verdict of the packet path (`images/tunnel`): all three must agree.
 * `--runs N` (1,000 when omitted) compares; `--examples` writes schemas/examples/enforcement/, which the tests of
 * `images/tunnel` run.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { compile } from '../access/compile.ts';
import { decide } from '../access/decide.ts';
import { indexPolicies } from '../access/model.ts';
import { typed } from '../access/request.ts';
import { opened, randomWorld, requests } from '../access/testing/worlds.ts';
import { SCHEMA_VERSION } from '../contract/limits.ts';
import type { Enforcement, IntermediatePart, Request } from '../contract/shapes.ts';
import { flatten } from '../enforce/flatten.ts';
import { Dice, seeded } from '../testing/random.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOUR = 3_600_000;

/** Requests of a world. */
const REQUESTS = 20;

/** An enforcement file, requests, and what `decide` says of each: nothing is allowed outside the lease. */
interface Question {
  enforcement: Enforcement;
  requests: Request[];
  decisions: ('allow' | 'deny')[];
}

/** What the packet path says of a question. */
interface Answer {
  refused?: string;
  verdicts?: { decision: 'allow' | 'deny'; reason?: string }[];
}

function question(seed: number): Question {
  const dice = new Dice(seeded(seed));
  const world = randomWorld(dice);
  const access = compile(opened(world), 'lab');
  const drawn = requests(dice, [world], REQUESTS);
  const middle = Date.parse(drawn[0]!.at!);
  const [from, to] = [middle - dice.below(12 * HOUR), middle + 1 + dice.below(12 * HOUR)];
  const asked = drawn.map((request) => ({ ...request, environment: 'lab', at: instant(dice, from, to) }));
  const enforcement = flatten(part(access), 'intermediate/one', { epoch: 1, sequence: 1 }, from, to);
  const model = indexPolicies(access);
  const decisions = asked.map((request) => {
    const at = Date.parse(request.at!);
    return from <= at && at < to ? decide(model, typed(request)).decision : 'deny';
  });
  return { enforcement, requests: asked, decisions };
}

/** An instant of the lease, to the millisecond; sometimes its first or last one, or the one outside. */
function instant(dice: Dice, from: number, to: number): string {
  const edges = [from - 1, from, to - 1, to];
  const at = dice.below(8) === 0 ? edges[dice.below(4)]! : from + dice.below(to - from);
  return new Date(at).toISOString();
}

function part(access: IntermediatePart['access']): IntermediatePart {
  const settings = { leaseSeconds: 300, pollSeconds: 5, onStale: { action: 'keep' as const } };
  const head = { schemaVersion: SCHEMA_VERSION, kind: 'intermediate', environment: 'lab', settings } as const;
  return { ...head, virtualNetwork: '10.100.0.0/24', access, revoked: [] };
}

const PROGRAM = join(
  process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'images/target'),
  'debug/examples/verdict',
);

/** Builds what answers, with all else: another choice of packages has other features, for which all is built anew. */
function buildProgram(): void {
  const args = ['build', '--quiet', '--locked', '--workspace', '--bins', '--examples'];
  execFileSync('cargo', args, { cwd: join(ROOT, 'images'), stdio: 'inherit' });
}

/** Asks the packet path, all questions of one process. */
async function* answers(questions: Iterable<Question>): AsyncGenerator<Answer> {
  const program = spawn(PROGRAM, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = new Promise<never>((_, reject) => program.once('error', reject));
  failed.catch(() => {});
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  for (const { enforcement, requests } of questions) {
    program.stdin.write(`${JSON.stringify({ enforcement, requests })}\n`);
    if (program.stdin.writableLength > 1 << 20) await Promise.race([new Promise(setImmediate), failed]);
  }
  program.stdin.end();
  for (;;) {
    const line = await Promise.race([lines.next(), failed]);
    if (line.done) return;
    yield JSON.parse(line.value) as Answer;
  }
}

/** Compares all of them. @returns how many were allowed and denied; the first disagreement is thrown */
async function compare(runs: number): Promise<{ allowed: number; denied: number }> {
  const counts = { allowed: 0, denied: 0 };
  for (let first = 0; first < runs; first += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, runs - first) }, (_, index) => first + index);
    const asked = seeds.map(question);
    let index = 0;
    for await (const answer of answers(asked)) verify(asked[index]!, answer, seeds[index++]!, counts);
    if (index !== asked.length)
      throw new Error(`the packet path answered ${index} of ${asked.length} questions`);
  }
  return counts;
}

/** Worlds for one process: all of them are held in memory. */
const BATCH = 2_000;

function verify(
  { requests, decisions }: Question,
  { refused, verdicts = [] }: Answer,
  seed: number,
  counts: { allowed: number; denied: number },
): void {
  if (refused !== undefined) throw new Error(`world ${seed}: the file is refused: ${refused}`);
  decisions.forEach((decision, index) => {
    const verdict = verdicts[index];
    const where = `world ${seed}: ${JSON.stringify(requests[index])}`;
    if (verdict?.decision !== decision)
      throw new Error(`${where}: decide says ${decision}, the packet path ${JSON.stringify(verdict)}`);
    if (decision === 'allow') counts.allowed++;
    else counts.denied++;
  });
}

/** Worlds that are kept as examples: enough that each kind of condition is in some. */
const EXAMPLES = 8;

async function writeExamples(): Promise<void> {
  const folder = join(ROOT, 'schemas/examples/enforcement');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (let seed = 0; seed < EXAMPLES; seed++) {
    const path = join(folder, `world-${seed}.json`);
    const options = await prettier.resolveConfig(path);
    writeFileSync(
      path,
      await prettier.format(JSON.stringify(question(seed)), { ...options, parser: 'json' }),
    );
  }
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, examples: { type: 'boolean', default: false } },
});
if (values.examples) await writeExamples();
else {
  buildProgram();
  const { allowed, denied } = await compare(Number(values.runs));
  console.log(`${values.runs} worlds agree: ${allowed} requests allowed, ${denied} denied`);
}
