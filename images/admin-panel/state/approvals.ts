import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../../tools/contract/fault.ts';
import { approversIn } from '../../../tools/git/commit.ts';
import type { Connection } from '../../../tools/github/connection/connection.ts';
import { mergedPull } from '../../../tools/github/merged-pull.ts';

/** Who approved a commit, and the pull request that it came by. */
export interface EntryApproval {
  approvedBy: string[];
  pull?: { number: number; url: string };
}

/** Milliseconds for which a page waits for GitHub; what comes later is there the next time. */
const PATIENCE_MS = 1_500;

/** Commits that are kept; what was approved when it was merged stays so. */
const MOST = 2_000;

/**
 * Who approved what: by the reviews of its pull request where GitHub is asked, else by the trailers of the commit. Not by both: a
 * trailer is written by whoever writes the commit, and must not stand beside what a reviewer said.
 */
export class Approvals {
  readonly #known = new Map<string, Promise<EntryApproval | undefined>>();
  readonly root: string;
  readonly connection: Connection | undefined;
  readonly patienceMs: number;

  /** @param connection GitHub; trailers alone where there is none */
  constructor(root: string, connection: Connection | undefined, patienceMs = PATIENCE_MS) {
    this.root = root;
    this.patienceMs = patienceMs;
    this.connection = connection;
  }

  /** The approval of a commit; undefined where it is not known, or not yet. */
  async of(commit: string): Promise<EntryApproval | undefined> {
    let known = this.#known.get(commit);
    if (!known) {
      this.#known.set(commit, (known = this.#look(commit)));
      const [oldest] = this.#known.keys();
      if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    }
    const waited = new AbortController();
    const late = setTimeout(this.patienceMs, undefined, { signal: waited.signal, ref: false }).catch(
      () => undefined,
    );
    return Promise.race([known, late]).finally(() => waited.abort());
  }

  async #look(commit: string): Promise<EntryApproval | undefined> {
    try {
      if (!this.connection) return { approvedBy: await approversIn(this.root, commit) };
      const pull = await mergedPull(this.connection, commit);
      const approvedBy = [...new Set(pull?.approvedBy)];
      return { approvedBy, ...(pull && { pull: { number: pull.number, url: pull.url } }) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // GitHub is away, or the commit is not here: the next page asks again.
      this.#known.delete(commit);
      return undefined;
    }
  }
}
