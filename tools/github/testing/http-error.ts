/** A refusal in GitHub's words. */
export class HttpError extends Error {
  readonly status: number;
  readonly errors: { resource: string; field?: string; code: string; message?: string }[];

  constructor(
    status: number,
    message: string,
    errors: { resource: string; field?: string; code: string; message?: string }[] = [],
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}
