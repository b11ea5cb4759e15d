import { membership } from '../access/values/membership.ts';
import { Selector } from '../access/values/selector.ts';
import { instantText, parseInstant } from '../access/values/time-zone.ts';
import type { Policy } from '../contract/shapes.ts';
import type { FileDates } from '../git/dates.ts';
import type { LoadResult } from '../load/load.ts';
import { breaksOf } from './expire.ts';
import { withEnd } from './policy-end.ts';
import { isKept, withKept } from './policy-kept.ts';
import type { Proposal } from './proposal.ts';
import type { GivenSince, GivenSinces } from './since.ts';

/** A policy that its owner is asked about. */
export interface PolicyToConfirm {
  id: string;
  file: string;
  description: string;
  /** Whoever it is about, by name. */
  principals: readonly string[];
  /** Whether it is also about anybody with a certificate whom no file names. */
  anyoneElse: boolean;
  /** Whether it is also about clients that show no certificate. */
  withoutCertificate: boolean;
  services: readonly string[];
  /** Where git has its history. */
  dates?: FileDates | undefined;
  /** Since when each principal has had it, where git has that. */
  since?: ReadonlyMap<string, GivenSince> | undefined;
  /** Whether its file says that it is still needed in this quarter, or is to say so. */
  confirmed: boolean;
}

/** What one owner is asked in a quarter. */
export interface Recertification {
  owner: string;
  /** `2026-q4` */
  quarter: string;
  /** When what nobody confirms ends. */
  until: string;
  policies: readonly PolicyToConfirm[];
  /** Which pull request of the owner's in the quarter this is, from 1, and of how many. */
  part: number;
  parts: number;
  /** What is wrong once they have an end. */
  breaks: readonly string[];
}

/** What git says of since when. */
export interface AccessHistory {
  /** Of each policy's file, by path. */
  dates: ReadonlyMap<string, FileDates>;
  since: GivenSinces;
}

/** Policies that one pull request asks about: with what is said of each they fit GitHub's 65,536 characters. */
const MOST = 60;

/** The quarter of an instant, and the instant at which the next one begins, in UTC. */
export function quarterOf(at: number): { name: string; end: number } {
  const date = new Date(at);
  const [year, index] = [date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3)];
  return { name: `${year}-q${index + 1}`, end: Date.UTC(year, 3 * index + 3, 1) };
}

/** The branch of an owner's pull request in a quarter. @param part which one, where one has no room for all */
export const recertificationBranch = (owner: string, quarter: string, part: number): string =>
  `ztna/recertify-${quarter}${part === 1 ? '' : `.${part}`}-${owner}`;

/** Everybody who owns a policy that gives something beyond the quarter. */
export function ownersToAsk({ repository }: LoadResult, at: number): string[] {
  const { end } = quarterOf(at);
  const asked = [...repository.policies.values()].filter(({ value }) => isAsked(value, end));
  return [...new Set(asked.map(({ value }) => value.owner))].sort();
}

/** The policies of some owners that are asked about. */
export function policiesAsked({ repository }: LoadResult, owners: readonly string[], at: number): string[] {
  const { end } = quarterOf(at);
  return [...repository.policies.values()]
    .filter(({ value }) => owners.includes(value.owner) && isAsked(value, end))
    .map(({ value }) => value.id);
}

/**
 * A policy that gives something in the quarter, and does not end within it. One that ends with it is among them, as the
 * quarter's own pull request may have said so: a policy then stays in its part. One that begins later has given nothing yet.
 */
function isAsked({ effect, when }: Pick<Policy, 'effect' | 'when'>, end: number): boolean {
  if (effect !== 'allow' || (when?.start !== undefined && parseInstant(when.start) >= end)) return false;
  return when?.expires === undefined || parseInstant(when.expires) >= end;
}

/**
 * What an owner is asked: who reaches what by each policy, and since when; in as many parts as pull requests are needed.
 * @param confirmed ids of policies of which somebody said that they are still needed
 */
export function recertificationsOf(
  loaded: LoadResult,
  owner: string,
  { dates, since }: AccessHistory,
  confirmed: ReadonlySet<string>,
  at: number,
): Recertification[] {
  const { repository } = loaded;
  const { name: quarter, end } = quarterOf(at);
  const services = [...repository.services.values()].map(({ value }) => value);
  const [members, selector] = [membership(repository), new Selector(services)];
  const policies = [...repository.policies.values()]
    .filter(({ value }) => value.owner === owner && isAsked(value, end))
    .map(({ file, value }): PolicyToConfirm => {
      const who = members.who(value.who);
      return {
        ...{ id: value.id, file, description: value.description },
        principals: who.members.map((index) => members.everybody[index]!).sort(),
        ...{ anyoneElse: who.anyoneElse, withoutCertificate: who.withoutCertificate },
        services: selector
          .indexes(value.what)
          .map((index) => services[index]!.id)
          .sort(),
        dates: dates.get(file),
        since: since.get(value.id),
        confirmed: confirmed.has(value.id) || isKept(loaded.texts.get(file)!, quarter),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const until = instantText(end);
  const parts = Math.ceil(policies.length / MOST);
  return Array.from({ length: parts }, (_, index) => {
    const some = policies.slice(index * MOST, (index + 1) * MOST);
    const breaks = breaksOf(loaded, filesOf(loaded, some, { until, quarter }), at);
    return { owner, quarter, part: index + 1, parts, until, policies: some, breaks };
  });
}

/**
 * The files of policies: each that nobody confirmed with an end, and each other one with a line that says so, which the
 * owner approves with it; lines that it does not concern stay.
 */
function filesOf(
  { texts }: LoadResult,
  policies: readonly PolicyToConfirm[],
  { until, quarter }: Pick<Recertification, 'until' | 'quarter'>,
): Map<string, string> {
  const answered = policies.map(({ file, confirmed }): [string, string] => {
    const text = texts.get(file)!;
    return [file, confirmed ? withKept(text, quarter) : withEnd(text, until)];
  });
  return new Map(answered.filter(([file, text]) => text !== texts.get(file)));
}

/** The pull request that writes down what is confirmed, and ends the rest; undefined where the files say all of it already. */
export function recertificationProposal(
  loaded: LoadResult,
  recertification: Recertification,
  commit: string,
): Proposal | undefined {
  const { owner, quarter, part, policies } = recertification;
  const files = filesOf(loaded, policies, recertification);
  if (files.size === 0) return undefined;
  return {
    branch: recertificationBranch(owner, quarter, part),
    on: commit,
    files: new Map([...files].map(([path, text]) => [path, { text }])),
    purpose: { kind: 'recertification', recertification },
  };
}
