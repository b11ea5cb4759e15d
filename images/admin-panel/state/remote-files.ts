import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../../tools/contract/fault.ts';
import { updateClone, type Remote } from '../../../tools/git/clone.ts';
import { loadRevision } from '../../../tools/load/load.ts';
import { keepingValid, type FilesSource } from './files.ts';

/** Where the repository is, and how often it is looked at. */
export interface RemoteFilesOptions extends Omit<Remote, 'token'> {
  /** The token of the moment; one of an app ends after an hour. */
  token: () => Promise<string | undefined>;
  /** Milliseconds between two looks. */
  everyMs: number;
  now: () => number;
  /** Called in place of reading a newer commit, where another process is to read it; `again` looks for one once more. */
  outdated?: ((again: () => void) => void) | undefined;
  /** Told, in a sentence, why it could not be read; what was read before stays. */
  trouble: (sentence: string) => void;
}

/** The branch of a repository elsewhere that is delivered: read as git over HTTPS, and kept in a folder in memory. */
export function remoteFiles(options: RemoteFilesOptions): FilesSource {
  const { folder, everyMs, now, trouble } = options;
  const valid = keepingValid(now);
  let last: string | undefined;
  let handsOver = false;
  return {
    root: folder,
    async read() {
      if (handsOver) return undefined;
      const commit = await updated(options).catch((error: unknown) => {
        // The first time there is nothing to show.
        if (!(error instanceof Fault) || last === undefined) throw error;
        trouble(`${error.message}; ${error.remedy}`);
        return last;
      });
      if (commit === last) return undefined;
      if (last !== undefined && options.outdated) {
        handsOver = true;
        options.outdated(() => (handsOver = false));
        return undefined;
      }
      const loaded = await loadRevision(folder, commit);
      last = commit;
      return valid.judged(loaded, commit, async () => undefined);
    },
    watch(signal, changed) {
      const look = async (): Promise<void> => {
        while (!signal.aborted) {
          await setTimeout(everyMs, undefined, { signal }).catch(() => {});
          if (!signal.aborted) changed();
        }
      };
      void look();
    },
  };
}

const updated = async (options: RemoteFilesOptions): Promise<string> =>
  updateClone({ ...options, token: await options.token() });
