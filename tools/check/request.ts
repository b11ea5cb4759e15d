import type { Request } from '../contract/shapes.ts';
import { shellWord } from '../contract/text.ts';

/** `alice@example.com reaches \`wiki\` port 443 in prod at 2026-06-01T12:00:00Z, from 203.0.113.7, with os=macos` */
export function requestText(
  { principal = 'a client without certificate', service, environment, port, at, from, device }: Request,
  verb: string,
): string {
  const what = `${principal} ${verb} \`${service}\` port ${port} in ${environment}${at === undefined ? '' : ` at ${at}`}`;
  const facts = factsOf(device);
  return [what, from && `from ${from}`, facts.length > 0 && `with ${facts.join(' ')}`]
    .filter(Boolean)
    .join(', ');
}

/** The command that explains a request: a name that means something to a shell is one word all the same. */
export function explainCommand(request: Request): string {
  const { principal = '--without-certificate', service, environment, port, at, from, device } = request;
  const options = [
    `--env ${environment} --port ${port}`,
    at && `--at ${at}`,
    from && `--from ${from}`,
    ...factsOf(device).map((fact) => `--device ${shellWord(fact)}`),
  ];
  return `npx ztna explain ${shellWord(principal)} ${service} ${options.filter(Boolean).join(' ')}`;
}

function factsOf(device: Request['device']): string[] {
  return Object.entries(device ?? {}).map(([name, value]) => `${name}=${[value].flat().join('|')}`);
}
