import type { GetParametersByPathCommandOutput, Parameter as SdkParameter } from '@aws-sdk/client-ssm';
import { LIMITS } from '../contract/limits.ts';
import { type Caller, caller, type CallerOptions } from './caller.ts';
import { codeOf, faultOf } from './fault.ts';
import type { Parameter, ParameterStore } from './store.ts';

/** Where the store is and how to call it. */
export interface SsmOptions extends CallerOptions {
  region: string;
  /** Default: AWS's own for the region. */
  endpoint?: string;
  /** Default: the SDK's chain of providers. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** For the embedded store, which checks none: without them the SDK would look for real ones. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

/** A store with a connection to close. */
export type SsmStore = ParameterStore & { close(): void };

/** Calls of `get` under way at once. */
const PARALLEL = 4;

/**
 * The parameter store behind the official client of SSM. Everything it throws is a StoreFault.
 *
 * `create` is attempted again when an answer is lost, and may then say `exists` of what it wrote itself:
 * a caller that is told `exists` must compare the bytes there with its own before taking it for another publisher's.
 */
export function ssmStore(options: SsmOptions): SsmStore {
  const call = caller(options);
  const link = connection(options);
  return {
    get: (names) => get(names, call, link),
    list: (path) => list(path, call, link),
    create: (name, value) => write(name, value, false, call, link),
    put: async (name, value) => void (await write(name, value, true, call, link)),
    remove: (names) => remove(names, call, link),
    date: link.date,
    close: link.close,
  };
}

type Sdk = typeof import('@aws-sdk/client-ssm');
type Client = InstanceType<Sdk['SSMClient']>;
interface Link {
  /** The SDK and its client: loaded at the first call, because loading it takes longer than most commands. */
  open(): Promise<{ sdk: Sdk; client: Client }>;
  /** What the `Date` header of the newest answer said. */
  date(): number | undefined;
  close(): void;
}

function connection({ region, endpoint, credentials }: SsmOptions): Link {
  let opened: Promise<{ sdk: Sdk; client: Client }> | undefined;
  let date: number | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-ssm');
    const config = { region, ...(endpoint && { endpoint }), ...(credentials && { credentials }) };
    // Attempts are ours to make: two layers of them would multiply.
    const client = new sdk.SSMClient({ ...config, maxAttempts: 1 });
    watchDate(client, (said) => (date = said));
    return { sdk, client };
  };
  return {
    open: () => (opened ??= load()),
    date: () => date,
    close: () => void opened?.then(({ client }) => client.destroy()).catch(() => {}),
  };
}

/** Tells what the `Date` header of each answer says, in milliseconds: the client's own results leave it out. */
function watchDate(client: Client, tell: (date: number) => void): void {
  client.middlewareStack.add(
    (next) => async (sent) => {
      const result = await next(sent);
      const { headers } = result.response as { headers?: Record<string, string> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (Number.isFinite(date)) tell(date);
      return result;
    },
    { step: 'deserialize', name: 'watchDate' },
  );
}

async function get(names: readonly string[], call: Caller, link: Link): Promise<Map<string, Parameter>> {
  const found = new Map<string, Parameter>();
  const batches = tens(names, LIMITS.namesPerGet);
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const Names = batch;
      const { Parameters } = await call(
        { budget: 'reads', operation: 'GetParameters', names: Names },
        async (abortSignal) => {
          const { sdk, client } = await link.open();
          return client.send(new sdk.GetParametersCommand({ Names }), { abortSignal });
        },
      ).catch((error: unknown) => {
        batches.length = 0;
        throw error;
      });
      for (const parameter of plain(Parameters)) found.set(parameter.name, parameter);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, batches.length) }, worker));
  return found;
}

async function* list(path: string, call: Caller, link: Link): AsyncGenerator<Parameter> {
  const about = { operation: 'GetParametersByPath', names: [path] };
  let token: string | undefined;
  do {
    const page: GetParametersByPathCommandOutput = await call(
      { budget: 'reads', ...about },
      async (abortSignal) => {
        const { sdk, client } = await link.open();
        const input = { Path: path, Recursive: true, MaxResults: LIMITS.parametersPerPage };
        const command = new sdk.GetParametersByPathCommand({ ...input, ...(token && { NextToken: token }) });
        return client.send(command, { abortSignal });
      },
    );
    yield* plain(page.Parameters);
    // A page may be empty and still not be the last; but one that leads to itself would never end.
    if (page.NextToken && page.NextToken === token) throw faultOf(new Error('its pages do not end'), about);
    token = page.NextToken;
  } while (token);
}

/** Writes a name, over what is there or only where nothing is. */
function write(name: string, value: string, overwrite: boolean, call: Caller, link: Link) {
  const about = { budget: 'writes', operation: 'PutParameter', names: [name], secret: value } as const;
  return call(about, async (abortSignal): Promise<'created' | 'exists'> => {
    const { sdk, client } = await link.open();
    const input = { Name: name, Value: value, Type: 'String', Overwrite: overwrite } as const;
    try {
      await client.send(new sdk.PutParameterCommand(input), { abortSignal });
      return 'created';
    } catch (error) {
      if (codeOf(error) === 'ParameterAlreadyExists') return 'exists';
      throw error;
    }
  });
}

async function remove(names: readonly string[], call: Caller, link: Link): Promise<void> {
  for (const Names of tens(names, LIMITS.namesPerDelete)) {
    await call({ budget: 'deletes', operation: 'DeleteParameters', names: Names }, async (abortSignal) => {
      const { sdk, client } = await link.open();
      return client.send(new sdk.DeleteParametersCommand({ Names }), { abortSignal });
    });
  }
}

/** Names without repetition, as many together as one call takes. */
function tens(names: readonly string[], size: number): string[][] {
  const distinct = [...new Set(names)];
  return Array.from({ length: Math.ceil(distinct.length / size) }, (_, index) =>
    distinct.slice(index * size, (index + 1) * size),
  );
}

function* plain(parameters: readonly SdkParameter[] = []): Generator<Parameter> {
  for (const { Name, Value, Version, LastModifiedDate } of parameters) {
    if (Name === undefined || Value === undefined) continue;
    yield { name: Name, value: Value, version: Version ?? 1, modified: LastModifiedDate ?? new Date(0) };
  }
}
