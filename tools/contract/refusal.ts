/**
 * A request that cannot be carried out as it was typed, or work that cannot be done: shown as one sentence,
 * with what to do, and exit status 2; never as a stack trace.
 */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
