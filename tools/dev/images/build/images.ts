import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../contract/fault.ts';
import { didYouMean } from '../../../finding/nearest.ts';

/** An image of this repository. */
export interface ImageSpec {
  /** Its folder below `images/`, and its name in every registry, after `ztna/`. */
  name: string;
  /** What its base brings: the variable of its Dockerfile is `<BASE>_IMAGE`. */
  base: 'rust' | 'node';
  /** The most bytes that a machine may have to fetch for it, packed as registries keep it. */
  budget: number;
}

/** A megabyte as registries count. */
const MB = 1_000_000;

/**
 * How large each may be. Node alone is two thirds of an image that has it; the panel has git beside it. An image that is
 * not listed may be no larger than one of Rust.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  'policy-agent': 80 * MB,
  'test-backend': 80 * MB,
  'embedded-store': 80 * MB,
  'admin-panel': 100 * MB,
};
const OF_RUST = 15 * MB;

/** The images that have a Dockerfile whose base is one of ours. @param root the repository's folder */
export function imagesIn(root: string): ImageSpec[] {
  const folder = join(root, 'images');
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = join(folder, name, 'Dockerfile');
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const base = /^ARG (RUST|NODE)_IMAGE=/m.exec(text)?.[1]?.toLowerCase() as ImageSpec['base'] | undefined;
      return base ? [{ name, base, budget: BUDGETS[name] ?? OF_RUST }] : [];
    });
}

/** Those that were named, or all. @throws Fault for a name that is none */
export function imagesNamed(all: readonly ImageSpec[], names: readonly string[]): ImageSpec[] {
  const known = all.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      throw new Fault(
        `there is no image ${name}`,
        didYouMean(name, known, `use one of: ${known.join(', ')}`),
      );
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** The name under which it is built, loaded and run. */
export function tagOf({ name }: Pick<ImageSpec, 'name'>): string {
  return `ztna/${name}`;
}
