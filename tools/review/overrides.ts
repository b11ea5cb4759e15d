import type { Override } from '../contract/shapes.ts';
import type { RepositoryFile } from '../load/repository.ts';
import type { Change, Objection } from './change.ts';

const massLossesId = 'mass-losses';

/** An override with where it is. */
export interface PlacedOverride {
  override: Override;
  file: RepositoryFile<unknown>;
  index: number;
}

/** The overrides that a change adds; those of earlier changes have done their work. */
export function newOverrides({ base, head }: Pick<Change, 'base' | 'head'>): PlacedOverride[] {
  const file = head.guardrails;
  const before = new Set((base.guardrails?.value.overrides ?? []).map((one) => JSON.stringify(one)));
  return (file?.value.overrides ?? []).flatMap((override, index) =>
    before.has(JSON.stringify(override)) ? [] : [{ override, file: file!, index }],
  );
}

/** The subject of an objection to how many lose anything at all; those about one service alone have its own. */
export const ALL_SERVICES = 'all services';

/**
 * Whether an override passes over an objection: to what it names, and to each part of that, so that one intention is one
 * line. `live` has `live/wiki` as a part; of losses, `all services` has every service.
 */
export function passesOver(
  { guardrail, subject }: Pick<Override, 'guardrail' | 'subject'>,
  objection: Pick<Objection, 'rule' | 'subject'>,
): boolean {
  if (guardrail !== objection.rule) return false;
  if (guardrail === massLossesId && subject === ALL_SERVICES) return true;
  return objection.subject === subject || objection.subject.startsWith(`${subject}/`);
}

/** Objections of one guardrail that one line passes over, with the subject of that line. */
export function intentionsOf<T extends { rule: string; subject: string }>(
  objections: readonly T[],
): { subject: string; objections: T[] }[] {
  const subjects = new Map<string, T[]>();
  for (const one of objections) {
    const whole = one.rule === massLossesId ? ALL_SERVICES : one.subject.split('/')[0]!;
    subjects.set(`${one.rule} ${whole}`, [...(subjects.get(`${one.rule} ${whole}`) ?? []), one]);
  }
  return [...subjects].map(([key, all]) => ({
    subject: all.length === 1 ? all[0]!.subject : key.slice(key.indexOf(' ') + 1),
    objections: all,
  }));
}
