import { textLine, textLines } from '../contract/terminal-text.ts';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newRules, OWN, type ThreeSides, type UpgradePlan, upgradePlan } from '../adopt/release.ts';
import { Fault } from '../contract/fault.ts';
import { findCommit, isDirty, mergeBase } from '../git/git.ts';
import { contentsOf, type RevisionFile } from '../git/objects.ts';
import { fetchRelease, mergedText, subjectsBetween, treeOf } from '../git/release.ts';
import { plural } from '../output/words.ts';
import { command, type Context } from './shared/command.ts';
import { readRelease, writeRelease } from './shared/release.ts';

/** Takes a newer release of the tools; what is the company's own stays as it is. */
export const upgrade = command({
  name: 'upgrade',
  summary: 'Take a newer release of the tools, and say what changes; your own data stays as it is',
  options: [
    {
      flags: '--from <remote>',
      description: 'where releases are: a remote, or an address',
      fallback: 'upstream',
    },
    { flags: '--to <revision>', description: 'which release: a branch or a tag there', fallback: 'main' },
    {
      flags: '--base <commit>',
      description: 'the release that is here',
      fallback: 'what release.yaml says, else where the histories part',
    },
    { flags: '--write', description: 'write the files here; without, it is only shown' },
  ],
  examples: ['npx ztna upgrade', 'npx ztna upgrade --from upstream --to main --write'],
  async run({ options: { from = 'upstream', to = 'main', base, write } }, context) {
    const { root, out } = context;
    if (write && (await isDirty(root, ['.'])))
      throw new Fault('the working tree has changes', 'commit them first: an upgrade is one commit');
    const release = await fetchRelease(root, from, to);
    const began = await baseOf(root, base, release);
    const trees = await Promise.all([began, release, 'HEAD'].map((one) => treeOf(root, one)));
    const sides = sidesOf(trees as Trees);
    const plan = upgradePlan(sides);
    const merged = await mergesOf(root, plan);
    out(textLines(changesText(plan, await subjectsBetween(root, began, release), newRules(sides))));
    const conflicts = plan.merge.filter(({ path }) => !merged.has(path)).map(({ path }) => path);
    if (conflicts.length > 0) return refuse(conflicts, context);
    if (!write) {
      context.err(textLine('nothing is written without --write'));
      return 0;
    }
    await take(root, plan.take, trees[1]!);
    for (const [path, bytes] of merged) writeFileSync(join(root, path), bytes);
    writeRelease(root, release);
    out(
      textLines([
        `written: ${plural(plan.take.length + merged.size, 'file')} of the tools are those of ${release.slice(0, 12)}`,
        'next: npm ci, npx ztna validate, npx ztna codeowners; then commit it',
      ]),
    );
    return 0;
  },
});

type Trees = [
  base: Map<string, RevisionFile>,
  theirs: Map<string, RevisionFile>,
  ours: Map<string, RevisionFile>,
];

/** Every path that any of three commits has. The mode counts as a part of what is there. */
function sidesOf([base, theirs, ours]: Trees): ThreeSides[] {
  const paths = new Set([...base.keys(), ...theirs.keys(), ...ours.keys()]);
  const side = (name: 'base' | 'theirs' | 'ours', tree: Map<string, RevisionFile>, path: string) => {
    const file = tree.get(path);
    return file && { [name]: `${file.mode} ${file.object}` };
  };
  return [...paths].sort().map((path) => ({
    ...{ path, ...side('base', base, path) },
    ...{ ...side('theirs', theirs, path), ...side('ours', ours, path) },
  }));
}

/** The release that is here. @throws Fault where nobody knows it, or the newer one does not come after it */
async function baseOf(root: string, named: string | undefined, release: string): Promise<string> {
  const wanted = named ?? readRelease(root);
  if (wanted === undefined) return mergeBase(root, 'HEAD', release);
  const found = await findCommit(root, wanted);
  if (found !== undefined) return found;
  throw new Fault(
    `the release ${wanted.slice(0, 12)}, which is here, is not in the history of the newer one`,
    'name the commit of the release that you began with: --base <commit>',
  );
}

/** What both sides changed, merged; a path is missing where that cannot be done. */
async function mergesOf(root: string, { merge }: UpgradePlan): Promise<Map<string, Buffer>> {
  const merged = new Map<string, Buffer>();
  for (const { path, ours, base, theirs } of merge) {
    if (!ours || !base || !theirs) continue;
    const bytes = await mergedText(root, [objectOf(ours), objectOf(base), objectOf(theirs)]);
    if (bytes) merged.set(path, bytes);
  }
  return merged;
}

/** A path that leads out of the folder, or into git's own. */
const STRANGE = /(^|\/)(\.{0,2}|\.git|git~\d+)(\/|$)/i;

const objectOf = (side: string): string => side.split(' ')[1]!;

async function take(
  root: string,
  list: readonly ThreeSides[],
  tree: Map<string, RevisionFile>,
): Promise<void> {
  const files = list.flatMap(({ path }) => tree.get(path) ?? []);
  const odd = files.find(({ mode, path }) => (mode !== '100644' && mode !== '100755') || STRANGE.test(path));
  if (odd) throw new Fault(`${odd.path} of the release is no plain file`, 'take another release');
  const contents = await contentsOf(
    root,
    files.map(({ object }) => object),
  );
  for (const { path, theirs } of list) if (theirs === undefined) rmSync(join(root, path), { force: true });
  files.forEach(({ path, mode }, index) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents[index]!);
    chmodSync(join(root, path), mode === '100755' ? 0o755 : 0o644);
  });
}

function changesText({ take, merge, keep }: UpgradePlan, subjects: string[], rules: string[]): string[] {
  const schemas = [...take, ...merge]
    .filter(({ path }) => /^schemas\/[^/]+\.json$/.test(path))
    .map(({ path }) => path);
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0
      ? []
      : [title, ...lines.slice(0, SHOWN).map((one) => `  ${one}`), ...more(lines.length)];
  return [
    `${plural(take.length, 'file')} of the tools change, ${merge.length} that you changed too; ${OWN.join(', ')} stay`,
    ...list('What came since:', subjects),
    ...list('Rules that are new, and may find something in your data:', rules),
    ...list('Schemas of your files that changed:', schemas),
    ...list(
      'Files that you changed alone, which stay:',
      keep.map(({ path }) => path),
    ),
  ];
}

/** Lines of a list that are shown. */
const SHOWN = 20;

const more = (count: number): string[] => (count > SHOWN ? [`  and ${count - SHOWN} more`] : []);

function refuse(conflicts: readonly string[], { err }: Context): 1 {
  err(textLines(['changed here and in the release, in the same lines; nothing is written:', ...conflicts]));
  err(textLine('make these as they were in your release, or merge them by hand first'));
  return 1;
}
