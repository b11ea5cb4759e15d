import { findCommit, isAncestor, isDirty, isRepository, subjectOf } from './git.ts';

/** Where the working tree stands in its history. */
export interface Standing {
  /** The commit checked out, `-dirty` when policies or environments differ from it. */
  commit: string;
  /** The first line of its message; undefined where there is no commit. */
  subject: string | undefined;
  /** Whether it descends from another commit, or is it; undefined when that one is not in this clone. */
  descends(commit: string): Promise<boolean | undefined>;
}

/** Stands for the commit of files that are in none. */
const NO_COMMIT = '0'.repeat(40);

/** What of a working tree is published: everything in these folders, and nothing else. */
export const PUBLISHED = ['policies', 'environments'];

/** Where the working tree stands; files that are in no git repository count as changed from nothing. */
export async function standingOf(root: string): Promise<Standing> {
  const head = (await isRepository(root)) ? await findCommit(root, 'HEAD') : undefined;
  if (head === undefined)
    return {
      commit: `${NO_COMMIT}-dirty`,
      subject: undefined,
      descends: async (other) => (other === NO_COMMIT ? true : undefined),
    };
  const dirty = await isDirty(root, PUBLISHED);
  return {
    commit: dirty ? `${head}-dirty` : head,
    subject: dirty ? undefined : await subjectOf(root, head),
    async descends(other) {
      if (other === NO_COMMIT) return true;
      const known = await findCommit(root, other);
      return known === undefined ? undefined : isAncestor(root, known, head);
    },
  };
}
