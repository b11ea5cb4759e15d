import { jsonText } from '../contract/terminal-text.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import { byPlace, count, type Finding } from '../finding/finding.ts';
import { repair, type Repair } from '../finding/repair.ts';
import type { Cache } from '../load/cache.ts';
import { loadSources } from '../load/load.ts';
import { workingTree, type Source } from '../load/sources.ts';
import { fixesJson, fixesText } from '../output/fixes.ts';
import { command, type Context } from './shared/command.ts';
import { cacheIn } from './shared/load.ts';
import { checkWithBase, ownersFindings, repositoryBefore } from './validate.ts';

/** Puts right what can be put right in one way only. */
export const fix = command({
  name: 'fix',
  summary: 'Put right what validate finds, where only one thing can be meant',
  options: [
    { flags: '--dry-run', description: 'only show what would be changed' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna fix --dry-run', 'npx ztna fix'],
  async run({ options: { dryRun = false, json } }, context) {
    const sources = await workingTree(context.root);
    const bytes = new Map(sources.map((source) => [source.path, source.bytes]));
    // It is looked at once for each fault behind another: what has none is read in none of these rounds anew.
    const cache = cacheIn(context);
    const done = await repair(
      (changed) => found(sources, changed, cache, context),
      (file) => bytes.get(file)?.toString('utf8'),
    );
    if (!dryRun) write(context.root, done, bytes);
    context.out(json ? jsonText(fixesJson(done)) : fixesText(done, dryRun));
    return count(done.left).errors > 0 ? 1 : 0;
  },
});

/** Everything that is wrong with the files, some of them changed. */
async function found(
  sources: readonly Source[],
  changed: ReadonlyMap<string, string>,
  cache: Cache,
  { root, now }: Context,
): Promise<readonly Finding[]> {
  const all = sources.map((source) => {
    const text = changed.get(source.path);
    return text === undefined ? source : { ...source, bytes: Buffer.from(text) };
  });
  const loaded = loadSources(all, cache);
  const { findings } = await checkWithBase(loaded, now().getTime(), () =>
    repositoryBefore(root, 'HEAD', cache),
  );
  return [...findings, ...(await ownersFindings(loaded, { root }))].sort(byPlace);
}

/** Writes what changed. @throws Fault where a file is no longer as it was read */
function write(root: string, { changed }: Repair, read: ReadonlyMap<string, Buffer | undefined>): void {
  for (const file of changed.keys())
    if (!readFileSync(join(root, file)).equals(read.get(file)!))
      throw new Fault(`${file} was changed while it was looked at, and nothing is written`, 'run it again');
  for (const [file, text] of changed) writeFileSync(join(root, file), text);
}
