/** Runs on a host of a world as one file: does what a line on its input asks, and answers with a line. */
import { createInterface } from 'node:readline';
import { held, hold, release, speak } from './hold.ts';
import type { Operations, WorkerQuestion, WorkerReply } from './operations.ts';
import { dropKept, firstBytes, keep } from './keep.ts';
import { sizes } from './sizes.ts';
import { exchange, many } from './streams.ts';
import { download, http2, upload, webSocket } from './web.ts';

type Work = { [Name in keyof Operations]: (asks: Operations[Name]['asks']) => unknown };

const WORK: Work = {
  exchange,
  sizes,
  many,
  firstBytes,
  keep,
  dropKept,
  hold,
  held: ({ id }) => held(id),
  speak: ({ id }) => speak(id),
  release: ({ id }) => release(id),
  download,
  upload,
  http2,
  webSocket,
};

async function answer(line: string): Promise<void> {
  const { number, name, asks } = JSON.parse(line) as WorkerQuestion;
  let reply: WorkerReply;
  try {
    reply = { number, answers: await (WORK[name] as (asks: unknown) => unknown)(asks) };
  } catch (error) {
    reply = { number, fault: (error as Error).message };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => void answer(line));
