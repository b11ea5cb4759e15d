import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../contract/log/canonical.ts';
import { startEngine } from '../../../tunnel-checks/placements/engine.ts';
import { enter, rights } from '../../../tunnel-checks/placements/rights.ts';
import { WORK } from '../build/buildah.ts';
import { archiveOf, buildImages } from '../build/build.ts';
import { run } from '../build/engine.ts';
import { type ImageSpec, imagesIn } from '../build/images.ts';
import { type Architecture, machineOf, ownArchitecture, runsHere } from '../build/machine.ts';
import { overBudget } from '../build/measure.ts';
import { STEPS } from './compose.ts';
import { Score } from './score.ts';
import { composePrograms, ComposeStack, REACHED } from './stack.ts';

const OPTIONS = {
  offline: { type: 'string', multiple: true },
  only: { type: 'string' },
  steps: { type: 'string', default: '' },
  share: { type: 'string' },
  programs: { type: 'string' },
} as const;

/** The parts, of which `--only` names one. */
const PARTS = ['images', 'other machine', 'compose', 'checks'] as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * `npm run images -- prove`: builds all images without a network, for both architectures, loads them into a Docker engine
 * of its own, runs compose.yaml on it, and the checks of the tunnel with every program in its container.
 *
 *   --offline <tar>       bases, instead of those that it makes at first
 *   --only <part>         images, other machine, compose or checks
 *   --steps <words>       of compose.yaml, those whose names have them
 *   --share ci|prove      of the checks; default ci
 *   --programs <folder>   as for the checks
 */
export async function prove(root: string, words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: OPTIONS });
  const score = new Score(say);
  const wanted = (part: (typeof PARTS)[number]) => values.only === undefined || values.only === part;
  const own = ownArchitecture();
  if (rights(process.env).state === 'inside') await proveCompose(root, own, score, values.steps);
  else {
    const bases = (values.offline ?? []).map((tar) => resolve(tar));
    if (wanted('images')) await proveBuilt(root, own, imagesIn(root), basesFor(root, bases, [own]), score);
    if (wanted('other machine')) await proveOther(root, bases, score);
    if (wanted('compose')) await inNamespaces(score);
    if (wanted('checks')) score.add(await checks(root, own, values));
  }
  say(score.line);
  return score.failed > 0 ? 1 : 0;
}

/** The bases that were named; else those that were made before, or are made now. */
function basesFor(root: string, named: readonly string[], architectures: readonly Architecture[]): string[] {
  if (named.length > 0) return [...named];
  return architectures.map((architecture) => {
    const tar = madeBase(root, architecture);
    if (!existsSync(tar)) run([join(root, 'images/base.sh'), architecture, tar]);
    return tar;
  });
}

/** What a base is made of: another one is made when a package, or the script, changes. */
const MADE_OF = ['package-lock.json', 'images/Cargo.lock', 'images/base.sh'];

/** Where the base of an architecture is that was made of what is here. */
function madeBase(root: string, architecture: Architecture): string {
  const digest = digestOf(MADE_OF.map((file) => readFileSync(join(root, file), 'utf8')).join());
  return join(root, WORK, `base-${architecture}-${digest.slice(0, 12)}.tar`);
}

async function proveBuilt(
  root: string,
  architecture: Architecture,
  images: readonly ImageSpec[],
  bases: readonly string[],
  score: Score,
): Promise<void> {
  for (const { name } of images)
    await score.try(`${name} for ${architecture}, built without a network`, async () => {
      const costs = await buildImages(root, { names: [name], bases, architecture }, () => {});
      const [{ packed, unpacked, startUp, program, image }] = costs as [(typeof costs)[number]];
      assert.is(program?.machine, machineOf(architecture));
      if (image.base === 'rust') assert.ok(program!.isStatic, 'it needs no library');
      assert.equal(overBudget(costs), [], 'it is no larger than it may be');
      if (runsHere(architecture)) assert.ok(startUp !== undefined, 'it starts');
      const mega = (bytes: number) => (bytes / 1_000_000).toFixed(1);
      const started = startUp === undefined ? 'not run here' : `starts in ${startUp.toFixed(0)} ms`;
      return `${mega(packed)} MB packed of ${mega(image.budget)}, ${mega(unpacked)} MB unpacked, ${started}`;
    });
}

