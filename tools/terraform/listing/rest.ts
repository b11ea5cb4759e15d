import {
  components,
  each,
  external,
  fixed,
  followers,
  type EnvironmentFiles,
  type FixedResources,
  keyed,
  type Line,
} from './model.ts';

/** What all components share: the cluster, the shared secret, logs and alarms. */
export function restLines(given: EnvironmentFiles): Line[] {
  const { environment } = given;
  return [
    { subject: 'environment', address: 'aws_ecs_cluster.this', says: 'the cluster in which tasks run' },
    ...(external(given).length > 0
      ? [
          {
            subject: 'environment',
            address: 'aws_rolesanywhere_trust_anchor.clients[0]',
            says: "certificates of the environment's CAs are trusted for signing in to AWS",
          },
        ]
      : []),
    ...fixed('environment', 'module.shared_secret', {
      'aws_ssm_document.rotate': 'how the keys that intermediates share are made',
      'aws_ssm_association.rotate': 'they are made now, and anew every 30 days',
      'aws_iam_role.rotate': 'a role that makes them',
      'aws_iam_role_policy.rotate': 'it reads and writes that one secret',
    }),
    ...fixed('environment', 'module.observability', {
      'aws_sns_topic.alarms': 'where alarms are told',
      'aws_sns_topic_policy.alarms': 'who tells them',
      'aws_cloudwatch_event_rule.documents': 'a document that fails is told',
      'aws_cloudwatch_event_target.documents': 'where alarms are told',
      'aws_cloudwatch_dashboard.this': 'a dashboard',
      'aws_cloudwatch_metric_alarm.not_converged': 'an alarm when something stays behind the newest entry',
      'aws_cloudwatch_metric_alarm.stale': 'an alarm when something enforces a stale entry',
      'aws_cloudwatch_metric_alarm.half_life': 'an alarm when half of the life of the entry in force is gone',
      'aws_cloudwatch_metric_alarm.late["fast"]': 'an alarm when entries come into force late much too often',
      'aws_cloudwatch_metric_alarm.late["slow"]': 'an alarm when entries come into force late too often',
      ...(environment.images.heartbeat && SECOND_SCHEDULER),
      'aws_cloudwatch_metric_alarm.refused': 'an alarm when something refuses an entry',
      'aws_cloudwatch_metric_alarm.certificate': 'an alarm before a certificate ends',
      'aws_cloudwatch_metric_alarm.break_glass': 'an alarm when the break-glass role is used',
    }),
    ...each(components(given), (id) => ({
      subject: id,
      address: keyed('module.observability.aws_cloudwatch_log_group.component', id),
      says: `its logs are kept for ${environment.logRetentionDays} days`,
    })),
    ...each(followers(given), followerLines),
  ];
}

/** The alarms on what the account's stack makes where there is an image for it. */
const SECOND_SCHEDULER: FixedResources = {
  'aws_cloudwatch_metric_alarm.heartbeat["failed"]': 'an alarm when the second scheduler fails',
  'aws_cloudwatch_metric_alarm.heartbeat["silent"]':
    'an alarm when the second scheduler is not called for a day',
};

const METRICS: Readonly<Record<string, string>> = {
  Refused: 'entries that it refuses are counted',
  Stale: 'it is counted while stale',
  Behind: 'how far it is behind is measured',
  LifePercent: 'what is left of the life of its entry is measured',
  Enforced: 'entries that come into force are counted',
  EnforcedLate: 'those that come late are counted',
  EnforcedAfter: 'how long they took is measured',
  CertificateDays: 'the days that its certificate has left are measured',
};

const followerLines = (id: string): Line[] => [
  ...Object.entries(METRICS).map(([metric, says]) => ({
    subject: id,
    address: keyed('module.observability.aws_cloudwatch_log_metric_filter.environment', `${id} ${metric}`),
    says,
  })),
  {
    subject: id,
    address: keyed('module.observability.aws_cloudwatch_log_metric_filter.healthy', id),
    says: 'it is counted while healthy',
  },
  {
    subject: id,
    address: keyed('module.observability.aws_cloudwatch_metric_alarm.health', id),
    says: 'an alarm when it is not healthy',
  },
];
