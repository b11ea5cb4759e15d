import { jsonText, textLines } from '../contract/terminal-text.ts';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { assemble } from '../bundle/assemble.ts';
import { flatten } from '../enforce/flatten.ts';
import { prepare } from '../publish/prepare.ts';
import type { LoadedEnvironment, Repository } from '../load/repository.ts';
import { instantOption } from './shared/values.ts';
import { Fault } from '../contract/fault.ts';
import { didYouMean } from '../finding/nearest.ts';
import { compose } from '../output/connector/compose.ts';
import { externalConnector, SERVER_CAS_FILE } from '../output/connector/external.ts';
import { kubernetes } from '../output/connector/kubernetes.ts';
import { systemdUnits } from '../output/connector/systemd.ts';
import { connectorWords } from '../output/connector/words.ts';
import { command, type Context, type ExitStatus } from './shared/command.ts';
import { ENV, environmentOf } from './shared/environment.ts';
import { identityOf } from '../contract/log/entry.ts';
import { loadValid } from '../load/load.ts';

/** Writes what would be published, and what would be enforced, as files to read. */
export const render = command({
  name: 'render',
  summary: "Write an environment's index, parts and enforcement files as readable JSON",
  options: [
    ENV,
    { flags: '--out <folder>', description: 'where to write them', required: true },
    {
      flags: '--connector <id>',
      description: 'instead: what runs this external connector, for Kubernetes, systemd and compose',
    },
    { flags: '--at <instant>', description: 'what is enforced at this instant', fallback: 'now' },
  ],
  examples: [
    'npx ztna render --env dev --out out/dev',
    'npx ztna render --env prod --connector berlin --out out/berlin',
  ],
  async run({ options }, context) {
    const { repository } = await loadValid(context.root);
    const environment = environmentOf(repository, options.env);
    const folder = resolve(options.out);
    if (options.connector !== undefined) {
      const files = connectorFiles(environment, options.connector);
      await clear(folder, CONNECTOR);
      return write(folder, files, context);
    }
    const files = await renderedFiles(repository, environment, instantOption(options.at, context.now()));
    await clear(folder, OURS);
    const texts = [...files].map(([path, value]) => [path, jsonText(value, 2)] as const);
    return write(folder, new Map(texts), context);
  },
});

/** Writes files into a folder, and says which. */
async function write(
  folder: string,
  files: ReadonlyMap<string, string>,
  { out }: Context,
): Promise<ExitStatus> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  out(textLines([...files.keys()].map((path) => join(folder, path))));
  return 0;
}

/** What runs a connector outside AWS. @throws Fault where there is none of this id, or Terraform runs it */
function connectorFiles({ value, connectors }: LoadedEnvironment, id: string): Map<string, string> {
  const found = connectors.get(id)?.value;
  const external = [...connectors.values()].filter(({ value }) => value.runs === 'external');
  const known = external.map(({ value }) => value.id);
  if (found?.runs === 'fargate')
    throw new Fault(`connector ${id} runs on Fargate`, 'Terraform runs it; only external ones are rendered');
  if (!found)
    throw new Fault(
      `${value.id} has no connector ${id}`,
      didYouMean(id, known, `add environments/${value.id}/connectors/${id}.yaml with runs: external`),
    );
  const connector = externalConnector(value, id);
  const units = [...systemdUnits(connector)].map(([name, text]) => [`systemd/${name}`, text] as const);
  return new Map([
    ['README.md', connectorWords(connector)],
    ['kubernetes.yaml', kubernetes(connector)],
    ['compose.yaml', compose(connector)],
    ...(connector.serverCas ? [[SERVER_CAS_FILE, `${connector.serverCas}\n`] as const] : []),
    ...units,
  ]);
}

/** In place of the sequence of an entry that was not published. */
const UNPUBLISHED = 1;

async function renderedFiles(
  repository: Repository,
  { value }: LoadedEnvironment,
  at: number,
): Promise<Map<string, unknown>> {
  const bundle = assemble(repository, value.id);
  const files = new Map<string, unknown>();
  files.set('index.json', (await prepare(bundle, identityOf(value))).contents);
  for (const part of bundle.parts) files.set(`parts/${part.scope}.json`, part.value);
  const position = { epoch: value.epoch, sequence: UNPUBLISHED };
  const end = at + value.bundle.leaseSeconds * 1000;
  for (const { components, value: part } of bundle.parts)
    for (const component of components)
      files.set(`enforcement/${component}.json`, flatten(part, component, position, at, end));
  return files;
}

/** What a rendered folder has in it. */
const OURS = ['index.json', 'parts', 'enforcement'];
const CONNECTOR = ['README.md', 'kubernetes.yaml', 'compose.yaml', SERVER_CAS_FILE, 'systemd'];

/** Removes what an earlier render left, so that nothing stale stays; a folder of something else is left alone. */
async function clear(folder: string, ours: readonly string[]): Promise<void> {
  if (!existsSync(folder)) return;
  const foreign = (await readdir(folder)).find((name) => !ours.includes(name));
  if (foreign)
    throw new Fault(`${folder} has something else in it: ${foreign}`, 'name a folder that is new or empty');
  for (const name of ours) await rm(join(folder, name), { recursive: true, force: true });
}
