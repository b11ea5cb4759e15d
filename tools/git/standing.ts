import { containsCommit } from './contains.ts';
import { findCommit, isDirty, isRepository, subjectOf } from './git.ts';

/** Where the working tree is in its history. */
export interface Standing {
  /** The commit checked out, `-dirty` when policies or environments differ from it. */
  commit: string;
  /** The first line of its message; undefined where there is no commit. */
  subject: string | undefined;
  contains: Contains;
}

/**
 * Whether ours contains what another commit says of access; undefined where this clone cannot tell.
 * @param commit what an entry of a log was built from
 * @param earlier what the entries before it were built from, the newest first; read as far as it is needed
 */
export type Contains = (commit: string, earlier: AsyncIterable<string>) => Promise<boolean | undefined>;

/** Stands for the commit of files that are in none. */
const NO_COMMIT = '0'.repeat(40);

/** What files are built from that are in no repository. */
export const IN_NO_REPOSITORY = `${NO_COMMIT}-dirty`;

/** What of a working tree is published: everything in these folders, and nothing else. */
export const PUBLISHED = ['policies', 'environments'];

/** Where the working tree is; files that are in no git repository count as changed from nothing. */
export async function standingOf(root: string): Promise<Standing> {
  const head = (await isRepository(root)) ? await findCommit(root, 'HEAD') : undefined;
  if (head === undefined)
    return {
      commit: IN_NO_REPOSITORY,
      subject: undefined,
      contains: async (other) => (other === NO_COMMIT ? true : undefined),
    };
  const dirty = await isDirty(root, PUBLISHED);
  return {
    commit: dirty ? `${head}-dirty` : head,
    subject: dirty ? undefined : await subjectOf(root, head),
    contains: async (other, earlier) =>
      other === NO_COMMIT || containsCommit(root, head, other, earlier, PUBLISHED),
  };
}
