import type { JsonSchema, SchemaFile } from '../schemas.ts';

/** A schema, with the file that it is in: references are relative to it. */
export interface SchemaInFile {
  /** File name without `.schema.json`. */
  file: string;
  schema: JsonSchema;
  /** The definition it comes from: `<file>#<key>`, without a key for the file's root. */
  definition?: string;
}

/** All schemas, to be looked up in. */
export class Book {
  readonly #schemas: ReadonlyMap<string, JsonSchema>;

  constructor(files: readonly SchemaFile[]) {
    this.#schemas = new Map(files.map(({ name, schema }) => [name, schema]));
  }

  /** A file's schema. @throws Error where there is none of that name */
  root(file: string): SchemaInFile {
    const schema = this.#schemas.get(file);
    if (!schema) throw new Error(`there is no schemas/${file}.schema.json`);
    return { file, schema, definition: `${file}#` };
  }

  /**
   * Follows references to the end. What is beside a reference, such as a description of its own, wins over
   * what it leads to.
   * @throws Error where a reference leads nowhere
   */
  resolve(node: SchemaInFile): SchemaInFile {
    const { $ref, ...own } = node.schema;
    if ($ref === undefined) return node;
    const end = this.resolve(this.#target($ref, node.file));
    return { ...end, schema: { ...end.schema, ...own } };
  }

  #target(reference: string, from: string): SchemaInFile {
    const [path, pointer = ''] = reference.split('#');
    const root = this.root(path ? path.replace('.schema.json', '') : from);
    if (!pointer) return root;
    const key = pointer.replace('/$defs/', '');
    const schema = root.schema['$defs']?.[key];
    if (!schema) throw new Error(`schemas/${from}.schema.json refers to ${reference}, which does not exist`);
    return { file: root.file, schema, definition: `${root.file}#${key}` };
  }
}
