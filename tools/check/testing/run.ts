import { filesOf } from '../../testing/repository-files.ts';
import type { RepositoryValues } from '../../testing/repository.ts';
import { byPlace, sentence, type Finding } from '../../finding/finding.ts';
import { loadSources, type LoadResult } from '../../load/load.ts';
import { check } from '../check.ts';
import type { Rule } from '../rule.ts';
import { base, NOW, type ExampleRepository } from './base.ts';
import type { ExpectedFinding } from './example.ts';

/** A world as it is loaded from files, which lets nothing pass that its schema does not. */
export function loadWorld(world: RepositoryValues, order?: (paths: string[]) => string[]): LoadResult {
  const files = filesOf(world);
  const paths = order ? order([...files.keys()]) : [...files.keys()];
  return loadSources(paths.map((path) => ({ path, bytes: Buffer.from(files.get(path)!) })));
}

/** The base, changed. */
export function changed(change: (world: ExampleRepository) => void): ExampleRepository {
  const world = base();
  change(world);
  return world;
}

/** Everything that is found in what was loaded, by the loader and by the rules given, or by all. */
export function findingsOf({ repository, findings }: LoadResult, rules?: readonly Rule[]): Finding[] {
  return [...findings, ...check(repository, NOW, rules)].sort(byPlace);
}

/** Findings as examples state them; a line is cut to as much of it as the example gives. */
export function asExpected(
  loaded: LoadResult,
  findings: readonly Finding[],
  like: readonly ExpectedFinding[],
): ExpectedFinding[] {
  return findings.map((one, index) => {
    const line = loaded.texts.get(one.file)?.split('\n')[one.line - 1]?.trim() ?? '';
    return { file: one.file, line: line.slice(0, like[index]?.line.length), says: sentence(one) };
  });
}
