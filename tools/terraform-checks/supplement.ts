import type { BlockKind } from './schema.ts';

/**
 * Kinds that the provider has and the schema at hand lacks, by the provider's documentation. They are the only ones
 * that were not extracted; `terraform validate` with the real provider is their proof.
 */
export const SUPPLEMENT: Readonly<Record<string, BlockKind>> = {
  aws_ecr_repository_policy: {
    arguments: {
      policy: { type: 'string', required: true },
      repository: { type: 'string', required: true },
    },
    attributes: ['id', 'policy', 'registry_id', 'repository'],
  },
  aws_lambda_function: {
    arguments: {
      architectures: { type: 'list(string)' },
      description: { type: 'string' },
      environment: { many: false, block: { variables: { type: 'map' } } },
      function_name: { type: 'string', required: true },
      image_uri: { type: 'string' },
      kms_key_arn: { type: 'string' },
      logging_config: {
        many: false,
        block: {
          application_log_level: { type: 'string' },
          log_format: { type: 'string', required: true },
          log_group: { type: 'string' },
          system_log_level: { type: 'string' },
        },
      },
      memory_size: { type: 'number' },
      package_type: { type: 'string' },
      role: { type: 'string', required: true },
      tags: { type: 'map' },
      timeout: { type: 'number' },
    },
    attributes: ['arn', 'function_name', 'id', 'invoke_arn', 'qualified_arn', 'role', 'tags_all', 'version'],
  },
  aws_scheduler_schedule: {
    arguments: {
      description: { type: 'string' },
      flexible_time_window: {
        many: false,
        required: true,
        block: { maximum_window_in_minutes: { type: 'number' }, mode: { type: 'string', required: true } },
      },
      group_name: { type: 'string' },
      kms_key_arn: { type: 'string' },
      name: { type: 'string' },
      schedule_expression: { type: 'string', required: true },
      schedule_expression_timezone: { type: 'string' },
      state: { type: 'string' },
      target: {
        many: false,
        required: true,
        block: {
          arn: { type: 'string', required: true },
          input: { type: 'string' },
          retry_policy: {
            many: false,
            block: {
              maximum_event_age_in_seconds: { type: 'number' },
              maximum_retry_attempts: { type: 'number' },
            },
          },
          role_arn: { type: 'string', required: true },
        },
      },
    },
    attributes: ['arn', 'id', 'name'],
  },
  aws_rolesanywhere_profile: {
    arguments: {
      accept_role_session_name: { type: 'bool' },
      duration_seconds: { type: 'number' },
      enabled: { type: 'bool' },
      managed_policy_arns: { type: 'list(string)' },
      name: { type: 'string', required: true },
      require_instance_properties: { type: 'bool' },
      role_arns: { type: 'list(string)', required: true },
      session_policy: { type: 'string' },
      tags: { type: 'map' },
    },
    attributes: ['arn', 'duration_seconds', 'enabled', 'id', 'name', 'role_arns', 'tags', 'tags_all'],
  },
  aws_rolesanywhere_trust_anchor: {
    arguments: {
      enabled: { type: 'bool' },
      name: { type: 'string', required: true },
      notification_settings: {
        many: true,
        block: {
          channel: { type: 'string' },
          enabled: { type: 'bool' },
          event: { type: 'string' },
          threshold: { type: 'number' },
        },
      },
      source: {
        many: false,
        required: true,
        block: {
          source_data: {
            many: false,
            required: true,
            block: { acm_pca_arn: { type: 'string' }, x509_certificate_data: { type: 'string' } },
          },
          source_type: { type: 'string', required: true },
        },
      },
      tags: { type: 'map' },
    },
    attributes: ['arn', 'enabled', 'id', 'name', 'tags', 'tags_all'],
  },
};
