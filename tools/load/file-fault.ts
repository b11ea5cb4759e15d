import type { Severity } from '../finding/finding.ts';
import type { Path } from './repository.ts';
import type { TextEdit } from './yaml/edit-text.ts';

/** What is wrong with a file's text, and where: an offset counts UTF-16 units from its beginning. */
export interface FileFault {
  rule: string;
  /** An error unless it says otherwise. */
  severity?: Severity;
  offset: number;
  message: string;
  expected?: string;
  found?: string;
  remedy?: string;
  /** What does it, where only one thing can be meant. */
  edits?: readonly TextEdit[];
  /** Of a plain scalar: which value it is, so that what belongs there can be told. */
  scalar?: { path: Path; source: string; to: number };
}
