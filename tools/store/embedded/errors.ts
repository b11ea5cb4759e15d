import { Fault } from '../../contract/fault.ts';

/** Another process serves this folder. */
export class FolderInUse extends Fault {
  readonly endpoint: string;
  readonly pid: number;

  constructor(folder: string, endpoint: string, pid: number) {
    super(
      `${folder} is already served by process ${pid} at ${endpoint}`,
      'use that store, or end that process first',
    );
    this.endpoint = endpoint;
    this.pid = pid;
    this.name = 'FolderInUse';
  }
}
