/** The names that Terraform forms of ids, of the kinds for which AWS takes few characters. */
import type { Connector, Environment } from '../../contract/shapes.ts';

/** Kinds of names that have a limit which an id can reach, and the limit (AWS, quotas of each service). */
export const NAME_LIMITS = {
  aws_iam_role: { what: 'a role', most: 64 },
  aws_lb: { what: 'a load balancer', most: 32 },
  aws_lb_target_group: { what: 'a target group', most: 32 },
  aws_s3_bucket: { what: 'a bucket', most: 63 },
  aws_cloudwatch_event_rule: { what: 'a rule of EventBridge', most: 64 },
} as const;

/** One name: `<env>`, `<id>` and `<account>` stand for what the YAML says. */
export interface NameForm {
  kind: keyof typeof NAME_LIMITS;
  form: string;
}

const roles = (...forms: string[]): NameForm[] => forms.map((form) => ({ kind: 'aws_iam_role', form }));

/** Names that are made once for each of these; a test holds the list to what Terraform makes. */
export const NAME_FORMS = {
  environment: [
    ...roles(
      ...['plan', 'apply', 'publish', 'collect', 'break-glass'].map((one) => `ztna-<env>-${one}`),
      'ztna-<env>-flow-logs',
      'ztna-<env>-heartbeat',
      'ztna-<env>-heartbeat-schedule',
      'ztna-<env>-rotate-shared-secret',
    ),
    { kind: 'aws_cloudwatch_event_rule', form: 'ztna-<env>-break-glass' },
    { kind: 'aws_cloudwatch_event_rule', form: 'ztna-<env>-documents' },
  ],
  intermediate: [
    ...roles(
      'ztna-<env>-intermediate-<id>',
      'ztna-<env>-intermediate-<id>-heal',
      'ztna-<env>-intermediate-<id>-replace',
    ),
    { kind: 'aws_cloudwatch_event_rule', form: 'ztna-<env>-intermediate-<id>-heal' },
    { kind: 'aws_cloudwatch_event_rule', form: 'ztna-<env>-intermediate-<id>-again' },
  ],
  fargate: roles('ztna-<env>-connector-<id>', 'ztna-<env>-connector-<id>-start'),
  external: roles('ztna-<env>-connector-<id>'),
  adminPanel: [
    ...roles('ztna-<env>-admin-panel', 'ztna-<env>-admin-panel-start'),
    { kind: 'aws_lb', form: 'ztna-<env>-admin-panel' },
    { kind: 'aws_lb_target_group', form: 'ztna-<env>-admin-panel' },
    { kind: 'aws_s3_bucket', form: 'ztna-<env>-admin-panel-access-logs-<account>' },
  ],
  testBackend: roles('ztna-<env>-test-backend-start'),
} as const satisfies Record<string, readonly NameForm[]>;

type Named = Pick<Environment, 'id' | 'account'>;

/** A form with an environment's and, where it has one, a component's id in it. */
export const nameOf = ({ form }: NameForm, { id, account }: Named, component = ''): string =>
  form.replace('<env>', id).replace('<account>', account).replace('<id>', component);

/** A name that does not fit, and the longest id with which it would. */
export interface LongName {
  what: string;
  name: string;
  most: number;
  /** Characters that the id may have. */
  room: number;
}

/** Of the names formed of an id, the one that leaves it the least room, where the id is longer than that. */
function longest(id: string, forms: readonly NameForm[], named: (form: NameForm) => string): LongName[] {
  const all = forms.map((form) => {
    const { what, most } = NAME_LIMITS[form.kind];
    const name = named(form);
    return { what, name, most, room: most - (name.length - id.length) };
  });
  const [least] = all.sort((a, b) => a.room - b.room);
  return least && id.length > least.room ? [least] : [];
}

/** What is too long of an environment's own id, whatever its components are called. */
export function longOfEnvironment(environment: Environment, connectors: readonly Connector[]): LongName[] {
  const forms = [
    ...NAME_FORMS.environment,
    ...NAME_FORMS.intermediate,
    ...connectors.flatMap(({ runs }) => NAME_FORMS[runs]),
    ...(environment.adminPanel ? NAME_FORMS.adminPanel : []),
    ...(environment.testBackend ? NAME_FORMS.testBackend : []),
  ];
  return longest(environment.id, forms, (form) => nameOf(form, environment, 'x'));
}

/** What is too long of a component's id, in its environment. */
export const longOfComponent = (
  environment: Named,
  id: string,
  kind: 'intermediate' | Connector['runs'],
): LongName[] => longest(id, NAME_FORMS[kind], (form) => nameOf(form, environment, id));