/** The other architecture: Rust's from this machine's base; Node's where its own base is there, or its emulation answers. */
async function proveOther(root: string, named: readonly string[], score: Score): Promise<void> {
  const own = ownArchitecture();
  const other: Architecture = own === 'amd64' ? 'arm64' : 'amd64';
  const emulated = runsHere(other);
  if (!emulated)
    say(`nothing runs programs for ${other} here (Debian: qemu-user-static): they are built only`);
  const images = imagesIn(root);
  const there = named.length > 1 || existsSync(madeBase(root, other)) || emulated;
  const rust = images.filter(({ base }) => base === 'rust');
  const bases = basesFor(root, named, there ? [own, other] : [own]);
  await proveBuilt(root, other, there ? images : rust, bases, score);
  if (!there)
    for (const { name } of images.filter(({ base }) => base === 'node'))
      score.tell(
        'skip',
        `${name} for ${other}: there is no base for it, and none can be made without its emulation`,
      );
}

/** compose.yaml, on an engine in namespaces of its own. */
async function inNamespaces(score: Score): Promise<void> {
  const found = rights(process.env);
  if (found.state !== 'possible')
    return score.tell('skip', `compose.yaml: ${found.state === 'none' ? found.reason : ''}`);
  const { output } = await enter(found.flags, [
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ]);
  score.add(output);
}

async function proveCompose(
  root: string,
  architecture: Architecture,
  score: Score,
  steps: string,
): Promise<void> {
  const engine = await startEngine(join(root, WORK, 'engine'));
  try {
    await score.try('the images are loaded', () => {
      for (const { name } of imagesIn(root))
        engine.docker('load', '--quiet', '--input', archiveOf(root, name, architecture));
    });
    const programs = composePrograms();
    if (programs.length === 0)
      score.tell('skip', 'compose.yaml: neither docker compose nor docker-compose is installed');
    for (const { words, version } of programs) {
      say(`compose ${version}`);
      const stack = new ComposeStack(root, engine, words);
      try {
        await stepsOn(stack, score, steps);
      } finally {
        stack.close();
      }
    }
  } finally {
    await engine.close();
  }
}

async function stepsOn(stack: ComposeStack, score: Score, steps: string): Promise<void> {
  const isUp = await score.try('compose.yaml is up, and every container well', async () => {
    stack.compose('up', '--detach', '--no-build');
    const took = await stack.healthy();
    return [...took]
      .map(([name, milliseconds]) => `${name} ${(milliseconds / 1000).toFixed(1)} s`)
      .join(', ');
  });
  if (!isUp) return;
  const all = stack.services;
  const one = await stack.firstReached(all);
  await score.try('the agent reaches a service through the tunnel', () => {
    assert.ok(one, `none of ${all.map(([service]) => service).join(', ')} is reached`);
    return one.join(' ');
  });
  if (!one) return;
  for (const { name, run } of STEPS.filter((one) => one.name.includes(steps)))
    await score.try(name, () => run(stack, { one, all }));
  assert.is(stack.probe(one), REACHED);
}

/** The checks of the tunnel, on containers. @returns what they said */
async function checks(
  root: string,
  architecture: Architecture,
  { share = 'ci', programs }: { share?: string; programs?: string },
): Promise<string> {
  const words = ['--import', 'tsx', join(root, 'tools/tunnel-checks/main.ts'), '--placement', 'containers'];
  const images = ['--images', dirname(archiveOf(root, '', architecture)), '--share', share];
  const child = spawn(
    process.execPath,
    [...words, ...images, ...(programs ? ['--programs', programs] : [])],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
    process.stdout.write(bytes);
  });
  await new Promise((done) => child.on('close', done));
  return output;
}
