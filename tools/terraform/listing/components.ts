import type { Connector, Environment } from '../../contract/shapes.ts';
import {
  connectorId,
  each,
  external,
  fargate,
  fixed,
  type EnvironmentFiles,
  intermediateId,
  keyed,
  type Line,
} from './model.ts';
import { testHost } from './ports.ts';

type Intermediate = Environment['intermediates'][number];

/** Every component, with the role by which it follows the log. */
export function componentLines(given: EnvironmentFiles): Line[] {
  const { environment } = given;
  return [
    ...each(environment.intermediates, intermediateLines),
    ...each(fargate(given), connectorLines),
    ...each(external(given), externalLines),
    ...(environment.adminPanel ? panelLines(environment) : []),
    ...(environment.testBackend ? testLines(environment.id) : []),
  ];
}

const identityLines = (component: string, module: string): Line[] =>
  fixed(component, module, {
    'aws_iam_role.this': 'a role of its own',
    'aws_iam_role_policy.follow': 'it reads the log and its own parts, and writes its own acks',
  });

/** A Fargate service, its task and the role that starts it: `service`, `task` and `reads` say what is special about it. */
const taskLines = (
  component: string,
  module: string,
  says: { service: string; task: string; reads: string },
): Line[] =>
  fixed(component, `${module}.module.task`, {
    'aws_ecs_service.this': says.service,
    'aws_ecs_task_definition.this': says.task,
    'aws_iam_role.start': 'a role that starts its tasks',
    'aws_iam_role_policy.start': `that role reads ${says.reads}`,
  });

function intermediateLines({ id, address, instanceType, zone }: Intermediate): Line[] {
  const component = intermediateId(id);
  return [
    ...identityLines(component, keyed('module.intermediate_identity', id)),
    ...fixed(component, keyed('module.intermediate', id), {
      'aws_instance.this': `a machine: ${instanceType} in ${zone}`,
      'terraform_data.floor': 'what a new machine is made for, and the least sequence that it accepts',
      'aws_eip.this': `a fixed address for ${address}`,
      'aws_route53_zone.address': `${address} inside the network`,
      'aws_iam_instance_profile.this': 'its role on the machine',
      'aws_iam_role_policy.instance': 'it reads its own secrets and writes its own logs',
      'aws_iam_role.replace': 'a role that moves its address',
      'aws_iam_role_policy.replace': 'what that role may do',
      'aws_ssm_document.replace': 'how a new machine takes over',
      'aws_ssm_association.replace': 'a new machine takes over as soon as it is ready',
      'aws_launch_template.heal': 'what another machine is made of when it is dead',
      'aws_ssm_document.heal': 'how another machine is made, and takes over',
      'aws_cloudwatch_event_rule.heal': 'that is done when it has not been well for five minutes',
      'aws_cloudwatch_event_target.heal': 'by that document',
      'aws_cloudwatch_event_rule.again': 'that is tried again every 15 minutes, until it is well',
      'aws_cloudwatch_event_target.again': 'by the same document',
      'aws_iam_role.heal': 'a role that makes another machine',
      'aws_iam_role_policy.heal': 'what that role may do',
      'aws_cloudwatch_metric_alarm.stuck': 'an alarm, and a restart, when the machine does not answer',
    }),
  ];
}

/** CPU units that are one virtual CPU. */
const UNITS = 1024;

function connectorLines({ id, services, ...connector }: Connector): Line[] {
  const component = connectorId(id);
  const module = keyed('module.connector', id);
  const { cpu, memory, instances } = connector.size!;
  return [
    ...identityLines(component, keyed('module.connector_identity', id)),
    ...fixed(component, module, {
      'terraform_data.floor': 'the least sequence that a new task accepts',
    }),
    ...taskLines(component, module, {
      service: `${count(instances, 'task')}, serving ${count(services.length, 'service')}`,
      task: `a task has ${cpu / UNITS} CPU and ${memory} MiB`,
      reads: 'its images and its certificate',
    }),
    ...each(connector.network === undefined ? (connector.subnets ?? []) : [], ({ zone, cidr }) => [
      {
        subject: component,
        address: `${module}.${keyed('aws_subnet.this', zone)}`,
        says: `a subnet ${cidr} in ${zone}`,
      },
      {
        subject: component,
        address: `${module}.${keyed('aws_route_table_association.this', zone)}`,
        says: `its subnet in ${zone} uses the zone's private routes`,
      },
    ]),
  ];
}

function externalLines({ id }: Connector): Line[] {
  const component = connectorId(id);
  return [
    ...identityLines(component, keyed('module.connector_identity', id)),
    ...fixed(component, keyed('module.external_connector', id), {
      'aws_rolesanywhere_profile.this': 'it signs in to AWS with its certificate; somebody else runs it',
    }),
  ];
}

function panelLines({ adminPanel, logRetentionDays }: Environment): Line[] {
  const [subject, module] = ['admin-panel', 'module.admin_panel[0]'];
  const resources = {
    'aws_lb.this': 'its load balancer',
    'aws_lb_listener.https': `HTTPS only, sign-in by ${adminPanel!.signIn.issuer}`,
    'aws_lb_target_group.this': 'where its load balancer leads',
    'aws_acm_certificate.this': `a certificate for ${adminPanel!.domain}`,
    'aws_acm_certificate_validation.this': 'the certificate is waited for',
    'aws_s3_bucket.access_logs': `who looked, kept for ${logRetentionDays} days`,
    'aws_s3_bucket_lifecycle_configuration.access_logs': 'older access logs go',
    'aws_s3_bucket_policy.access_logs': 'only the load balancer writes there, over TLS',
    'aws_s3_bucket_public_access_block.access_logs': 'nobody makes it public',
    'aws_s3_bucket_server_side_encryption_configuration.access_logs': 'it is encrypted',
    'aws_s3_bucket_versioning.access_logs': 'it keeps what was overwritten',
    'aws_iam_role.read': 'a role that looks at the log',
    'aws_iam_role_policy.read': 'it reads log, parts and acks, and writes nothing',
    'aws_cloudwatch_metric_alarm.certificate': 'an alarm before its certificate ends',
    'aws_cloudwatch_metric_alarm.unhealthy': 'an alarm when it is not healthy',
  };
  const service = `the panel, at ${adminPanel!.domain}`;
  return [
    ...taskLines(subject, module, {
      ...{ service, task: 'what its task is', reads: "its image and its GitHub App's key" },
    }),
    ...fixed(subject, module, resources),
  ];
}

function testLines(environment: string): Line[] {
  const [subject, module] = ['test-backend', 'module.test_backend[0]'];
  const service = `the test backend, at ${testHost(environment)}`;
  return [
    ...taskLines(subject, module, { service, task: 'what its task is', reads: 'its image' }),
    ...fixed(subject, module, {
      'aws_service_discovery_private_dns_namespace.this': 'names inside the network',
      'aws_service_discovery_service.this': 'its name inside the network',
    }),
  ];
}

/** `1 task`, `2 tasks` */
const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
