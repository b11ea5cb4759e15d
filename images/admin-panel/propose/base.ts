import { Fault } from '../../../tools/contract/fault.ts';
import { findCommit, isRepository } from '../../../tools/git/git.ts';
import { codeownersOf } from '../../../tools/load/codeowners.ts';
import { loadSources, type LoadResult } from '../../../tools/load/load.ts';
import { revisionTree, type Source } from '../../../tools/load/sources.ts';

/** The commit that a proposal changes. */
export interface ProposalBase {
  commit: string;
  sources: readonly Source[];
  loaded: LoadResult;
  codeowners: string | undefined;
}

/** What reads the commit that proposals change; the last one is kept. */
export class ProposalBases {
  #last: { commit: string; base: Promise<ProposalBase> } | undefined;
  readonly root: string;
  /** The branch that is delivered, such as `HEAD` on one's own machine. */
  readonly revision: string;

  constructor(root: string, revision: string) {
    this.root = root;
    this.revision = revision;
  }

  /** The base as it is now. @throws Fault where there is no commit to change */
  async now(): Promise<ProposalBase> {
    const commit = (await isRepository(this.root)) ? await findCommit(this.root, this.revision) : undefined;
    if (commit === undefined)
      throw new Fault('the files are in no commit yet', 'commit them first: git add -A && git commit');
    if (this.#last?.commit !== commit) this.#last = { commit, base: this.#read(commit) };
    return this.#last.base;
  }

  async #read(commit: string): Promise<ProposalBase> {
    const sources = await revisionTree(this.root, commit);
    const codeowners = await codeownersOf(this.root, commit);
    return { commit, sources, loaded: loadSources(sources), codeowners };
  }
}
