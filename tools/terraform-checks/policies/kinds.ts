import { DEMANDS } from './encryption.ts';

/** Kinds that hold and carry nothing that could be encrypted, or whose encryption is another's. */
const NOTHING_TO_ENCRYPT = [
  /^aws_(vpc|default_security_group|internet_gateway|subnet|route|route_table|route_table_association|eip|nat_gateway)$/,
  /^aws_ec2_transit_gateway_vpc_attachment$/,
  /^aws_(vpc_endpoint|flow_log|security_group|vpc_security_group_(in|e)gress_rule|default_network_acl)$/,
  /^aws_(iam_\w+|rolesanywhere_\w+|route53_\w+|acm_certificate|acm_certificate_validation|kms_alias)$/,
  /^aws_(cloudwatch_(log_resource_policy|metric_alarm|dashboard|log_metric_filter|event_rule|event_target)|sns_topic_(policy|subscription))$/,
  /^aws_(ecr_lifecycle_policy|ecr_registry_scanning_configuration|ecr_repository_policy|lb_target_group|lb_listener_rule)$/,
  /^aws_(ecs_service|ecs_task_definition|ecs_cluster_capacity_providers|service_discovery_\w+)$/,
  /^aws_(ssm_document|ssm_association|ssm_service_setting|lambda_permission|scheduler_\w+|wafv2_\w+)$/,
  /^aws_(secretsmanager_secret_(version|rotation|policy)|eip_association|ec2_instance_metadata_defaults)$/,
  /^aws_(ec2_tag|ebs_encryption_by_default|s3_account_public_access_block|s3_bucket_\w+|s3_bucket)$/,
  /^terraform_data$/,
];

/** Whether it is known what this kind must say to be encrypted. */
export const isPlaced = (type: string): boolean =>
  type in DEMANDS || NOTHING_TO_ENCRYPT.some((pattern) => pattern.test(type));
