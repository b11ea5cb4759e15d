import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders of programs that are for administrators, which are not in everybody's path. */
const SYSTEM = ['/usr/sbin', '/sbin'];

/** Whether a program is in the path, or where those of administrators are. */
export function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM];
  return folders.some((folder) => existsSync(join(folder, program)));
}
