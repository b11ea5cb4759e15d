/** Ends a program that was asked for something else than it does: with a sentence, and no stack. */
export function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
