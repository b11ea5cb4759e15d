import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository that git reads over HTTP. */
export interface GitServer {
  /** Its address, to which `/<owner>/<name>.git` is added. */
  url: string;
  /** Passwords as they came. */
  passwords: string[];
  close(): Promise<void>;
}

/**
 * Serves a repository by git's own `http-backend`, for reading, as GitHub does: a token is the password.
 * @param folder that of a bare repository, or `.git`
 */
export async function startGitHttp(
  folder: string,
  isToken: (password: string) => boolean,
): Promise<GitServer> {
  const passwords: string[] = [];
  const server = createServer((request, response) => {
    const credentials = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    const password = credentials.slice(credentials.indexOf(':') + 1);
    passwords.push(password);
    if (isToken(password)) return backend(folder, request, response);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passwords,
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

/** Hands a request to git by CGI (RFC 3875), and its answer back. */
function backend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url!, 'http://git');
  const git = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...{ PATH: process.env['PATH'], GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: '1' },
      PATH_INFO: pathname.replace(/^\/[^/]+\/[^/]+\.git/, ''),
      ...{ QUERY_STRING: searchParams.toString(), REQUEST_METHOD: request.method },
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: (request.headers['git-protocol'] as string | undefined) ?? '',
    },
  });
  request.pipe(git.stdin);
  const chunks: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  git.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const fields = answer.subarray(0, end).toString().split('\r\n');
    const headers = new Map(fields.map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]));
    const status = Number(headers.get('Status')?.slice(0, 3) ?? 200);
    headers.delete('Status');
    response.writeHead(status, Object.fromEntries(headers)).end(answer.subarray(end + 4));
  });
}
