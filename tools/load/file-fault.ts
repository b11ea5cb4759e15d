/** What is wrong with a file's text, and where: an offset counts UTF-16 units from its beginning. */
export interface FileFault {
  rule: string;
  offset: number;
  message: string;
  expected?: string;
  found?: string;
  remedy?: string;
}
