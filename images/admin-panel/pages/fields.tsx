import type { EnvironmentView } from '../model/view.ts';
import type { FormKind } from '../propose/form.ts';

/** What a form has: what was typed, and what there is to choose from. */
export interface FormInput {
  view: EnvironmentView;
  /** What was typed, or what a link asked for. */
  values: URLSearchParams;
}

const OS = ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows'];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The fields of a form. */
export const Fields = ({ kind, form }: { kind: FormKind; form: FormInput }) => {
  return (
    <div class="fields">
      {FIELDS[kind]({ form }) as never}
      <Text form={form} name="reason" title="Why, for those who review it" full />
    </div>
  );
};

type FieldsOf = (props: { form: FormInput }) => unknown;

const FIELDS: Record<FormKind, FieldsOf> = {
  service: ({ form }) => (
    <>
      <Text form={form} name="id" title="Id" mono required />
      <Owner form={form} />
      <Text form={form} name="description" title="What it is" full required />
      <Choice form={form} name="protocol" title="Protocol" options={['tcp', 'udp']} />
      <Text form={form} name="ports" title="Ports" help="such as 443 8000-8010" required />
      <Text
        form={form}
        name="virtualIp"
        title="Address in the tunnel"
        fallback={freeAddress(form.view)}
        mono
        required
      />
      <Text form={form} name="labels" title="Labels" help="such as tier=internal" />
      <Choice
        form={form}
        name="connector"
        title="Connector"
        options={['', ...connectorsIn(form.view)]}
        empty="none yet"
      />
      <Text form={form} name="backend" title="Backend" help="host:port, as the connector reaches it" mono />
    </>
  ),
  policy: ({ form }) => (
    <>
      <Text form={form} name="id" title="Id" mono required />
      <Owner form={form} />
      <Text form={form} name="description" title="What it is for" full required />
      <Choice form={form} name="effect" title="Effect" options={['allow', 'deny']} />
      <Text form={form} name="ticket" title="Ticket" />
      <Text form={form} name="groups" title="Who: groups" list="groups" />
      <Text form={form} name="principals" title="Who: people and machines" list="people" />
      <Text
        form={form}
        name="services"
        title="May reach"
        list="services"
        fallback={form.values.get('service') ?? ''}
      />
      <Text form={form} name="ports" title="Ports" help="all of the service when empty" />
      <Text
        form={form}
        name="from"
        title="From"
        help="prefixes such as 203.0.113.0/24; anywhere when empty"
      />
      <Device form={form} />
      <Text form={form} name="hoursFrom" title="Hours from" help="08:00; any hour when empty" />
      <Text form={form} name="hoursTo" title="Hours to" help="19:00, excluded" />
      <Text form={form} name="timezone" title="Time zone" help="such as Europe/Berlin; UTC when empty" />
      <Checks form={form} name="days" title="On" options={DAYS} />
      <Text form={form} name="start" title="Begins" help="a day, such as 2027-01-01" />
      <Text form={form} name="expires" title="Expires" help="a day, such as 2027-12-31" />
      <Environments form={form} />
    </>
  ),
  join: ({ form }) => <Membership form={form} />,
  leave: ({ form }) => <Membership form={form} />,
  grant: ({ form }) => (
    <>
      <Text form={form} name="principal" title="Who" list="people" required />
      <Text form={form} name="service" title="Reaches" list="services" required />
      <Text form={form} name="time" title="For" help="90m, 4h or 3d" fallback="4h" required />
      <Text form={form} name="ticket" title="Ticket" />
      <Text form={form} name="from" title="Only from" help="prefixes; anywhere when empty" />
      <Device form={form} />
      <Environments form={form} />
    </>
  ),
  remove: ({ form }) => (
    <>
      <Choice form={form} name="what" title="What" options={['policy', 'group', 'service']} />
      <Text form={form} name="id" title="Id" mono required />
    </>
  ),
  revert: ({ form }) => (
    <Text
      form={form}
      name="to"
      title="Back to what this entry wanted"
      help="a sequence of the history"
      required
    />
  ),
  file: ({ form }) => (
    <>
      <Text
        form={form}
        name="path"
        title="File"
        list="files"
        mono
        full
        required
        fallback="policies/access/new.yaml"
      />
      <div class="full">
        <label for="f-text">Its whole text</label>
        <textarea
          id="f-text"
          name="text"
          spellcheck={false}
          autocomplete="off"
          aria-describedby="keys"
          aria-autocomplete="list"
          aria-controls="completions"
        >
          {textOf(form)}
        </textarea>
        <ul id="completions" role="listbox" aria-label="What may stand here" hidden></ul>
        <p class="help" id="keys">
          Keys and values are suggested as you type: arrows choose, Tab takes, Escape leaves; Ctrl and space
          asks. Every key, what it may be and what it means: docs/reference.md. A key that is misspelt is a
          finding, with the nearest one.
        </p>
      </div>
    </>
  ),
};

