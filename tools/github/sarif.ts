import { gzipSync } from 'node:zlib';
import type { Connection } from './connection/connection.ts';

/** Hands findings to code scanning. @throws GithubFault, also where the repository has it turned off */
export async function uploadSarif(
  connection: Connection,
  commit: string,
  { ref, log }: { ref: string; log: object },
): Promise<void> {
  const sarif = gzipSync(JSON.stringify(log)).toString('base64');
  await connection.ask('upload findings to code scanning', (octokit) =>
    octokit.codeScanning.uploadSarif({ ...connection.repository, commit_sha: commit, ref, sarif }),
  );
}
