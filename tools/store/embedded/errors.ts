import { Fault } from '../../contract/fault.ts';

/** Another process serves this folder. */
export class FolderInUse extends Fault {
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
