/**
 * A request that cannot be carried out as it was typed, or work that cannot be done: shown as one sentence,
 * with what to do, and exit status 2 unless it says otherwise; never as a stack trace.
 */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
    /** 1 where findings in the repository are the reason. */
    readonly status: 1 | 2 = 2,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
