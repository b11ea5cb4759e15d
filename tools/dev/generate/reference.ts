import type { SchemaFile } from './schemas.ts';

/** The reference of every kind of file, from the descriptions in the schemas. */
export function referenceDocument(_schemas: SchemaFile[]): string {
  return '# Reference\n';
}
