/** The log of one environment: its names all begin with this. */
export interface LogScope {
  environment: string;
  epoch: number;
}

/** Digits of a sequence in a name, so that names sort as numbers do. */
const SEQUENCE_DIGITS = 12;

/** `/ztna/<env>/<epoch>` */
export function logRoot({ environment, epoch }: LogScope): string {
  return `/ztna/${environment}/${epoch}`;
}

/** The path below which an environment's entries are. */
export function logFolder(scope: LogScope): string {
  return `${logRoot(scope)}/log`;
}

/** The path below which its components report. */
export function ackFolder(scope: LogScope): string {
  return `${logRoot(scope)}/ack`;
}

/** The path below which records of deliveries are. */
export function recordFolder(scope: LogScope): string {
  return `${logRoot(scope)}/record`;
}

/** The name of the record of the delivery that an entry ended: created once. */
export function recordName(scope: LogScope, sequence: number): string {
  return `${recordFolder(scope)}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** The name of a log entry: created once, the commit point. */
export function entryName(scope: LogScope, sequence: number): string {
  return `${logFolder(scope)}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** The sequence in a log entry's name. */
export function sequenceOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('/') + 1));
}

/** The name of a part's chunk, counted from 0: created once. */
export function chunkName(scope: LogScope, part: { scope: string; part: string }, chunk: number): string {
  return `${logRoot(scope)}/part/${part.scope}/${part.part}/${chunk}`;
}

/** The name of the signed directory beside a large index. */
export function directoryName(log: LogScope, index: { part: string }): string {
  return `${logRoot(log)}/part/index/${index.part}/directory`;
}

/** The name of a chunk of the list of a large index's pages, counted from 0. */
export function pagesName(log: LogScope, index: { part: string }, chunk: number): string {
  return `${logRoot(log)}/part/index/${index.part}/pages/${chunk}`;
}

/** The name of the unsigned hint at the newest sequence. */
export function headName(scope: LogScope): string {
  return `${logRoot(scope)}/head`;
}

/** The name under which one instance of a component reports what it enforces. */
export function ackName(scope: LogScope, component: string, instance: string): string {
  return `${ackFolder(scope)}/${component}/${instance}`;
}

/** The scope of a component's part: all intermediates share one, each connector has its own. */
export function scopeOf(component: string): string {
  return component.startsWith('intermediate/') ? 'intermediate' : component;
}
