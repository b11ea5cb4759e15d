import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bare } from './bare-repository.ts';
import { AS_APP, isSignedByApp, mayAppToken } from './app.ts';
import { Contract, type OperationMatch } from './openapi/openapi.ts';
import { HANDLERS, PERMISSIONS, HttpError, type HandlerInput, type Output } from './handlers.ts';
import { emptyState, type GithubState } from './state.ts';

/** What goes wrong instead of the next answers of an operation. */
export interface InjectedTrouble {
  /** The operation's id; `*` for whichever comes next. */
  operation: string;
  /**
   * A status; `lost`: it is done and nobody hears of it; `cut`: it is not done; `silent`: no answer ever comes;
   * `rate`: the hour's calls are used up; `secondary`: too much in too short a time.
   */
  kind: number | 'lost' | 'cut' | 'silent' | 'rate' | 'secondary';
  /** How often; default once. */
  times?: number;
}

/** What happens in the world while an answer is on its way, once. */
export interface Meanwhile {
  /** The operation's id. */
  operation: string;
  happens(): void | Promise<void>;
}

/** One request as it came. */
export interface RecordedRequest {
  operation: string;
  method: string;
  url: string;
  /** The version of the API that it was written for. */
  version: string | undefined;
  body: unknown;
}

/** A GitHub of our own: requests are held to GitHub's published description, answers are shaped by it. */
export interface GithubServer {
  url: string;
  /** The one token that it accepts. */
  token: string;
  state: GithubState;
  /** Every request that came, in order. */
  calls: RecordedRequest[];
  /** What the description does not allow of the requests that came; tests expect none. */
  faults: string[];
  troubles: InjectedTrouble[];
  meanwhile: Meanwhile[];
  /** Permissions that the token lacks, such as `statuses=write`. */
  lacking: Set<string>;
  close(): Promise<void>;
}

/** The description as it was compiled, for every server of this process. */
let contract: Contract | undefined;

/** Seconds that it asks to wait, and after which the hour's calls are there again. */
export const WAIT = { secondary: 7, rate: 90 };

/**
 * Starts the server on the loopback interface.
 * @param now the present, in milliseconds, for its rate limits
 * @param bare the repository behind it, where trees and commits are asked for
 */
export async function startGithub(now: () => number = () => 0, bare?: Bare): Promise<GithubServer> {
  const server = createServer((request, response) => void serve(github, contract!, now, request, response));
  contract ??= new Contract();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const github: GithubServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'a-token',
    state: emptyState(bare),
    calls: [],
    faults: [],
    troubles: [],
    meanwhile: [],
    lacking: new Set(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return github;
}

async function serve(
  github: GithubServer,
  contract: Contract,
  now: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = new URL(request.url!, github.url);
  const text = Buffer.concat(chunks).toString();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (url.pathname === '/graphql') return graphql(github, request, response);
  const matched = contract.match(request.method!, url.pathname);
  const operation = matched?.operation.id ?? 'unknown';
  const version = request.headers['x-github-api-version'] as string | undefined;
  github.calls.push({ operation, method: request.method!, url: request.url!, version, body });
  const send = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };
  const trouble = nextTrouble(github, operation);
  if (trouble === 'silent') return;
  if (trouble === 'cut') return void request.socket.destroy();
  if (trouble === 'rate')
    return send(403, said('API rate limit exceeded for installation.'), {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(now() / 1000) + WAIT.rate),
    });
  if (trouble === 'secondary')
    return send(403, said('You have exceeded a secondary rate limit.'), {
      'retry-after': String(WAIT.secondary),
    });
  if (typeof trouble === 'number') return send(trouble, said('Something went wrong'));
  if (!matched) {
    github.faults.push(`${request.method} ${url.pathname} is no operation of the extract`);
    return send(404, said('Not Found'));
  }
  const answer = answered(github, contract, matched, request, url, body);
  const index = github.meanwhile.findIndex((one) => one.operation === operation);
  if (index >= 0) await github.meanwhile.splice(index, 1)[0]!.happens();
  if (trouble === 'lost') return void request.socket.destroy();
  send(answer.status, answer.value, answer.headers);
}

