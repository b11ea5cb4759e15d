/** A JSON Schema as data. */
export type JsonSchema = { [key: string]: any };

/** One file of `schemas/`. */
export interface SchemaFile {
  /** File name without `.schema.json`. */
  name: string;
  schema: JsonSchema;
}

/** `access-test` -> `AccessTest` */
export function pascal(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
