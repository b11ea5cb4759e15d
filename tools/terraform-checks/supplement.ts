import type { BlockKind } from './schema.ts';

/**
 * Kinds that the provider has and the schema at hand lacks, by the provider's documentation. They are the only ones
 * that were not extracted; `terraform validate` with the real provider is their proof.
 */
export const SUPPLEMENT: Readonly<Record<string, BlockKind>> = {
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