/** The one question of GitHub's GraphQL API that is asked: who this token is. An app's token may ask it, too. */
function graphql(github: GithubServer, { headers }: IncomingMessage, response: ServerResponse): void {
  const known = headers.authorization === `token ${github.token}`;
  const { login } = github.state.me;
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(known ? { data: { viewer: { login } } } : said('Bad credentials')));
}

interface Answer {
  status: number;
  value: unknown;
  headers?: Record<string, string>;
}

const said = (message: string) => ({ message, documentation_url: 'https://docs.github.com/rest' });

function nextTrouble({ troubles }: GithubServer, operation: string): InjectedTrouble['kind'] | undefined {
  const trouble = troubles.find((one) => one.operation === operation || one.operation === '*');
  if (!trouble) return undefined;
  trouble.times = (trouble.times ?? 1) - 1;
  if (trouble.times === 0) troubles.splice(troubles.indexOf(trouble), 1);
  return trouble.kind;
}

function answered(
  github: GithubServer,
  contract: Contract,
  matched: OperationMatch,
  { headers }: IncomingMessage,
  url: URL,
  body: unknown,
): Answer {
  const { operation, path } = matched;
  const token = /^token (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const allowed = mayAppToken(github.state, token, PERMISSIONS[operation.id]);
  const known = AS_APP.includes(operation.id)
    ? isSignedByApp(github.state, headers.authorization)
    : token === github.token || allowed !== undefined;
  if (!known) return { status: 401, value: said('Bad credentials') };
  const faults = contract.requestFaults(matched, url.searchParams, body);
  github.faults.push(...faults.map((fault) => `${operation.id}: ${fault}`));
  if (faults.length > 0) return { status: 422, value: said(`Invalid request. ${faults.join('. ')}`) };
  const permission = PERMISSIONS[operation.id];
  if (permission !== undefined && (github.lacking.has(permission) || allowed === false))
    return {
      status: 403,
      value: said('Resource not accessible by integration'),
      headers: { 'x-accepted-github-permissions': permission },
    };
  try {
    const { owner, repo } = github.state;
    if ((path['owner'] ?? owner) !== owner || (path['repo'] ?? repo) !== repo)
      throw new HttpError(404, 'Not Found');
    return whole(contract, matched, { path, query: url.searchParams, body }, github, url);
  } catch (error) {
    if (!(error instanceof HttpError)) {
      github.faults.push(`${operation.id}: ${String(error)}`);
      return { status: 500, value: said(String(error)) };
    }
    const { status, message, errors } = error;
    return { status, value: { ...said(message), ...(errors.length > 0 && { errors }) } };
  }
}

function whole(
  contract: Contract,
  { operation }: OperationMatch,
  input: HandlerInput,
  github: GithubServer,
  url: URL,
): Answer {
  const handler = HANDLERS[operation.id];
  if (!handler) throw new Error('nobody has said what it does');
  const output = handler(github.state, input);
  const { value, headers } = paged(output, input.query, url);
  return { status: output.status, value: contract.answer(operation, output.status, value), headers };
}

/** One page of a list, with the link to the next as GitHub gives it. */
function paged(
  { value, list }: Output,
  query: URLSearchParams,
  url: URL,
): { value: unknown; headers: Record<string, string> } {
  const items = list === undefined ? value : (value as Record<string, unknown>)[list];
  if (!Array.isArray(items)) return { value, headers: {} };
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  const shown = items.slice((page - 1) * size, page * size);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const headers: Record<string, string> =
    items.length > page * size ? { link: `<${next.href}>; rel="next"` } : {};
  return { value: list === undefined ? shown : { ...(value as object), [list]: shown }, headers };
}
