/** Why the embedded store cannot start or go on, with what to do: for people, never a stack trace. */
export class StoreTrouble extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'StoreTrouble';
  }
}

/** Another process serves this folder. */
export class FolderInUse extends StoreTrouble {
  constructor(
    folder: string,
    readonly endpoint: string,
    readonly pid: number,
  ) {
    super(
      `${folder} is already served by process ${pid} at ${endpoint}`,
      'use that store, or end that process first',
    );
    this.name = 'FolderInUse';
  }
}
