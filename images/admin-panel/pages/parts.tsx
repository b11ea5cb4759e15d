import type { AccessChange, Attention, PolicyRow } from '../../../tools/contract/shapes.ts';
import { whenText } from '../../../tools/access/wording/condition-text.ts';
import { reachSentence } from '../../../tools/output/difference.ts';
import { Icon, type Sign } from './icons.tsx';
import { pathIn, withQuery } from './links.ts';
import { Prose, Say, Src, type PageLinks } from './sentence.tsx';

/** A section with a heading. */
export const Card = ({
  title,
  id,
  beside,
  tall,
  live,
  children,
}: {
  title: unknown;
  id?: string;
  beside?: unknown;
  /** It may be parted on paper. */
  tall?: boolean;
  /** It is exchanged when something changes; it needs an id. */
  live?: boolean;
  children?: unknown;
}) => (
  <section class={tall ? 'card tall' : 'card'} {...(id && { id })} {...(live && { 'data-live': '' })}>
    <header>
      <h2>{title as never}</h2>
      {beside !== undefined && <div>{beside as never}</div>}
    </header>
    {children as never}
  </section>
);

/** An instant as proof: absolute, in UTC. */
export const Instant = ({ at }: { at: number | string }) => {
  const text = new Date(at).toISOString();
  return <time datetime={text}>{`${text.slice(0, 10)} ${text.slice(11, 19)} UTC`}</time>;
};

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `4 min`, of milliseconds */
export function spanText(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  const [size, name] = UNITS.find(([one]) => seconds >= one) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name}`;
}

/** `1.2 s`, `7 min` */
export function secondsText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : spanText(ms);
}

/** How long ago; with script it counts on. */
export const Ago = ({ at, now }: { at: number | string; now: number }) => {
  const instant = new Date(at);
  return (
    <time datetime={instant.toISOString()} data-ago="" title={instant.toISOString()}>
      {spanText(now - instant.getTime())} ago
    </time>
  );
};

/** `17.6 MB/s` */
export function rateText(bytes: number | undefined): string {
  if (bytes === undefined) return '–';
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Somebody's access, a sentence each, in the words of `access`. */
export const AccessRows = ({
  access,
  environment,
  links,
}: {
  access: readonly AccessChange[];
  environment: string;
  links: PageLinks;
}) => (
  <ul class="rows">
    {access.map((change) => {
      const whenever = change.conditions.some(({ text }) => text === '');
      const [service] = change.services;
      const [who] = change.principals;
      return (
        <li>
          <Icon sign={whenever ? 'always' : 'conditions'} />
          <div>
            <span class="hidden">{whenever ? 'always: ' : 'under conditions: '}</span>
            <Say sentence={reachSentence(change)} links={links} />
            {change.principals.length > 3 && <Names names={change.principals} environment={environment} />}
          </div>
          {who !== undefined && service && (
            <a
              class="act"
              href={withQuery(pathIn(environment, 'access'), {
                focus: who,
                why: `${who},${service.service}`,
              })}
            >
              Why?
              <span class="hidden">
                {' '}
                {who} reaches {service.service}
              </span>
            </a>
          )}
        </li>
      );
    })}
  </ul>
);

/** Names behind a count: open when one wants them. */
export const Names = ({ names, environment }: { names: readonly string[]; environment: string }) => (
  <details>
    <summary class="note">By name</summary>
    <p class="names small">
      {names.slice(0, NAMES).map((name) => (
        <a href={pathIn(environment, `people/${name}`)}>{name}</a>
      ))}
      {names.length > NAMES && <span>and {names.length - NAMES} more</span>}
    </p>
  </details>
);

/** Names that are listed; a first page must stay small. */
const NAMES = 200;

/** Policies, each with what it does, when and why. */
export const PolicyRows = ({
  policies,
  environment,
  links,
}: {
  policies: readonly PolicyRow[];
  environment: string;
  links: PageLinks;
}) => (
  <ul class="rows">
    {policies.map(({ policy, file, line, principals, services }) => (
      <li>
        <Icon sign={policy.effect === 'allow' ? 'always' : 'denied'} />
        <div>
          <a href={pathIn(environment, `policies/${policy.id}`)}>
            <strong>{policy.id}</strong>
          </a>{' '}
          {policy.observe ? 'would deny' : policy.effect === 'allow' ? 'allows' : 'denies'}{' '}
          {whoText(policy.who, principals)} to reach {servicesText(services)}
          {policy.when && <>, {whenText(policy.when)}</>}
          <p class="note">
            <Prose text={policy.description} links={links} />
            {policy.ticket !== undefined && ` · ${policy.ticket}`} ·{' '}
            <Src place={{ file, line }} links={links} />
          </p>
        </div>
      </li>
    ))}
  </ul>
);

function whoText(who: PolicyRow['policy']['who'], principals: number): string {
  const groups = [...(who.groups ?? [])];
  const named = who.all ? 'everybody' : principals === 1 ? '1 person' : `${principals} people`;
  const except = who.except ? ' but those excepted' : '';
  return groups.length > 0 ? `${named} (${groups.join(', ')}${except})` : `${named}${except}`;
}

function servicesText(services: readonly string[]): string {
  return services.length > 4
    ? `${services.slice(0, 3).join(', ')} and ${services.length - 3} more`
    : services.join(', ');
}

const LEVELS = { bad: 'refused', wait: 'behind', old: 'stale' } as const satisfies Record<
  Attention['level'],
  Sign
>;

/** What needs a person: what, since when, and what to do. */
export const AttentionRows = ({
  attention,
  environment,
  links,
  now,
}: {
  attention: readonly Attention[];
  environment: string;
  links: PageLinks;
  now: number;
}) => (
  <ul class="rows">
    {attention.map(({ level, subject, message, remedy, since, page }) => (
      <li>
        <Icon sign={LEVELS[level]} />
        <div>
          {page === undefined ? subject : <a href={pathIn(environment, page)}>{subject}</a>}:{' '}
          <Prose text={message} links={links} />
          {since !== undefined && (
            <>
              , since <Ago at={since} now={now} />
            </>
          )}
          <p class="note">
            <Prose text={remedy} links={links} />
          </p>
        </div>
      </li>
    ))}
  </ul>
);

/** A list that has nothing in it, and what that means. */
export const Blank = ({ title, children }: { title: string; children?: unknown }) => (
  <div class="blank">
    <h3>{title}</h3>
    <p>{children as never}</p>
  </div>
);

/** Where the next page of a list begins. */
export const More = ({
  path,
  query,
  next,
}: {
  path: string;
  query: URLSearchParams;
  next: string | undefined;
}) => {
  if (next === undefined) return null;
  const all = { ...Object.fromEntries(query), cursor: next };
  return (
    <p class="in">
      <a class="btn" href={withQuery(path, all)}>
        Next page
      </a>
    </p>
  );
};
