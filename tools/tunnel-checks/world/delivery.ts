import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { initialize, issueInto } from '../../certificates/folder.ts';
import type { CertificateSubject } from '../../certificates/subject.ts';
import { standingOf } from '../../git/standing.ts';
import { LivePublisher } from '../../local/publisher.ts';
import type { TrustedKey } from '../../contract/shapes.ts';
import { createKey, fileSigner, keyFile, LOCAL_KEY, publicHalf } from '../../publish/keys/keys.ts';
import { startStore } from '../../store/embedded/server.ts';
import { openTarget } from '../../store/open.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import type { RepositoryValues } from '../../testing/repository.ts';

const run = promisify(execFile);

/** The certificates of a world, each as one file of chain and key. */
export interface Certificates {
  /** The authority's certificate, as a file. */
  authority: string;
  issue(subject: CertificateSubject, days?: number): Promise<{ file: string; fingerprint: string }>;
}

/** Makes an authority, as `ztna certs` does. */
export async function certificatesIn(folder: string): Promise<Certificates> {
  const authority = await initialize(folder, new Date());
  return {
    authority,
    async issue(subject, days = 30) {
      const { name, fingerprint } = await issueInto(folder, subject, new Date(), days);
      return { file: join(folder, `${name}-tls.pem`), fingerprint };
    },
  };
}

/** Makes the key that signs, and says its public half. */
export function signingKeyIn(state: string): TrustedKey {
  const file = keyFile(state, LOCAL_KEY);
  createKey(file);
  return publicHalf(file, LOCAL_KEY)!;
}

/** What a merge came to. */
export interface MergeResult {
  /** Milliseconds since 1970. */
  at: number;
  sequence: number;
}

/** The repository of a world with its log: what is merged there is published. */
export interface Delivery {
  /** The repository's folder. */
  root: string;
  /** Where policy agents find the log. */
  endpoint: string;
  /** Writes the company's files and commits them; nothing is published. */
  commit(company: RepositoryValues): Promise<void>;
  /** The same, and publishes. */
  merge(company: RepositoryValues): Promise<MergeResult>;
  close(): Promise<void>;
}

/** Begins the repository and its log. @param host where the store listens */
export async function deliveryIn(root: string, first: RepositoryValues, host: string): Promise<Delivery> {
  const state = join(root, '.ztna');
  const git = (...words: string[]) =>
    run('git', ['-c', 'user.name=harness', '-c', 'user.email=harness@example.com', ...words], { cwd: root });
  const server = await startStore({ folder: join(state, 'store'), host });
  const stopped = new AbortController();
  const environment = first.environments![0]!;
  const { store, close } = await openTarget({
    store: 'embedded',
    region: environment.region,
    state,
    endpoint: server.endpoint,
    signal: stopped.signal,
  });
  const signer = fileSigner(keyFile(state, LOCAL_KEY), LOCAL_KEY);
  const publisher = new LivePublisher({
    context: { root, state },
    started: environment,
    store,
    signer,
    // Its hosts have the addresses that its YAML says.
    localized: async (repository) => repository,
    commit: async () => (await standingOf(root)).commit,
  });
  let sequence = 0;
  const commit = async (company: RepositoryValues): Promise<void> => {
    for (const name of ['policies', 'environments'])
      rmSync(join(root, name), { recursive: true, force: true });
    writeFiles(root, filesOf(company));
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  };
  const merge = async (company: RepositoryValues): Promise<MergeResult> => {
    await commit(company);
    const attempt = await publisher.run();
    if (attempt.type === 'refused')
      throw new Error(`the company of the checks is wrong: ${JSON.stringify(attempt.findings, null, 1)}`);
    if (attempt.type === 'stopped') throw new Error(attempt.reason);
    if (attempt.type === 'published') sequence = attempt.sequence;
    return { at: Date.now(), sequence };
  };
  writeFiles(root, new Map([['.gitignore', '.ztna/\n']]));
  await git('init', '--quiet', '--initial-branch', 'main');
  await merge(first);
  return {
    root,
    endpoint: server.endpoint,
    commit,
    merge,
    async close() {
      await close();
      stopped.abort();
      await server.close();
    },
  };
}
