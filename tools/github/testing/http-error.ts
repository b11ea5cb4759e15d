/** A refusal in GitHub's words. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: { resource: string; field?: string; code: string; message?: string }[] = [],
  ) {
    super(message);
  }
}
