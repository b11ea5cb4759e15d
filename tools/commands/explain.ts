import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { explain as explainRequest } from '../access/explain.ts';
import { Answers } from '../access/answers.ts';
import { readAddress } from '../contract/values/address.ts';
import { instantText } from '../contract/values/instant.ts';
import { readPort } from '../contract/values/port.ts';
import { DEVICE_ATTRIBUTES, type Request } from '../contract/shapes.ts';
import { explanationText } from '../output/explanation.ts';
import { Fault } from '../contract/fault.ts';
import { command, type Context, type ExitStatus } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadValid } from '../load/load.ts';
import { noteUnknown, principalNamed, serviceNamed } from './shared/named.ts';
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
    { flags: '--env <id>', description: 'the environment' },
    { flags: '--port <port>', description: "the port, or icmp; the service's only port when omitted" },
    { flags: '--at <instant>', description: 'when, such as 2026-06-01T15:00:00Z', fallback: 'now' },
    { flags: '--from <address>', description: 'the source address; unknown when omitted' },
    {
      flags: '--device <name=value...>',
      description: 'a device attribute; unknown when omitted',
      many: true,
    },
    { flags: '--requests <file>', description: 'answer each line of a JSON Lines file instead' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npm run explain -- alice@example.com web-app --env prod --port 8080 --device managed=true --device os=macos',
    'npm run explain -- --requests requests.jsonl --json',
  ],
  async run({ arguments: [principal, service], options }, context) {
    const { repository } = await loadValid(context.root);
    if (options.requests !== undefined) return answerFile(options.requests, new Answers(repository), context);
    const request = requestOf(principal, service, options, context);
    principalNamed(repository, request.principal);
    const { ports } = serviceNamed(repository, request.service);
    environmentOf(repository, request.environment);
    noteUnknown(repository, request.principal, context);
    const port = request.port ?? onlyPort(ports);
    if (port === undefined) throw new Fault('which port?', `add --port, one of those of \`${service}\``);
    const explanation = explainRequest(repository, { ...request, port }, context.now().getTime());
    context.out(options.json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation));
    return 0;
  },
});

/** Of the options, those that say what is asked. */
interface Asked {
  readonly env?: string | undefined;
  readonly port?: string | undefined;
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly device?: readonly string[] | undefined;
}

function requestOf(
  principal: string | undefined,
  service: string | undefined,
  options: Asked,
  context: Context,
): Omit<Request, 'port'> & { port?: Request['port'] } {
  if (!principal || !service)
    throw new Fault('whom and what?', 'name a principal and a service, or give --requests <file>');
  if (options.env === undefined) throw new Fault('in which environment?', 'add --env <id>');
  return {
    principal,
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
    const [name, value] = pair.split('=');
    if (!name || !value)
      throw new Fault(`${pair} is not a device attribute`, 'write it as name=value, such as os=macos');
    checkFact(name, value);
    (facts[name] ??= []).push(value);
  }
  return Object.fromEntries(
    Object.entries(facts).map(([name, values]) => [name, values.length === 1 ? values[0]! : values]),
  );
}

/** What a certificate may say is unknown where it is misspelt; a person who asks is told so. */
function checkFact(name: string, value: string): void {
  const known = Object.keys(DEVICE_ATTRIBUTES);
  const values = Object.hasOwn(DEVICE_ATTRIBUTES, name) ? DEVICE_ATTRIBUTES[name]! : undefined;
  if (!values) throw new Fault(`there is no device attribute ${name}`, `use one of: ${known.join(', ')}`);
  if (!values.includes(value))
    throw new Fault(`${name} is never ${value}`, `use one of: ${values.join(', ')}`);
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
      out(`${JSON.stringify(answer)}\n`);
    }
  })();
  await Promise.race([reading, failed]);
  return status;
}
