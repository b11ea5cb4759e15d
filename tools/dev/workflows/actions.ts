/** An action that workflows may use: a release, and the commit that its tag names. */
export interface Pin {
  version: string;
  commit: string;
}

/**
 * Every action that workflows may use, by its commit: a tag can be moved, a commit cannot. A newer release is a
 * line here and the same commit in the workflows; look at what changed between the two first.
 */
export const ACTIONS: Readonly<Record<string, Pin>> = {
  'actions/checkout': { version: 'v7.0.1', commit: '3d3c42e5aac5ba805825da76410c181273ba90b1' },
  'actions/setup-node': { version: 'v7.0.0', commit: '820762786026740c76f36085b0efc47a31fe5020' },
  'actions/upload-artifact': { version: 'v7.0.0', commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f' },
  'actions/download-artifact': { version: 'v8.0.1', commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' },
  'actions/attest-build-provenance': {
    version: 'v4.1.0',
    commit: 'a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32',
  },
  'aws-actions/configure-aws-credentials': {
    version: 'v6.2.3',
    commit: 'e6de054238d6b7531b4efff3b6587d9aade6a06c',
  },
  'aws-actions/amazon-ecr-login': { version: 'v2.1.7', commit: '03f1aad4c6c7ffd436567f42f9384779290529bd' },
  'hashicorp/setup-terraform': { version: 'v4.0.1', commit: 'dfe3c3f87815947d99a8997f908cb6525fc44e9e' },
  'docker/setup-qemu-action': { version: 'v4.2.0', commit: '96fe6ef7f33517b61c61be40b68a1882f3264fb8' },
  'docker/setup-buildx-action': { version: 'v4.3.0', commit: '37fe631027851001ddb9b187196cc803df7f5f0e' },
  'docker/build-push-action': { version: 'v7.3.0', commit: '53b7df96c91f9c12dcc8a07bcb9ccacbed38856a' },
  'sigstore/cosign-installer': { version: 'v4.1.2', commit: '6f9f17788090df1f26f669e9d70d6ae9567deba6' },
  'Swatinem/rust-cache': { version: 'v2.9.2', commit: '6323deb102c322ba6fcbdcafc7e3dddab59af2b6' },
};
