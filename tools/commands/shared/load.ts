import { textLine } from '../../contract/terminal-text.ts';
import { join } from 'node:path';
import { type Finding, line } from '../../finding/finding.ts';
import { fileCache, type Cache } from '../../load/cache.ts';
import { loadWorkingTree, type LoadResult } from '../../load/load.ts';
import type { Repository } from '../../load/repository.ts';
import { plural } from '../../output/words.ts';
import type { Context } from './command.ts';

/** The values of files from earlier runs: for commands by which nothing is published and nothing decided. */
export function cacheIn({ state }: Pick<Context, 'state'>): Cache {
  return fileCache(join(state, 'cache', 'files'));
}

/**
 * Says what is left out of the revision that a change is compared with. Files of it that cannot be used are said, and left out: the change that
 * fixes them has to be looked at too.
 */
export function noteLeftOut({ findings }: LoadResult, revision: string, { err }: Context): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const finding of errors) err(textLine(`${line(finding)}`));
  if (errors.length > 0)
    err(
      textLine(
        `${plural(errors.length, 'error')} at ${revision.slice(0, 12)}: what these files allowed or denied is not compared`,
      ),
    );
}

/**
 * The working tree for a command that only needs to know the environments: what is in force can be looked at,
 * renewed and rolled back while policies are broken. An environment whose own file is broken is not in it.
 * @param cache for a command by which nothing is published
 */
export async function loadEnvironments({ root, err }: Context, cache?: Cache): Promise<Repository> {
  const { repository, findings } = await loadWorkingTree(root, cache);
  const errors = findings.filter(({ severity }) => severity === 'error');
  leftOut(errors.filter(isEnvironment), err);
  const other = errors.filter((one) => !isEnvironment(one)).length;
  if (other > 0)
    err(
      textLine(
        `note: ${plural(other, 'error')} in the files ${other === 1 ? 'does' : 'do'} not matter here; see npx ztna validate`,
      ),
    );
  return repository;
}

/** Says which environments are not looked at, and why. */
function leftOut(findings: readonly Finding[], err: Context['err']): void {
  for (const finding of findings) err(textLine(`${line(finding)}`));
  for (const id of new Set(findings.map(({ file }) => file.split('/')[1]!)))
    err(
      textLine(
        `${id} is left out, as its file cannot be used; fix it, or go to a commit where it can: git checkout <commit>`,
      ),
    );
}

function isEnvironment({ file }: Finding): boolean {
  return /^environments\/[^/]+\/environment\.yaml$/.test(file);
}
