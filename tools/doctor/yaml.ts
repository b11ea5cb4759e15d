import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

/** Changes a YAML file and leaves what people wrote around it: comments, order, quotes. */
export function changeYaml(file: string, change: (document: ReturnType<typeof parseDocument>) => void): void {
  const document = parseDocument(readFileSync(file, 'utf8'), { keepSourceTokens: true });
  change(document);
  writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}
