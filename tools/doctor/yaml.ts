import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { OF_REPOSITORY, replaceFile } from '../files/own-files.ts';

/** Changes a YAML file and leaves what people wrote around it: comments, order, quotes. */
export function changeYaml(file: string, change: (document: ReturnType<typeof parseDocument>) => void): void {
  const document = parseDocument(readFileSync(file, 'utf8'), { keepSourceTokens: true });
  change(document);
  replaceFile(file, document.toString({ lineWidth: 0, flowCollectionPadding: true }), OF_REPOSITORY);
}
