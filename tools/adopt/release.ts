/** A path, and the object that three commits have there; undefined where one has none. */
export interface ThreeSides {
  path: string;
  /** The release that the company has. */
  base?: string;
  /** The newer release. */
  theirs?: string;
  /** The company's own commit. */
  ours?: string;
}

/** What an upgrade does to the files of the tools, by path. */
export interface UpgradePlan {
  /** Taken from the release, or deleted as it has none. */
  take: readonly ThreeSides[];
  /** Changed by the company and by the release: merged line by line. */
  merge: readonly ThreeSides[];
  /** Changed by the company alone: kept. */
  keep: readonly ThreeSides[];
}

/** What is a company's own: no release brings or takes anything there. */
export const OWN = [
  'policies/',
  'environments/',
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
  'release.yaml',
];

/** Whether a path is the company's. */
export function isOwn(path: string): boolean {
  return OWN.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one));
}

/** What an upgrade does, by comparing objects alone. Files of the company are not among it, whatever happened to them. */
export function upgradePlan(sides: readonly ThreeSides[]): UpgradePlan {
  const tools = sides.filter(({ path }) => !isOwn(path));
  const isChanged = ({ base, ours, theirs }: ThreeSides): boolean => ours !== base && ours !== theirs;
  return {
    take: tools.filter(({ base, theirs, ours }) => ours === base && theirs !== base),
    merge: tools.filter((one) => isChanged(one) && one.theirs !== one.base),
    keep: tools.filter((one) => isChanged(one) && one.theirs === one.base),
  };
}

/** The rules of a release that the one before did not have, by their files. */
export function newRules(sides: readonly ThreeSides[]): string[] {
  const file = /^tools\/check\/rules\/([a-z0-9-]+)\.ts$/;
  return sides.flatMap(({ path, base, theirs }) => {
    const id = file.exec(path)?.[1];
    return id !== undefined && base === undefined && theirs !== undefined ? [id] : [];
  });
}
