import { jsonText } from '../contract/terminal-text.ts';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { explain as explainRequest } from '../access/explain.ts';
import { Answers } from '../access/answers.ts';
import { readAddress } from '../contract/values/address.ts';
import { instantText } from '../contract/values/instant.ts';
import { readPort } from '../contract/values/port.ts';
import type { Request } from '../contract/shapes.ts';
import { explanationText } from '../output/explanation.ts';
import { Fault } from '../contract/fault.ts';
import { deviceFact } from './shared/device.ts';
import { command, type Context, type ExitStatus } from './shared/command.ts';
import { environmentOf, STORE } from './shared/environment.ts';
import { AS_OF, past, requesting } from './as-of/as-of.ts';
import { pastText } from '../output/past.ts';
import type { StoreKind } from '../store/open.ts';
import { loadValid } from '../load/load.ts';
import { cacheIn, loadEnvironments } from './shared/load.ts';
import { noteUnknown, principalNamed, serviceNamed } from './shared/names.ts';
import { instantOption, readOption } from './shared/values.ts';

/** Who may do what, and why: one request by hand, or a file of them. */
export const explain = command({
  name: 'explain',
  summary: 'Answer whether a principal reaches a service, why, and what would change it',
  arguments: [
    { name: '[principal]', description: 'who asks, such as alice@example.com' },
    { name: '[service]', description: 'the id of the service' },
  ],
  options: [
    {
      flags: '--without-certificate',
      description: 'ask for a client without certificate, and name the service alone',
    },
    { flags: '--env <id>', description: 'the environment' },
    { flags: '--port <port>', description: "the port, or icmp; the service's only port when omitted" },
    { flags: '--at <instant>', description: 'when, such as 2026-06-01T15:00:00Z', fallback: 'now' },
    { flags: '--from <address>', description: 'the source address; unknown when omitted' },
    {
      flags: '--device <name=value...>',
      description: 'a device attribute; unknown when omitted',
      many: true,
    },
    AS_OF,
    { ...STORE, description: 'with --as-of: whose log, that of the embedded store in .ztna/ or of AWS' },
    { flags: '--requests <file>', description: 'answer each line of a JSON Lines file instead' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npx ztna explain alice@example.com web-app --env prod --port 8080 --device managed=true --device os=macos',
    'npx ztna explain --requests requests.jsonl --json',
    'npx ztna explain alice@example.com web-app --env prod --store aws --as-of 2026-03-01T09:00:00Z',
  ],
  async run({ arguments: [principal, service], options }, context) {
    if (options.asOf !== undefined) return explainPast([principal, service], options, options.asOf, context);
    const { repository } = await loadValid(context.root, undefined, cacheIn(context));
    if (options.requests !== undefined) return answerFile(options.requests, new Answers(repository), context);
    const known = [...repository.environments.keys()].join(', ');
    if (options.env === undefined && service !== undefined)
      throw new Fault('in which environment?', `add --env, one of: ${known}`);
    const request = options.withoutCertificate
      ? requestOf({ withoutCertificate: true }, principal, options, context)
      : requestOf(principal === undefined ? undefined : { principal }, service, options, context);
    if (options.withoutCertificate && service !== undefined)
      throw new Fault(
        'a principal comes with a certificate',
        'name the service alone beside --without-certificate',
      );
    if (request.principal !== undefined) principalNamed(repository, request.principal);
    const { ports } = serviceNamed(repository, request.service);
    environmentOf(repository, request.environment);
    if (request.principal !== undefined) noteUnknown(repository, request.principal, context);
    const port = request.port ?? onlyPort(ports);
    if (port === undefined) throw new Fault('which port?', `add --port, one of those of \`${service}\``);
    const explanation = explainRequest(repository, { ...request, port }, context.now().getTime());
    context.out(options.json ? jsonText(explanation) : explanationText(explanation));
    return 0;
  },
});

/** Answers what the signed log said, whatever files there are now. */
async function explainPast(
  [principal, service]: readonly (string | undefined)[],
  options: Asked & {
    withoutCertificate?: boolean | undefined;
    store?: StoreKind | undefined;
    json?: boolean | undefined;
    requests?: string | undefined;
  },
  asOf: string,
  context: Context,
): Promise<ExitStatus> {
  if (options.requests !== undefined) throw new Fault('--as-of answers one request', 'leave --requests out');
  const names = await loadEnvironments(context, cacheIn(context));
  const { at, ...request } = options.withoutCertificate
    ? requestOf({ withoutCertificate: true }, principal, options, context)
    : requestOf(principal === undefined ? undefined : { principal }, service, options, context);
  const environments = [environmentOf(names, request.environment).value];
  const asked = { asOf, store: options.store, environments };
  const found = await past(
    context,
    asked,
    requesting({ ...request, ...(options.at !== undefined && { at }) }),
  );
  context.out(options.json ? jsonText(found) : pastText(found));
  return 0;
}

/** Of the options, those that say what is asked. */
interface Asked {
  readonly env?: string | undefined;
  readonly port?: string | undefined;
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly device?: readonly string[] | undefined;
}

function requestOf(
  who: Pick<Request, 'principal' | 'withoutCertificate'> | undefined,
  service: string | undefined,
  options: Asked,
  context: Context,
): Omit<Request, 'port'> & { port?: Request['port'] } {
  if (!who || !service)
    throw new Fault('whom and what?', 'name a principal and a service, or give --requests <file>');
  if (options.env === undefined) throw new Fault('in which environment?', 'add --env <id>');
  return {
    ...who,
    service,
    environment: options.env,
    at: instantText(instantOption(options.at, context.now())),
    ...(options.port !== undefined && { port: portOf(options.port) }),
    ...(options.from !== undefined && { from: addressOf(options.from) }),
    ...(options.device !== undefined && { device: devicesOf(options.device) }),
  };
}

function portOf(text: string): Request['port'] {
  if (text === 'icmp') return 'icmp';
  const example = 'give a number from 1 to 65535, or icmp';
  return readOption(text, readPort(text), { what: 'a port', example });
}

function addressOf(text: string): string {
  const example = 'give one such as 203.0.113.7 or 2001:db8::7';
  readOption(text, readAddress(text), { what: 'an address', example });
  return text;
}

function onlyPort(ports: readonly (number | string)[]): number | undefined {
  return ports.length === 1 && typeof ports[0] === 'number' ? ports[0] : undefined;
}

/** `os=macos` and so on; an attribute given twice stays a list, which is unknown. */
function devicesOf(pairs: readonly string[]): NonNullable<Request['device']> {
  const facts: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [name, value] = deviceFact(pair);
    (facts[name] ??= []).push(value);
  }
  return Object.fromEntries(
    Object.entries(facts).map(([name, values]) => [name, values.length === 1 ? values[0]! : values]),
  );
}

/** Answers a file line by line; a denied request is an answer, a malformed one makes the status 1. */
async function answerFile(file: string, answers: Answers, { out }: Context): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const input = createReadStream(file);
  const failed = new Promise<never>((_, reject) => {
    input.on('error', (error) =>
      reject(
        new Fault(`${file} cannot be read: ${error.message}`, 'name a file of one JSON request per line'),
      ),
    );
  });
  const reading = (async () => {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const answer = answers.line(line);
      if ('error' in answer) status = 1;
      out(jsonText(answer));
    }
  })();
  await Promise.race([reading, failed]);
  return status;
}
