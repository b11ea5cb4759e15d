/** An answer that says no, in AWS's words: the name of the exception and its sentence. */
export class AwsError extends Error {
  /** As in AWS's API model; the official client makes an exception of this name from it. */
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status: number = 400) {
    super(message);
    this.type = type;
    this.status = status;
    this.name = 'AwsError';
  }
}

/** The commonest: the request itself is wrong. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** Beside AWS's: the folder was taken away from the store that answers, which therefore stores nothing any more. */
export const STORE_ENDED = 'StoreEnded';
