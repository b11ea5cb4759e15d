/** A fault made by hand, which some test must notice. */
export interface Mutant {
  /** What is wrong with it, in words. */
  name: string;
  /** What of the project it is a fault of. */
  of: string;
  file: string;
  /** A text that is in the file exactly once, and what is there instead. */
  from: string;
  to: string;
}
