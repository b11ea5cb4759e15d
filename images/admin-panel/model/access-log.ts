import { open } from 'node:fs/promises';
import { type AccessLog, type AccessLogLines, validateAccessLog } from '../../../tools/contract/shapes.ts';
import { jsonIn } from '../../../tools/contract/text.ts';
import type { EnvironmentView } from './view.ts';

/** Bytes at the end of a log that are looked at. */
const TAIL = 256 * 1024;

/** Where access logs are: files of components on this machine, or a page that leads to them. */
export interface AccessLogPlaces {
  files: () => readonly string[];
  /** The page of an environment's log group. */
  pageOf?: ((environment: string, region: string) => string) | undefined;
}

/** The page of CloudWatch on which an environment's log groups are, `/ztna/<environment>/...`. */
export function logGroupPage(environment: string, region: string): string {
  const wanted = encodeURIComponent(encodeURIComponent(`/ztna/${environment}`)).replaceAll('%', '$');
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups$3FlogGroupNameFilter$3D${wanted}`;
}

/**
 * The newest lines of an environment's access logs, the newest first.
 * @param wanted only of this service, of this principal, and at most so many
 */
export async function accessLogOf(
  { environment }: EnvironmentView,
  { files, pageOf }: AccessLogPlaces,
  wanted: { service?: string | undefined; principal?: string | undefined; limit: number },
): Promise<AccessLogLines> {
  const texts = await Promise.all(files().map(tailOf));
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .map(jsonIn)
    .filter((line): line is AccessLog => validateAccessLog(line))
    .filter((line) => line.environment === environment.id)
    .filter(({ service }) => wanted.service === undefined || service === wanted.service)
    .filter(({ principal }) => wanted.principal === undefined || principal === wanted.principal)
    .sort((a, b) => (a.end < b.end ? 1 : -1))
    .slice(0, wanted.limit);
  const page = pageOf?.(environment.id, environment.region);
  return { environment: environment.id, lines, ...(page !== undefined && { logGroup: page }) };
}

/** The end of a file; nothing of one that is not there: a component that never ran has no log. */
async function tailOf(path: string): Promise<string> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}
