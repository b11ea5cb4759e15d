import { Fault } from '../../../tools/contract/fault.ts';

/** The kinds of proposals that have a form, in the order of their tabs. */
export const FORMS = {
  service: 'New service',
  policy: 'New policy',
  join: 'Join a group',
  leave: 'Leave a group',
  grant: 'Grant for a while',
  remove: 'Remove',
  revert: 'Revert',
  file: 'YAML',
} as const;

export type FormKind = keyof typeof FORMS;

/** Whether a word is the name of a form. */
export const isForm = (word: string): word is FormKind => Object.hasOwn(FORMS, word);

/**
 * What a form asks for, as `readChange` takes it: a field that is empty is left out.
 * @param environment the one on whose page it is
 */
export function changeOfForm(kind: FormKind, form: URLSearchParams, environment: string): unknown {
  const text = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  const list = (name: string): string[] => (text(name) ?? '').split(/[\s,]+/).filter(Boolean);
  const all = (name: string): string[] => form.getAll(name).filter(Boolean);
  const reason = text('reason');
  const rest = { kind, ...(reason !== undefined && { reason }) };
  const fields: Fields = { text, list, all };
  switch (kind) {
    case 'service':
      return { ...rest, ...serviceOf(fields) };
    case 'policy':
      return { ...rest, policy: policyOf(fields) };
    case 'join':
    case 'leave':
      return given({ ...rest, group: text('group'), principal: text('principal') });
    case 'grant':
      return given({
        ...{ ...rest, principal: text('principal'), service: text('service'), time: text('time') },
        environments: all('environments'),
        ...{ ticket: text('ticket'), from: some(list('from')), device: deviceOf(fields) },
      });
    case 'remove':
      return given({ ...rest, what: text('what'), id: text('id') });
    case 'revert':
      return { ...rest, environment, to: Number(text('to')) };
    case 'file':
      return given({ ...rest, path: text('path'), text: form.get('text') ?? '' });
  }
}

interface Fields {
  text: (name: string) => string | undefined;
  list: (name: string) => string[];
  all: (name: string) => string[];
}

function serviceOf({ text, list }: Fields): object {
  const place = text('connector');
  const backend = text('backend');
  if ((place === undefined) !== (backend === undefined))
    throw new Fault('a backend needs its connector', 'give both, or neither');
  const [environment = '', connector = ''] = place?.split('/') ?? [];
  const labels = Object.fromEntries(list('labels').map((pair) => pair.split('=') as [string, string]));
  return {
    service: given({
      ...{
        id: text('id'),
        description: text('description'),
        owner: text('owner'),
        protocol: text('protocol'),
      },
      ports: list('ports').map(numbered),
      virtualIp: text('virtualIp'),
      labels: Object.keys(labels).length === 0 ? undefined : labels,
    }),
    registrations: place === undefined ? [] : [{ environment, connector, backend }],
  };
}

function policyOf(fields: Fields): object {
  const { text, list, all } = fields;
  const everybody = text('everybody') !== undefined;
  const ports = list('ports').map(numbered);
  return given({
    ...{
      id: text('id'),
      description: text('description'),
      owner: text('owner'),
      effect: text('effect') ?? 'allow',
    },
    who: given({
      all: everybody ? true : undefined,
      ...{ groups: some(list('groups')), principals: some(list('principals')) },
    }),
    what: given({ services: some(list('services')), ports: some(ports) }),
    when: someOf(
      given({
        ...{ hours: hoursOf(fields), from: some(list('from')), device: deviceOf(fields) },
        ...{ start: instant(text('start')), expires: instant(text('expires')) },
      }),
    ),
    environments: some(all('environments')),
    ticket: text('ticket'),
  });
}

function hoursOf({ text, all }: Fields): object | undefined {
  const [from, to, timezone] = [text('hoursFrom'), text('hoursTo'), text('timezone')];
  if (from === undefined && to === undefined) return undefined;
  return given({ timezone: timezone ?? 'UTC', days: some(all('days')), from, to });
}

function deviceOf({ text, all }: Fields): object | undefined {
  const truth = (name: string): boolean | undefined =>
    text(name) === undefined ? undefined : text(name) === 'true';
  return someOf(
    given({ managed: truth('managed'), os: some(all('os')), diskEncrypted: truth('diskEncrypted') }),
  );
}

/** A day is its beginning. */
const instant = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;

const numbered = (text: string): number | string => (/^[0-9]+$/.test(text) ? Number(text) : text);

const some = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);

const someOf = (value: object): object | undefined => (Object.keys(value).length === 0 ? undefined : value);

/** Without what is undefined. */
function given(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
