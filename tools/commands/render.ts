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
import { command } from './shared/command.ts';
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
    { flags: '--at <instant>', description: 'what is enforced at this instant', fallback: 'now' },
  ],
  examples: ['npx ztna render --env dev --out out/dev'],
  async run({ options }, context) {
    const { repository } = await loadValid(context.root);
    const environment = environmentOf(repository, options.env);
    const folder = resolve(options.out);
    const files = await renderedFiles(repository, environment, instantOption(options.at, context.now()));
    await clear(folder);
    for (const [path, value] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), jsonText(value, 2));
    }
    context.out(textLines([...files.keys()].map((path) => join(folder, path))));
    return 0;
  },
});

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

/** Removes what an earlier render left, so that nothing stale stays; a folder of something else is left alone. */
async function clear(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const foreign = (await readdir(folder)).find((name) => !OURS.includes(name));
  if (foreign)
    throw new Fault(`${folder} has something else in it: ${foreign}`, 'name a folder that is new or empty');
  for (const name of OURS) await rm(join(folder, name), { recursive: true, force: true });
}
