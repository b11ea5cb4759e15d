/** An answer that says no, in AWS's words: the name of the exception and its sentence. */
export class Rejection extends Error {
  constructor(
    /** As in AWS's API model; the official client makes an exception of this name from it. */
    readonly type: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

/** The commonest: the request itself is wrong. */
export function invalid(message: string): Rejection {
  return new Rejection('ValidationException', message);
}
