import { ownFolder } from '../../files/own-files.ts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Rates } from '../../contract/limits.ts';
import { type FolderLock, lockFolder, newLockRecord } from './folder-lock.ts';
import { listen, read, send, stop } from './http.ts';
import type { RequestMembers } from './validation.ts';
import { Journal } from './journal.ts';
import { OPERATIONS, type OperationContext } from './operations.ts';
import { type ParameterChange, Parameters } from './parameters.ts';
import { throttle } from './throttle.ts';
import { AwsError, STORE_ENDED } from './aws-error.ts';
import { Fault } from '../../contract/fault.ts';

/** Where it listens unless told otherwise. */
const LOOPBACK = '127.0.0.1';

/** How the embedded store is started. */
export interface StoreOptions {
  /** Where it keeps its data; made when missing. One process at a time serves it. */
  folder: string;
  /** Default: one that is free. */
  port?: number;
  /** The address that it listens on; default: the loopback interface's. It asks nobody who they are. */
  host?: string;
  /** Names under which it may be asked beside the loopback interface's; default: the address that it listens on. */
  names?: readonly string[];
  /** Calls per second beyond which it throttles as AWS does; default: none. */
  rates?: Rates;
  /** Milliseconds since 1970; default: the machine's clock. */
  now?: () => number;
  /** Bytes from which a journal that is mostly history is written anew; default 4 MiB. */
  compactBytes?: number;
  /** Told, in a sentence, of what a person should know. */
  warn?: (sentence: string) => void;
}

/** A running embedded store. */
export interface EmbeddedStore {
  /** Its address, for the SSM client. */
  endpoint: string;
  /** Answers what it has been asked, lets go of the folder, and stops; again does nothing. */
  close(): Promise<void>;
}

/**
 * Starts the embedded store: AWS SSM's protocol over a folder.
 * Throws FolderInUse when another process serves the folder, Fault when it cannot be used or its data is damaged.
 */
export async function startStore(options: StoreOptions): Promise<EmbeddedStore> {
  try {
    return await start(options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    throw new Fault(`the embedded store cannot work in ${options.folder}: ${message}`, remedyOf(code));
  }
}

function remedyOf(code: string): string {
  return code === 'EADDRINUSE'
    ? 'choose another port'
    : 'make it a folder that can be written, on a disk with room';
}

async function start(options: StoreOptions): Promise<EmbeddedStore> {
  const { folder, port = 0, host = LOOPBACK, names = [host], warn = () => {}, now = Date.now } = options;
  ownFolder(folder);
  const server = createServer();
  // Longer than clients keep a connection idle, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  const endpoint = await listen(server, host, port);
  const lock = newLockRecord(endpoint);
  const opening = open(folder, lock, options);
  server.on(
    'request',
    (request, response) => void serve(request, response, { id: lock.id, names, opening, now }),
  );
  const { journal, folderLock } = await opening.catch(async (error: unknown) => {
    await stop(server);
    throw error;
  });
  if (journal.torn > 0) warn(`the last write, ${journal.torn} bytes, was never finished and is dropped`);
  return {
    endpoint,
    async close() {
      await stop(server);
      await journal.close();
      await folderLock.release();
    },
  };
}

interface OpenFolder {
  journal: Journal<ParameterChange>;
  folderLock: FolderLock;
  /** Runs one operation; an `AwsError` is an answer too. */
  run(operation: string, input: RequestMembers): object;
}

async function open(
  folder: string,
  lock: ReturnType<typeof newLockRecord>,
  options: StoreOptions,
): Promise<OpenFolder> {
  const { now = Date.now, rates, compactBytes } = options;
  const folderLock = await lockFolder(folder, lock);
  try {
    const parameters = new Parameters();
    const guard = folderLock.verify;
    const journal = await Journal.open(folder, parameters, { guard, ...(compactBytes && { compactBytes }) });
    const change = (what: ParameterChange) => {
      parameters.apply(what);
      journal.append(what);
    };
    return { journal, folderLock, run: runner({ parameters, change, now }, rates) };
  } catch (error) {
    await folderLock.release();
    throw error;
  }
}

function runner(context: OperationContext, rates: Rates | undefined): OpenFolder['run'] {
  const spend = rates ? throttle(rates, context.now) : () => {};
  return (name, input) => {
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (!operation)
      throw new AwsError('UnknownOperationException', `The embedded store does not know ${name}.`);
    spend(operation.budget);
    return operation.run(input, context);
  };
}

/** What answering takes: who serves the folder, and the folder as soon as it is open. */
interface Serving {
  id: string;
  /** Where it listens. */
  names: readonly string[];
  opening: Promise<OpenFolder>;
  now(): number;
}

/** Answers one request. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { id, names, opening, now }: Serving,
) {
  try {
    verifyLocal(request, names);
    if (request.method === 'GET') return send(response, 200, { store: 'embedded', id }, now());
    const { journal, run } = await opening;
    const target = String(request.headers['x-amz-target'] ?? '');
    const input = parse(await read(request));
    let answer: object | undefined;
    try {
      answer = run(target.replace(/^AmazonSSM\./, ''), input);
    } finally {
      // An answer, also one that says no, rests on what is in memory: nobody may see that before it is on disk.
      await journal.durable();
    }
    send(response, 200, answer, now());
  } catch (error) {
    const { type, message, status } = error instanceof AwsError ? error : failure(error);
    send(response, status, { __type: type, message }, now());
  }
}

/** What the caller is told of anything else; a fault is one of the folder, which is no longer this store's. */
function failure(error: unknown): AwsError {
  const type = error instanceof Fault ? STORE_ENDED : 'InternalServerError';
  return new AwsError(type, error instanceof Error ? error.message : String(error), 500);
}

/** Refuses what a page in a browser could send here by means of a name that it lets point to this machine. */
function verifyLocal({ headers }: IncomingMessage, names: readonly string[]): void {
  const named = (headers.host ?? '').replace(/:\d+$/, '');
  if (![LOOPBACK, 'localhost', ...names].includes(named))
    throw new AwsError(
      'AccessDeniedException',
      `The embedded store answers as ${names.join(', ')} and on the loopback interface only.`,
      403,
    );
}

function parse(body: string): RequestMembers {
  try {
    const input: unknown = JSON.parse(body);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as RequestMembers;
  } catch {
    // Answered below.
  }
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
}
