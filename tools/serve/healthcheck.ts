import { basename } from 'node:path';

/** The name under which an image without a shell asks for its own health; also the first word for it. */
const NAME = 'healthcheck';

/** Milliseconds for the answer: Terraform gives the whole check five seconds. */
const PATIENCE = 4000;

/**
 * The URL to ask where a program was started as a health check: under the name `healthcheck`, or with it as the first
 * word. @param argv Node's own: the executable, the program, its words
 */
export function healthcheckUrl([, program = '', ...words]: readonly string[]): string | undefined {
  const isNamed = basename(program).replace(/\.[cm]?js$/, '') === NAME;
  const url = isNamed ? words[0] : words[1];
  return isNamed || words[0] === NAME ? (url ?? '') : undefined;
}

/** Asks a URL for its health. @returns the exit status: 0 where it answers 200, else 1 with the reason told */
export async function healthcheck(url: string, tell: (reason: string) => void): Promise<0 | 1> {
  if (!URL.canParse(url)) return (tell(`healthcheck needs a URL, found ${JSON.stringify(url)}`), 1);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: 'error' });
    await answer.body?.cancel();
    if (answer.status === 200) return 0;
    tell(`${url} answers ${answer.status}`);
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    tell(`${url} does not answer: ${cause?.code ?? message}`);
  }
  return 1;
}

/** Raised at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function terminated(on: NodeJS.Process): AbortSignal {
  const ended = new AbortController();
  const end = () => {
    if (ended.signal.aborted) on.exit(130);
    ended.abort();
  };
  on.on('SIGTERM', end).on('SIGINT', end);
  return ended.signal;
}
