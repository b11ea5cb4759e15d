import { textLine } from '../../contract/terminal-text.ts';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commitOf, isDirty } from '../../git/git.ts';
import { contentsOf, filesOf, type RevisionFile } from '../../git/objects.ts';
import { Fault } from '../../contract/fault.ts';
import { PUBLISHED } from '../../git/standing.ts';
import type { Action } from './action.ts';

/** A path that stays below the folder it begins with. */
const PLAIN = /^(?:environments|policies)(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)+\.yaml$/;

/**
 * Puts another revision's YAML, which is all that is published and no program, into the working tree, so that this revision's Terraform plans it. A link, a
 * program or a path that leads elsewhere is refused.
 */
export const place: Action = async ({ head }, { root, out }) => {
  if (head === undefined) throw new Fault('whose YAML?', 'add --head with a revision');
  if (await isDirty(root, PUBLISHED))
    throw new Fault('the working tree has changes that this would lose', 'commit them, or put them aside');
  const commit = await commitOf(root, head);
  const files = await filesOf(root, commit, PUBLISHED);
  files.forEach(refuseOdd);
  const contents = await contentsOf(
    root,
    files.map(({ object }) => object),
  );
  for (const folder of PUBLISHED) rmSync(join(root, folder), { recursive: true, force: true });
  files.forEach(({ path }, index) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents[index]!);
  });
  out(textLine(`${files.length} files are those of ${commit}`));
  return 0;
};

function refuseOdd({ path, mode }: RevisionFile): void {
  if (mode !== '100644')
    throw new Fault(`${path} has mode ${mode}: no plain file`, 'commit it as a plain file', { status: 1 });
  if (!PLAIN.test(path))
    throw new Fault(`${path} is no YAML file below its folder`, 'rename or remove it', { status: 1 });
}
