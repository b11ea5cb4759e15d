import { StoreFault } from '../../store/fault.ts';

/** What can go wrong with one call. */
export type InjectedFault =
  /** The process ends before the call is made. */
  | 'crash before'
  /** The process ends when the call has been carried out, before it knows. */
  | 'crash after'
  /** The call is carried out, and its answer never comes. */
  | 'lost'
  /** The answer is lost, the client makes the call again, and gets the second answer. */
  | 'repeated'
  /** The answer is how things were a while ago. */
  | 'stale'
  /** The store has no time; the call is not carried out. */
  | 'throttled'
  /** The connection is cut; the call is not carried out. */
  | 'reset'
  /** The disk takes no more; the file stays as it was. */
  | 'full'
  /** The disk does not give the file that is there. */
  | 'unreadable';

/** What a call is, as far as that decides what can go wrong with it. */
export type CallKind = 'read' | 'create' | 'write' | 'disk read' | 'disk write' | 'confirm' | 'ask' | 'sign';

/** What can go wrong with each kind of call. */
export const POSSIBLE: Readonly<Record<CallKind, readonly InjectedFault[]>> = {
  read: ['crash before', 'crash after', 'lost', 'stale', 'throttled', 'reset'],
  create: ['crash before', 'crash after', 'lost', 'repeated', 'throttled', 'reset'],
  write: ['crash before', 'crash after', 'lost', 'repeated', 'throttled', 'reset'],
  'disk read': ['crash before', 'crash after', 'unreadable'],
  'disk write': ['crash before', 'crash after', 'full'],
  confirm: ['crash before', 'crash after', 'lost', 'reset'],
  ask: ['crash before', 'crash after', 'lost', 'reset'],
  sign: ['crash before', 'crash after', 'lost', 'reset'],
};

/** Every fault, in the order in which they are told. */
export const FAULTS: readonly InjectedFault[] = [
  'crash before',
  'crash after',
  'lost',
  'repeated',
  'stale',
  'throttled',
  'reset',
  'full',
  'unreadable',
];

/** Those from which the others differ in what the caller is told only. */
export const MOST_TELLING: readonly InjectedFault[] = ['crash before', 'crash after', 'stale'];

/** What the caller is told. */
export function errorOf(fault: InjectedFault, step: string): Error {
  if (fault === 'full')
    return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  if (fault === 'unreadable') return Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  const about = { operation: step, names: [] };
  if (fault === 'throttled') return new StoreFault('busy', { ...about, code: 'ThrottlingException' });
  return new StoreFault('unreachable', { ...about, code: fault === 'lost' ? 'TimeoutError' : 'ECONNRESET' });
}
