import type { Repository } from '../../load/repository.ts';
import { decide, type TypedRequest } from '../decide.ts';
import { WITHOUT_CERTIFICATE } from '../model.ts';
import { Calendar } from '../solver/calendar.ts';
import type { Instant } from '../values/time-zone.ts';
import { edited, reduced, type AccessQuestion } from './edits.ts';
import { followed } from './follow.ts';
import { accessOf, Search } from './search.ts';
import type { Advice } from './steps.ts';

/** How many ways to change an answer are named. */
const SHOWN = 3;

/**
 * What would turn a denial into an answer that allows: first what is unknown and the values that pass, then the
 * nearest allow and what it lacks, then what others have to change, a deny last. Each is decided again.
 * @param at from when on waiting is counted
 */
export function advise(
  repository: Repository,
  request: TypedRequest,
  environment: string,
  at: Instant,
): Advice[] {
  const asked = { principal: request.principal, service: request.service, environment };
  if (!repository.services.has(request.service)) return [];
  // Edits concern nothing else, so that it is reduced once and not for each of them.
  const small = reduced(repository, asked);
  const search = new Search(small, asked, request, new Calendar(at));
  const offered: Advice[] = [];
  for (const { candidates, besides } of search.tiers()) {
    if (!offered.every((one) => besides(one, at))) break;
    // What is no nearer than what is offered already is not worth saying.
    const fitting = candidates.filter((one) => isFor(request, one));
    const nearer = offered.length === 0 ? fitting : fitting.filter((one) => !besides(one, at));
    for (const advice of distinct(nearer))
      if (offered.length < SHOWN && passes(small, asked, request, advice)) offered.push(advice);
  }
  return offered;
}

/** Whether a person can follow advice: no group and no policy can name a client without certificate. */
function isFor({ principal }: TypedRequest, { edits }: Advice): boolean {
  return (
    principal !== WITHOUT_CERTIFICATE || edits.every(({ step }) => step === 'register' || step === 'renew')
  );
}

/** Decides again, with the first and with the last of the values that are said to help. */
function passes(
  repository: Repository,
  asked: AccessQuestion,
  request: TypedRequest,
  advice: Advice,
): boolean {
  const access = accessOf(edited(repository, asked, advice.edits), asked);
  return [0, -1].every((which) => decide(access, followed(request, advice, which)).decision === 'allow');
}

/** Each advice once: two policies may be about the same group. */
function distinct(all: readonly Advice[]): Advice[] {
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return [...new Map(all.map((one) => [JSON.stringify(one, text), one])).values()];
}