const Membership = ({ form }: { form: FormInput }) => (
  <>
    <Text form={form} name="principal" title="Who" list="people" required />
    <Text form={form} name="group" title="Group" list="groups" required />
  </>
);

/** The text as it was typed, else as the file is, else one to begin with. */
function textOf({ view, values }: FormInput): string {
  const typed = values.get('text');
  if (typed !== null) return typed;
  const path = values.get('path');
  return (path === null ? undefined : view.known.files.loaded.texts.get(path)) ?? BEGINNING;
}

const BEGINNING = `# yaml-language-server: $schema=../../schemas/policy.schema.json
id: new
description: What it is for
owner: platform
effect: allow
who: { groups: [] }
what: { services: [] }
`;

const Text = ({
  form: { values },
  name,
  title,
  help,
  full,
  mono,
  list,
  fallback = '',
  required,
}: {
  form: FormInput;
  name: string;
  title: string;
  help?: string;
  full?: boolean;
  mono?: boolean;
  /** The names that are suggested. */
  list?: 'people' | 'groups' | 'services' | 'files';
  fallback?: string;
  required?: boolean;
}) => (
  <div {...(full && { class: 'full' })}>
    <label for={`f-${name}`}>{title}</label>
    <input
      id={`f-${name}`}
      name={name}
      value={values.get(name) ?? fallback}
      autocomplete="off"
      {...(mono && { class: 'mono' })}
      {...(list && { list: `names-${list}` })}
      {...(help !== undefined && { 'aria-describedby': `h-${name}` })}
      {...(required && { required: true })}
    />
    {help !== undefined && (
      <p class="help" id={`h-${name}`}>
        {help}
      </p>
    )}
  </div>
);

const Choice = ({
  form: { values },
  name,
  title,
  options,
  empty = 'any',
}: {
  form: FormInput;
  name: string;
  title: string;
  options: readonly string[];
  /** What an empty option is called. */
  empty?: string;
}) => (
  <div>
    <label for={`f-${name}`}>{title}</label>
    <select id={`f-${name}`} name={name}>
      {options.map((one) => (
        <option value={one} selected={values.get(name) === one}>
          {one === '' ? empty : one}
        </option>
      ))}
    </select>
  </div>
);

const Checks = ({
  form: { values },
  name,
  title,
  options,
  chosen = [],
}: {
  form: FormInput;
  name: string;
  title: string;
  options: readonly string[];
  /** What is chosen where nothing was yet. */
  chosen?: readonly string[];
}) => {
  const all = values.has('do') ? values.getAll(name) : values.has(name) ? values.getAll(name) : chosen;
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="checks">
        {options.map((one) => (
          <label>
            <input type="checkbox" name={name} value={one} checked={all.includes(one)} />
            {one}
          </label>
        ))}
      </div>
    </fieldset>
  );
};

const Owner = ({ form }: { form: FormInput }) => (
  <Choice
    form={form}
    name="owner"
    title="Owner"
    options={form.view.repository.guardrails?.value.owners.map(({ id }) => id) ?? []}
  />
);

const Environments = ({ form }: { form: FormInput }) => (
  <Checks
    form={form}
    name="environments"
    title="In"
    options={[...form.view.repository.environments.keys()]}
    chosen={[form.view.environment.id]}
  />
);

const Device = ({ form }: { form: FormInput }) => (
  <>
    <Choice form={form} name="managed" title="Device managed" options={['', 'true', 'false']} />
    <Choice form={form} name="diskEncrypted" title="Disk encrypted" options={['', 'true', 'false']} />
    <Checks form={form} name="os" title="System" options={OS} />
  </>
);

function connectorsIn({ repository }: EnvironmentView): string[] {
  return [...repository.environments].flatMap(([id, { connectors }]) =>
    [...connectors.keys()].map((one) => `${id}/${one}`),
  );
}

/** The first address of the virtual network that no service has; the first host is the network's own. */
function freeAddress({ repository, environment }: EnvironmentView): string {
  const [network = '', length = '24'] = environment.network.virtualNetwork.split('/');
  const first = network.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const taken = new Set([...repository.services.values()].map(({ value }) => value.virtualIp));
  const last = first + 2 ** (32 - Number(length)) - 1;
  for (let number = first + 2; number < last; number++) {
    const address = [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.');
    if (!taken.has(address)) return address;
  }
  return '';
}
