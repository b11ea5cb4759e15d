/** An answer that says no, in AWS's words: the name of the exception and its sentence. */
export class AwsError extends Error {
  constructor(
    /** As in AWS's API model; the official client makes an exception of this name from it. */
    readonly type: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'AwsError';
  }
}

/** The commonest: the request itself is wrong. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
