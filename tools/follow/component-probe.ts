import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../contract/log/canonical.ts';
import {
  type Ack,
  type Applied,
  type Figures,
  validateApplied,
  validateEnforcement,
  validateFigures,
} from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import { readText } from '../files/durable-file.ts';

/** What came of an enforcement file: only the component's own word, or a file that fits no schema, is a refusal. */
export type ProbeVerdict =
  | { state: 'enforcing' }
  | { state: 'refused'; reason: string; run: string }
  | { state: 'waiting'; reason: string };

/** Says whether an enforcement file is in force. */
export interface ComponentProbe {
  by: NonNullable<Ack['verifiedBy']>;
  /** Waits, at most so many milliseconds, until the file of this digest is in force or refused. */
  confirm(digest: string, patience: number): Promise<ProbeVerdict>;
  /** Which run of the component this is; undefined while it does not answer. */
  run(): Promise<string | undefined>;
  /** What the component says of itself; undefined where it says nothing that can be used. */
  figures(): Promise<Figures | undefined>;
}

/** Until there is a data plane: reads the file back and checks it, and so says no more than that it is well-formed. */
export function fileProbe(path: string): ComponentProbe {
  const run = randomUUID();
  return {
    by: 'file-check',
    run: async () => run,
    figures: async () => undefined,
    async confirm(digest) {
      const text = (await readText(path)) ?? '';
      if (digestOf(text) !== digest)
        return { state: 'waiting', reason: 'another process writes the enforcement file' };
      return validateEnforcement(JSON.parse(text))
        ? { state: 'enforcing' }
        : { state: 'refused', reason: 'the enforcement file does not fit its schema', run };
    },
  };
}

/** Milliseconds between two questions to a component. */
const PAUSE = 50;
/** Milliseconds for one answer. */
const ANSWER = 2000;
/** The most bytes of an answer that are read. */
const ANSWER_BYTES = 16 * 1024;

/** Asks the component itself, over HTTP. @param url its `/applied` */
export function httpProbe(url: string, signal?: AbortSignal): ComponentProbe {
  return {
    by: 'component',
    run: async () => (await applied(url, signal)).answer?.run,
    figures: async () => {
      const { text } = await answerOf(new URL('figures', url).href, signal);
      const figures = jsonIn(text ?? '');
      return validateFigures(figures) ? figures : undefined;
    },
    async confirm(digest, patience) {
      const end = performance.now() + patience;
      for (;;) {
        const { answer, problem = 'the component has not taken up the enforcement file' } = await applied(
          url,
          signal,
        );
        if (answer?.digest === digest) return { state: 'enforcing' };
        if (answer?.refused?.digest === digest)
          return { state: 'refused', reason: answer.refused.reason, run: answer.run };
        if (signal?.aborted || performance.now() + PAUSE > end) return { state: 'waiting', reason: problem };
        await sleep(PAUSE);
      }
    },
  };
}

async function applied(url: string, signal?: AbortSignal): Promise<{ answer?: Applied; problem?: string }> {
  const { text, problem } = await answerOf(url, signal);
  if (text === undefined) return { problem: problem! };
  const answer = jsonIn(text);
  return validateApplied(answer) ? { answer } : { problem: `${url} answers what does not fit its schema` };
}

/** The body of an answer, or why there is none. */
async function answerOf(
  url: string,
  signal: AbortSignal | undefined,
): Promise<{ text?: string; problem?: string }> {
  const limit = AbortSignal.timeout(ANSWER);
  try {
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      redirect: 'error',
    });
    if (response.ok) return { text: await bounded(response) };
    await response.body?.cancel();
    return { problem: `${url} answers ${response.status}` };
  } catch (error) {
    return { problem: `${url} does not answer: ${cause(error)}` };
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES) throw new Error(`more than ${ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cause(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } };
  return cause?.code ?? cause?.message ?? message;
}
